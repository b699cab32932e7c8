import { err, ok, type Result } from '../../base/result.ts';
import { hasFp4, hasFp8, type Card } from './card.ts';
import { KV_FORMATS } from './dimensions.ts';
import type { Checkpoint, LocalModel } from './localModels.ts';
import { budgetOf, capacityOf, type Budget, type Load, type ServerName, type Way } from './memory.ts';

export interface PlanRequest {
  readonly model: LocalModel;
  readonly card: Card;
  /** The one that suits, when left out. */
  readonly server?: ServerName;
  /** Tokens of prompt and answer together; when left out as many as fit, up to what the model was made for, at most 32,768. */
  readonly context?: number;
  /** GiB that other programs use on the card; 2 when left out. */
  readonly desktopGibibytes?: number;
}

/** A way that was reckoned through. */
export interface WayPlan extends Way {
  readonly load: Load;
  readonly budget: Budget;
  /** Tokens that the KV cache holds. */
  readonly capacity: number;
  /** `--context-length` or `--max-model-len`. */
  readonly context: number;
}

/** An estimate, all of it: correctedBy.ts says what a running server makes of it. */
export interface ServerPlan {
  readonly model: LocalModel;
  readonly card: Card;
  readonly server: ServerName;
  readonly serverReason: string;
  /** Tokens that were asked for, or would be planned if they fit. */
  readonly wanted: number;
  readonly chosen: WayPlan;
  /** Every way that this card can serve, the chosen one among them, in the order of preference. */
  readonly ways: readonly WayPlan[];
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly checkpoint: Checkpoint;
  readonly why: string;
}

export type PlanProblem =
  | { readonly kind: 'contextBeyondModel'; readonly asked: number; readonly native: number }
  | { readonly kind: 'contextDoesNotFit'; readonly asked: number; readonly fits: number; readonly way: WayPlan }
  /** Not even LEAST_CONTEXT tokens fit. `nearest` is the way with the smallest weights, where the card can compute any. */
  | {
      readonly kind: 'tooSmall';
      readonly nearest?: WayPlan;
      readonly neededGibibytes?: number;
      readonly leftOut: readonly LeftOut[];
    };

/** GB that a desktop takes of the card: models-and-servers 1.6 has 1 to 2.5. */
export const DESKTOP_GIBIBYTES = 2;
/** A reflex prompt is shorter; a longer context is asked for. */
const USUAL_CONTEXT = 32_768;
/** A task with its files does not fit in less. */
export const LEAST_CONTEXT = 4096;
/** Requests at once that are tried, the most first: recipes for an RTX 5090 have 4 and 1. */
const SEQUENCES = [4, 2, 1] as const;
/** A context is planned in whole steps of so many tokens, unless it was asked for. */
const STEP = 1024;

/**
 * Plans a server: of all ways (checkpoint, KV format, requests at once, server) those that give the longest context up to what is wanted, of these the
 * first checkpoint of the model's list, then 16 bits before 8 for the cache, then the most requests. So more memory never plans a shorter context.
 * All is an estimate.
 */
export function planServer(request: PlanRequest): Result<ServerPlan, PlanProblem> {
  const plan = planHere(request);
  if (plan.kind === 'ok' || plan.error.kind !== 'tooSmall' || plan.error.nearest === undefined) return plan;
  const neededGibibytes = neededFor(request);
  return neededGibibytes === undefined ? plan : err({ ...plan.error, neededGibibytes });
}

const MOST_GIBIBYTES = 1024;

/** The GB of the smallest card of the same kind on which LEAST_CONTEXT tokens fit. */
function neededFor({ context: _, ...request }: PlanRequest): number | undefined {
  for (let gibibytes = Math.ceil(request.card.gibibytes); gibibytes <= MOST_GIBIBYTES; gibibytes += 1)
    if (planHere({ ...request, card: { ...request.card, gibibytes } }).kind === 'ok') return gibibytes;
  return undefined;
}

function planHere(request: PlanRequest): Result<ServerPlan, PlanProblem> {
  const { context, model } = request;
  if (context !== undefined && context > model.dimensions.nativeContext)
    return err({ kind: 'contextBeyondModel', asked: context, native: model.dimensions.nativeContext });
  if (request.server !== undefined) return planFor(request, request.server, 'as asked for');
  const [sglang, vllm] = [planFor(request, 'sglang', ''), planFor(request, 'vllm', '')];
  if (sglang.kind === 'error')
    return vllm.kind === 'ok' ? reasoned(vllm.value, 'SGLang needs more memory beside the cache') : sglang;
  if (vllm.kind === 'error') return reasoned(sglang.value, 'vLLM has no way to serve it here');
  if (vllm.value.chosen.context > sglang.value.chosen.context)
    return reasoned(vllm.value, 'SGLang needs more memory beside the cache');
  const isAwqMixture = model.dimensions.isMixtureOfExperts && sglang.value.chosen.checkpoint.quantisation === 'awq';
  if (isAwqMixture && vllm.value.chosen.context === sglang.value.chosen.context)
    return reasoned(
      vllm.value,
      'a mixture of experts in AWQ: on an RTX 5090 vLLM made 556 tokens a second where SGLang made 208',
    );
  return reasoned(sglang.value, 'it keeps the prefix of a task from attempt to attempt, which is what reflex repeats');
}

