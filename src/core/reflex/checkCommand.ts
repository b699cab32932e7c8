import { ok, type Result } from '../../base/result.ts';
import type { Card } from './card.ts';
import type { KvFormat } from './dimensions.ts';
import { findingsOn, type Finding } from './launchFindings.ts';
import { localModel, type Checkpoint, type LocalModel } from './localModels.ts';
import { budgetOf, capacityOf, GIB, type Budget, type Way } from './memory.ts';
import { DESKTOP_GIBIBYTES } from './plan.ts';
import { readLaunch, type Launch } from './readLaunch.ts';

export interface CheckRequest {
  readonly card: Card;
  readonly desktopGibibytes?: number;
  /** The model's dimensions where the table does not have them. */
  readonly model?: LocalModel;
}

export interface CheckedCommand {
  readonly launch: Launch;
  readonly findings: readonly Finding[];
  /** What the command makes of the card's memory; undefined when the model is not known. */
  readonly fit?: {
    readonly model: LocalModel;
    readonly way: Way;
    readonly budget: Budget;
    readonly fraction: number;
    readonly capacity: number;
  };
}

/** What is unsafe, does not fit or is known to fail in a command that somebody has. Errors are sentences: it is no such command. */
export function checkCommand(text: string, request: CheckRequest): Result<CheckedCommand, string> {
  const read = readLaunch(text);
  if (read.kind === 'error') return read;
  const launch = read.value;
  const model = request.model ?? (launch.model === undefined ? undefined : localModel(launch.model));
  const faults = findingsOn(launch, request.card, model);
  if (model === undefined) {
    const name =
      launch.model === undefined ? 'The command names no model' : `The dimensions of ${launch.model} are not known`;
    const note: Finding = {
      kind: 'note',
      rule: 'unknown-model',
      text: `${name}: whether it fits was not checked. --config FILE reads its config.json.`,
    };
    return ok({ launch, findings: sorted([...faults, note]) });
  }
  const { findings, ...fit } = fitOf(launch, model, request);
  return ok({ launch, findings: sorted([...faults, ...findings]), fit });
}

const ORDER: readonly Finding['kind'][] = ['unsafe', 'fault', 'doesNotFit', 'note'];

const sorted = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted((left, right) => ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind));

/** vLLM's, when no flag says another; SGLang finds one for itself. */
const VLLM_FRACTION = 0.9;
/** Batches that SGLang captures graphs for on a card of this size when no flag says another: enough for all of the reserve. */
const SGLANG_BATCH = 8;
const VLLM_SEQUENCES = 256;
/** What is needed beside the fraction is an estimate: only what is clearly less is told. */
const ROUGH = 0.8;

function fitOf(
  launch: Launch,
  model: LocalModel,
  { card, desktopGibibytes = DESKTOP_GIBIBYTES }: CheckRequest,
): NonNullable<CheckedCommand['fit']> & Pick<CheckedCommand, 'findings'> {
  const isSglang = launch.server === 'sglang';
  const way: Way = { checkpoint: checkpointOf(launch, model), kv: kvOf(launch) };
  const graphs =
    wholeFlag(launch, isSglang ? 'cuda-graph-max-bs' : 'max-num-seqs') ?? (isSglang ? SGLANG_BATCH : VLLM_SEQUENCES);
  const running = wholeFlag(launch, isSglang ? 'max-running-requests' : 'max-num-seqs') ?? 4;
  const load = { card, server: launch.server, desktopGibibytes };
  const planned = budgetOf(model.dimensions, way, { ...load, sequences: graphs });
  const { states, activations } = budgetOf(model.dimensions, way, { ...load, sequences: Math.min(running, 64) });
  const base = { ...planned, states, activations };
  const given = fractionFlag(launch);
  const fraction = given ?? (isSglang ? base.fraction : VLLM_FRACTION);
  const within = base.weights + states + (isSglang ? 0 : base.context + activations);
  const budget = { ...base, kv: Math.max(0, Math.floor(fraction * base.fractionOf) - within) };
  const capacity = capacityOf(model.dimensions, way, budget);
  const findings = [
    ...outsideFindings(launch, budget, fraction, given !== undefined),
    ...insideFindings(launch, model, { budget, fraction, capacity, within }),
  ];
  return { model, way, budget, fraction, capacity, findings };
}

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

