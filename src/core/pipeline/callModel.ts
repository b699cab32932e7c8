import { canonicalJson, type Json } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import { AbortedError } from '../../base/withAbort.ts';
import { canBeLifted } from '../ledger/budget.ts';
import { estimateRequestTokens } from '../ledger/estimate.ts';
import type { ModelAnswer, ModelError, ModelEvent, ModelRequest } from '../ports.ts';
import { sentBody } from '../policy/sentBody.ts';
import { promptHash } from '../prompt/promptHash.ts';
import { OVER_BUDGET, recover } from '../router/recovery.ts';
import { isKept } from '../run/capture.ts';
import type { Reservation, SpendRefusal, SpendRequest } from '../run/spending.ts';
import type { Role, Stage } from '../run/stage.ts';
import type { StepTurn } from '../run/steps.ts';
import type { RunContext } from './context.ts';
import { workerPlace } from './nobodyLeft.ts';
import type { PromptUse } from './promptFor.ts';
import { RunStopped } from './stopped.ts';
import { isAllowedUnpriced } from './unpricedModel.ts';

/** Whose an implementer's call is, where the policy has reflex. `fallbackReason` is the rule by which it is not reflex's; null where it is. */
export interface CallMode {
  readonly mode: 'reflex' | 'cloud';
  readonly fallbackReason: string | null;
}

/** Who calls, for what, and which worker was chosen. */
export interface CallAddress {
  readonly key: string;
  readonly stage: Stage;
  readonly role: Role;
  readonly worker: string;
  /** The prompt that the conversation begins with. */
  readonly template: PromptUse;
  readonly mode?: CallMode | undefined;
}

/**
 * One answer from one worker, through the only door to models: budget reserved before, call and spend recorded after, transient faults tried
 * again here (SDK retries are off) with the waits of core/router/recovery.ts. An ended call is never made twice; one in doubt is made again
 * under a new reservation while the old one stays spent. Throws RunStopped when a budget or the configuration forbids the call.
 */
export async function callModel(
  context: RunContext,
  address: CallAddress,
  request: Omit<ModelRequest, 'stepKey' | 'maxOutputTokens'>,
): Promise<Result<ModelAnswer, ModelError>> {
  const settings = context.configuration.workers[address.worker];
  if (settings === undefined)
    throw new RunStopped('configuration', `There is no worker ${address.worker} in the configuration.`);
  for (const { parameter, text } of sentBody(settings).leftOut)
    context.steps.note('ParameterLeftOut', {
      key: `workers/${address.worker}/${parameter}`,
      worker: address.worker,
      parameter,
      text: `${address.worker}: ${text}`,
    });
  for (let attempt = 1; ; attempt += 1) {
    const key = attempt === 1 ? address.key : `${address.key}/again-${attempt - 1}`;
    const whole: ModelRequest = { ...request, stepKey: key, maxOutputTokens: settings.max_output_tokens };
    const { output } = await context.steps.step(
      { key, effect: 'model', ...(isKept(context.configuration.capture.mode, 'answer') ? {} : { output: 'apart' }) },
      { worker: { model: settings.model, provider: settings.provider }, prompt: promptHash(whole) },
      (turn) => callOnce(context, { ...address, key }, whole, turn),
      context.signal,
    );
    const result = output as unknown as Result<ModelAnswer, ModelError>;
    if (result.kind === 'ok') return result;
    const isLeftAlone = breakerOf(context, address).isLeftAlone();
    const next = recover(result.error, { retries: attempt - 1, jitter: context.jitter(), isLeftAlone });
    if (next.kind === 'stop') {
      if (next.exit === 'stopped') throw new AbortedError('stopped');
      // What is wrong with a server of one's own keeps nobody from calling the other workers: the attempt is theirs.
      if (address.mode?.mode === 'reflex' && result.error.kind !== 'recordingMissing') return result;
      throw new RunStopped(next.exit, `${address.worker}: ${next.why}\nIt is ${workerPlace(settings)}.`);
    }
    if (next.kind === 'nextWorker') return result;
    context.progress({
      kind: 'wait',
      text: `${address.worker}: ${result.error.kind}, trying again`,
      milliseconds: next.afterMs,
    });
    await context.wait(next.afterMs, context.signal);
  }
}