const reasoned = (plan: ServerPlan, serverReason: string): Result<ServerPlan, PlanProblem> =>
  ok({ ...plan, serverReason });

function planFor(request: PlanRequest, server: ServerName, serverReason: string): Result<ServerPlan, PlanProblem> {
  const { model, card, context } = request;
  const desktopGibibytes = request.desktopGibibytes ?? DESKTOP_GIBIBYTES;
  const wanted = context ?? Math.min(model.dimensions.nativeContext, USUAL_CONTEXT);
  const judged = model.checkpoints.map((checkpoint) => ({
    checkpoint,
    why: whyNot(request, checkpoint, server),
  }));
  const leftOut = judged.flatMap(({ checkpoint, why }) => (why === undefined ? [] : [{ checkpoint, why }]));
  const ways = judged
    .filter(({ why }) => why === undefined)
    .flatMap(({ checkpoint }) =>
      KV_FORMATS.filter((kv) => kv === 'bf16' || hasFp8(card)).map((kv) => ({ checkpoint, kv })),
    )
    .map((way) => planWay(request.model, way, { card, server, desktopGibibytes }, wanted));
  const [first, ...others] = ways;
  if (first === undefined) return err({ kind: 'tooSmall', leftOut });
  const chosen = others.reduce((best, way) => (way.context > best.context ? way : best), first);
  if (chosen.context < Math.min(LEAST_CONTEXT, wanted)) {
    const nearest = ways.reduce((best, way) => (way.budget.weights < best.budget.weights ? way : best), first);
    return err({ kind: 'tooSmall', nearest, leftOut });
  }
  if (context !== undefined && chosen.context < context)
    return err({ kind: 'contextDoesNotFit', asked: context, fits: chosen.context, way: chosen });
  return ok({ model, card, server, serverReason, wanted, chosen, ways, leftOut });
}

/** The way with as many requests at once as give the longest context. */
function planWay(model: LocalModel, way: Way, place: Omit<Load, 'sequences'>, wanted: number): WayPlan {
  const plans = SEQUENCES.map((sequences) => {
    const load = { ...place, sequences };
    const budget = budgetOf(model.dimensions, way, load);
    return withCapacity(model, { ...way, load, budget }, capacityOf(model.dimensions, way, budget), wanted);
  });
  return plans.reduce((best, plan) => (plan.context > best.context ? plan : best));
}

/** A way whose cache holds so many tokens, and the context that follows. */
export function withCapacity(
  model: LocalModel,
  way: Omit<WayPlan, 'capacity' | 'context'>,
  capacity: number,
  wanted: number,
): WayPlan {
  const whole = Math.floor(capacity / STEP) * STEP;
  const context = Math.min(capacity >= wanted ? wanted : whole, model.dimensions.nativeContext);
  return { ...way, capacity, context };
}

/** The longest context of a way: what its cache holds, as far as the model was made for it. */
export function longestContext(model: LocalModel, { capacity }: Pick<WayPlan, 'capacity'>): number {
  return Math.min(model.dimensions.nativeContext, Math.floor(capacity / STEP) * STEP);
}

/** How many requests of the planned context find room in the cache at once. */
export function atFullLength({ capacity, context, load }: WayPlan): number {
  return context === 0 ? 0 : Math.min(load.sequences, Math.floor(capacity / context));
}

/** Why a card or a server cannot do with a checkpoint, or undefined. */
function whyNot(
  { model, card, desktopGibibytes }: PlanRequest,
  checkpoint: Checkpoint,
  server: ServerName,
): string | undefined {
  const { quantisation } = checkpoint;
  if (quantisation === 'fp8' && !hasFp8(card)) return `${card.name} does not compute in FP8`;
  if (quantisation === 'nvfp4' && !hasFp4(card)) return `${card.name} does not compute in NVFP4`;
  if (
    quantisation === 'fp8' &&
    model.dimensions.isMixtureOfExperts &&
    server === 'sglang' &&
    card.architecture === 'sm120'
  )
    return 'SGLang crashes at the first pass of a mixture of experts in FP8 on this card (sglang #5995, #28019)';
  if (checkpoint.isMadeAtStart === true) {
    // vLLM's documentation of FP8 has it so, and SGLang loads in the same order.
    const room = budgetOf(
      model.dimensions,
      { checkpoint: { ...checkpoint, quantisation: 'bf16' }, kv: 'bf16' },
      { card, server, sequences: 1, desktopGibibytes: desktopGibibytes ?? DESKTOP_GIBIBYTES },
    );
    if (room.weights + room.context + room.desktop > room.usable)
      return 'a server makes FP8 of the 16-bit weights after it has loaded them, and they do not fit';
  }
  return undefined;
}