/** What does not fit beside the fraction. */
function outsideFindings(launch: Launch, budget: Budget, fraction: number, isGiven: boolean): readonly Finding[] {
  if (!isGiven && launch.server === 'sglang') return [];
  const flag = launch.server === 'sglang' ? '--mem-fraction-static' : '--gpu-memory-utilization';
  if (launch.server === 'vllm' && fraction * budget.usable > budget.usable - budget.desktop)
    return [
      {
        kind: 'doesNotFit',
        rule: 'fraction',
        text: `${flag} ${fraction}${isGiven ? '' : ' (its default)'} asks for ${gib(fraction * budget.usable)}; beside ${gib(budget.desktop)} for other programs ${gib(budget.usable - budget.desktop)} are free, and vLLM does not start then. ${budget.fraction.toFixed(2)} fits.`,
      },
    ];
  const outside = budget.fractionOf * (1 - fraction) - (launch.server === 'vllm' ? budget.desktop : 0);
  const needed = budget.graphs + (launch.server === 'sglang' ? budget.context + budget.activations : 0);
  if (outside >= needed * ROUGH || isEager(launch)) return [];
  return [
    {
      kind: 'doesNotFit',
      rule: 'fraction',
      text: `${flag} ${fraction}${isGiven ? '' : ' (its default)'} leaves about ${gib(Math.max(0, outside))} for graphs${launch.server === 'sglang' ? ', activations and kernels' : ''}, which need about ${gib(needed)}: it may run out of memory. ${budget.fraction.toFixed(2)} fits.`,
    },
  ];
}

const isEager = ({ flags }: Launch): boolean => flags.has('enforce-eager') || flags.has('disable-cuda-graph');

/** What does not fit within it. */
function insideFindings(
  launch: Launch,
  { dimensions }: LocalModel,
  inside: { readonly budget: Budget; readonly fraction: number; readonly capacity: number; readonly within: number },
): readonly Finding[] {
  const { budget, fraction, capacity, within } = inside;
  if (budget.kv === 0)
    return [
      {
        kind: 'doesNotFit',
        rule: 'weights',
        text: `The weights take about ${gib(budget.weights)}; with what they need besides, ${gib(within)} of the ${gib(fraction * budget.fractionOf)} that the server may use, and no cache is left.`,
      },
    ];
  const flag = launch.server === 'sglang' ? 'context-length' : 'max-model-len';
  const asked = wholeFlag(launch, flag);
  const context = asked ?? dimensions.nativeContext;
  if (context > dimensions.nativeContext)
    return [
      {
        kind: 'doesNotFit',
        rule: 'context',
        text: `--${flag} ${context} is more than the ${dimensions.nativeContext} tokens that the model was made for.`,
      },
    ];
  if (context <= capacity) return [];
  const cache = `The cache holds about ${capacity} tokens`;
  if (asked === undefined && launch.server === 'sglang')
    return [
      {
        kind: 'note',
        rule: 'context',
        text: `${cache}, fewer than the ${context} the model allows: say --context-length, so that a longer prompt is refused by its length.`,
      },
    ];
  const said = asked === undefined ? `Without --${flag} it is the model's ${context}` : `--${flag} is ${context}`;
  return [
    {
      kind: 'doesNotFit',
      rule: 'context',
      text: `${cache}. ${said}${launch.server === 'vllm' ? ', and vLLM does not start then' : ''}.`,
    },
  ];
}

function checkpointOf({ model: name = '', flags }: Launch, model: LocalModel): Checkpoint {
  const asked = String(flags.get('quantization') ?? '');
  const named = model.checkpoints.filter(({ repository }) => repository.toLowerCase() === name.toLowerCase());
  const made = named.find(({ isMadeAtStart }) => isMadeAtStart === true && asked === 'fp8');
  const [first] = model.checkpoints;
  const found = made ?? named[0] ?? first;
  if (found === undefined) throw new Error(`${model.id} has no checkpoint`);
  return found;
}

function kvOf({ flags }: Launch): KvFormat {
  return /^(?:fp8|int8)/.test(String(flags.get('kv-cache-dtype') ?? '')) ? 'fp8' : 'bf16';
}

/** The whole number of a flag; undefined when it is left out or no such number, `auto` for example. */
function wholeFlag({ flags }: Launch, name: string): number | undefined {
  const [, digits, unit] = /^(\d{1,9})([kK]?)$/.exec(String(flags.get(name) ?? '')) ?? [];
  // vLLM reads 32k as 32,000 and 32K as 32,768.
  return digits === undefined ? undefined : Number(digits) * (unit === 'k' ? 1000 : unit === 'K' ? 1024 : 1);
}

function fractionFlag({ server, flags }: Launch): number | undefined {
  const text = flags.get(server === 'sglang' ? 'mem-fraction-static' : 'gpu-memory-utilization');
  const value = typeof text === 'string' ? Number(text) : Number.NaN;
  return value > 0 && value <= 1 ? value : undefined;
}