/** What leaves a failing server alone: reflex counts by its own setting and comes back by a look at its health, all others by time. */
function breakerOf(
  { circuits, configuration, reflex }: RunContext,
  { worker, key, mode }: CallAddress,
): { began(): void; ended(error: ModelError | undefined): void; isLeftAlone(): boolean } {
  if (mode?.mode !== 'reflex' || reflex === undefined)
    return {
      began: () => circuits.began(worker, key),
      ended: (error) => circuits.ended(worker, key, error),
      isLeftAlone: () => circuits.state(worker).state !== 'closed',
    };
  return {
    began: () => undefined,
    ended: (error) => reflex.ended(key, error),
    isLeftAlone: () => reflex.failures() >= configuration.reflex.fallback.max_failures,
  };
}

/** The prompt as it is kept in a blob. */
function promptOf(request: Pick<ModelRequest, 'system' | 'messages' | 'tools' | 'outputSchema'>): Json {
  return {
    system: request.system,
    tools: request.tools as unknown as Json,
    messages: request.messages as unknown as Json,
    outputSchema: (request.outputSchema ?? null) as unknown as Json,
  };
}

async function callOnce(
  context: RunContext,
  address: CallAddress,
  request: ModelRequest,
  turn: StepTurn,
): Promise<{ outcome: 'done' | 'failed'; output: Json }> {
  const kept = await keptAnswer(context, request);
  if (kept !== undefined) return { outcome: 'done', output: kept };
  const prompt = canonicalJson(promptOf(request));
  const spend = {
    ...turn,
    worker: address.worker,
    role: address.role,
    inputTokens: estimateRequestTokens(request),
    maxOutputTokens: request.maxOutputTokens,
  };
  const reservation = await reserve(context, address, spend);
  if (reservation.kind === 'error') return refusedCall(context, address, reservation.error);
  context.log.append('SpendReserve', {
    ...turn,
    worker: address.worker,
    microdollars: reservation.value.microdollars,
    tokens: reservation.value.tokens,
  });
  // Neither speaks of the other, and both are on disk before the call.
  const keepsPrompt = isKept(context.configuration.capture.mode, 'request');
  const [promptBlob] = await Promise.all([keepsPrompt ? context.blobs.put(prompt) : null, context.log.flush()]);
  const breaker = breakerOf(context, address);
  breaker.began();
  const clock = { started: context.now(), firstToken: undefined as number | undefined };
  const result = await context
    .provider(address.worker)
    .call(
      { ...request, maxOutputTokens: reservation.value.maxOutputTokens },
      watch(context, address, clock),
      context.signal,
    );
  breaker.ended(result.kind === 'ok' ? undefined : result.error);
  const answerBlob = result.kind === 'ok' ? await context.blobs.put(canonicalJson(result.value)) : null;
  const settings = context.configuration.workers[address.worker];
  context.log.append('LLMCall', {
    ...turn,
    stage: address.stage,
    role: address.role,
    worker: address.worker,
    model: result.kind === 'ok' ? (result.value.model ?? settings?.model ?? '') : (settings?.model ?? ''),
    provider: settings?.provider ?? '',
    local: settings?.local ?? false,
    recorded: result.kind === 'ok' && result.value.recorded === true,
    promptHash: promptHash(request),
    template: address.template,
    prompt: promptBlob,
    answer: answerBlob,
    requestBytes: prompt.length,
    outcome: result.kind === 'ok' ? result.value.finishReason : result.error.kind,
    usage: result.kind === 'ok' ? (result.value.usage ?? null) : null,
    durationMs: context.now() - clock.started,
    firstTokenMs: clock.firstToken === undefined ? null : clock.firstToken - clock.started,
    ...address.mode,
  });
  // On disk before the money is settled: whoever resumes then finds the answer and does not pay for it again.
  await context.log.flush();
  const settled = await context.spending.settle(spend, settlementOf(result));
  context.log.append('SpendSettle', { ...turn, worker: address.worker, ...settled });
  if (result.kind === 'error' && result.error.kind === 'stopped') throw new AbortedError('stopped');
  return { outcome: result.kind === 'ok' ? 'done' : 'failed', output: result as unknown as Json };
}

/** Leave of the budgets; where only the price is not known, a person's. */
async function reserve(
  context: RunContext,
  address: CallAddress,
  spend: SpendRequest,
): Promise<Result<Reservation, SpendRefusal>> {
  const first = await context.spending.reserve(spend, context.signal);
  if (first.kind === 'ok' || !isAllowedUnpriced(context, address, first.error)) return first;
  return context.spending.reserve({ ...spend, unpriced: 'allowed' }, context.signal);
}

/**
 * A call that the budgets do not admit. Where the policy goes on with local workers it counts as failed, and the next worker or a person takes its place;
 * so does a librarian's, which nobody needs; otherwise, and where nobody could make the change, the run stops.
 */
function refusedCall(
  { configuration, log }: RunContext,
  { key, role }: CallAddress,
  { rule, text }: SpendRefusal,
): { outcome: 'failed'; output: Json } {
  const isReplaceable =
    role !== 'implementer' || configuration.routing.implementer.some((name) => configuration.workers[name]?.local);
  const stops = configuration.cost.at_limit === 'stop' || !isReplaceable || !canBeLifted(rule);
  if (stops && role !== 'librarian') throw new RunStopped('blocked', `${text} (${rule})`, rule);
  log.append('ErrorEvent', { key, error: OVER_BUDGET, text });
  return { outcome: 'failed', output: { kind: 'error', error: { kind: OVER_BUDGET, message: text } } };
}

/** The answer that had come whole before a process was killed, which could not record the step's end any more. */
async function keptAnswer(context: RunContext, request: ModelRequest): Promise<Json | undefined> {
  const last = context.log.events.findLast(
    (event) => (event.kind === 'LLMCall' || event.kind === 'StepEnd') && event.payload.key === request.stepKey,
  );
  if (last?.kind !== 'LLMCall' || last.payload.answer === null) return undefined;
  if (last.payload.promptHash !== promptHash(request)) return undefined;
  return { kind: 'ok', value: JSON.parse(await context.blobs.get(last.payload.answer)) as Json };
}

function watch(
  context: RunContext,
  address: CallAddress,
  clock: { firstToken: number | undefined },
): (event: ModelEvent) => void {
  let characters = 0;
  return (event) => {
    clock.firstToken ??= context.now();
    if (event.kind === 'toolCall') return;
    characters += event.text.length;
    context.progress({ kind: 'call', role: address.role, worker: address.worker, characters });
    if (event.kind === 'text') context.progress({ kind: 'text', role: address.role, text: event.text });
  };
}

/** What a call that ended so is settled with. */
export function settlementOf(result: Result<ModelAnswer, ModelError>) {
  if (result.kind === 'ok') {
    const { text, toolCalls, usage } = result.value;
    const outputCharacters =
      text.length + toolCalls.reduce((sum, call) => sum + call.name.length + call.arguments.length, 0);
    return { kind: 'used' as const, usage, outputCharacters };
  }
  switch (result.error.kind) {
    // The server took the request in and may have worked on it: what it cost is unknown.
    case 'timeout':
    case 'cut':
    case 'stopped':
    case 'tooLarge':
    case 'malformed':
      return { kind: 'inDoubt' as const };
    case 'rateLimited':
    case 'overloaded':
    case 'serverError':
    case 'badRequest':
    case 'contextOverflow':
    case 'unauthorized':
    case 'notFound':
    case 'connection':
    case 'configuration':
    case 'overBudget':
    case 'recordingMissing':
      return { kind: 'released' as const };
  }
}
