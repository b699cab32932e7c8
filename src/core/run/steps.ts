import { hashOf } from '../../base/hash.ts';
import { canonicalJson, type Json } from '../../base/json.ts';
import { AbortedError, throwIfAborted } from '../../base/withAbort.ts';
import type { Blobs } from '../ports.ts';
import { droppedBlobs } from './capture.ts';
import type { EventKind, Payload, RunEvent } from './event.ts';
import type { RunLog } from './runLog.ts';

export type StepEffect = Payload<'StepStart'>['effect'];

/** `output: 'apart'`: it never stands in the log itself, so that it can be removed from the run when that has ended. */
export interface StepAddress {
  readonly key: string;
  readonly effect: StepEffect;
  readonly output?: 'apart';
}

/** What an effect brought. Only `done` is kept for ever; a `failed` one (a server that was down) is tried again on resume. */
export interface StepResult<Output extends Json> {
  readonly outcome: 'done' | 'failed';
  readonly output: Output;
}

/** Which start of a step this is: `attempt` counts the starts of its key in this log; `inDoubt` when an earlier one began and never ended. */
export interface StepTurn {
  readonly key: string;
  readonly attempt: number;
}

/**
 * The durable steps of one run over its log. An effect that ended with the same inputs returns its recorded output and is not repeated;
 * with other inputs it is stale and done again, and the log says which inputs changed; one begun and not ended is in doubt and done again, and so is
 * one whose output was not kept (core/run/capture.ts).
 *
 * Keys are paths (`implement/T2/2/turn-3/call-1`), unique within a run. Inputs are what the effect reads, normalised: no absolute path, no
 * clock, no duration, no run id. The effect gets its turn; when it throws, nothing is recorded as its end, except `stopped` for an abort.
 */
export interface Steps {
  step<Output extends Json>(
    address: StepAddress,
    inputs: Readonly<Record<string, unknown>>,
    effect: (turn: StepTurn) => Promise<StepResult<Output>>,
    signal: AbortSignal,
  ): Promise<StepResult<Output>>;
  /** Appends an event that is not an effect, once: on resume the same event under the same key is not repeated. */
  note<Kind extends KeyedEventKind>(kind: Kind, payload: Payload<Kind>): void;
  /** Steps that began and never ended in the part of the log written before this process. */
  readonly inDoubt: readonly StepTurn[];
}

/** Event kinds whose payload has a `key`. */
export type KeyedEventKind = { [Kind in EventKind]: Payload<Kind> extends { key: string } ? Kind : never }[EventKind];

/** Outputs up to this many bytes of JSON stand in the log itself, longer ones in a blob. */
const INLINE_BYTES = 512;

interface Past {
  readonly starts: Map<string, number>;
  readonly open: Map<string, StepTurn>;
  readonly inputs: Map<string, Readonly<Record<string, string>>>;
  readonly ends: Map<string, Payload<'StepEnd'>>;
  readonly notes: Set<string>;
  /** Outputs that are not there any more. */
  readonly dropped: ReadonlySet<string>;
}

/** `beforeEach` is called before an effect begins, not for one that is passed through; what it throws keeps the effect from beginning. */
export function createSteps(log: RunLog, blobs: Blobs, beforeEach: () => void = () => undefined): Steps {
  const past = readPast(log.events);
  const inDoubt = [...past.open.values()];
  const running = new Set<string>();

  async function step<Output extends Json>(
    address: StepAddress,
    inputs: Readonly<Record<string, unknown>>,
    effect: (turn: StepTurn) => Promise<StepResult<Output>>,
    signal: AbortSignal,
  ): Promise<StepResult<Output>> {
    throwIfAborted(signal);
    const { key } = address;
    if (running.has(key)) throw new Error(`step ${key} is already running: keys are unique within a run`);
    const hashes = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, hashOf(value ?? null)]));
    const end = past.ends.get(key);
    const changed = changedInputs(past.inputs.get(key), hashes);
    const isGone = end !== undefined && 'blob' in end.output && past.dropped.has(end.output.blob.sha256);
    if (end?.outcome === 'done' && changed.length === 0 && !isGone)
      return { outcome: 'done', output: (await read(end)) as Output };
    beforeEach();
    const turn = { key, attempt: (past.starts.get(key) ?? 0) + 1 };
    const because = past.open.has(key)
      ? 'inDoubt'
      : end === undefined
        ? 'first'
        : changed.length > 0
          ? 'inputsChanged'
          : isGone
            ? 'notKept'
            : 'failedBefore';
    past.starts.set(key, turn.attempt);
    past.inputs.set(key, hashes);
    past.ends.delete(key);
    past.open.delete(key);
    running.add(key);
    try {
      log.append('StepStart', {
        ...turn,
        effect: address.effect,
        inputs: hashes,
        because,
        changed: because === 'inputsChanged' ? [...changed] : [],
      });
      if (leavesMarks(address)) await log.flush();
      const result = await effect(turn);
      await record(turn, address, result);
      return result;
    } catch (error) {
      if (error instanceof AbortedError) await record(turn, address, { outcome: 'stopped', output: null });
      throw error;
    } finally {
      running.delete(key);
    }
  }

  async function record(
    turn: StepTurn,
    address: StepAddress,
    { outcome, output }: { readonly outcome: 'done' | 'failed' | 'stopped'; readonly output: Json },
  ): Promise<void> {
    const text = canonicalJson(output);
    const isInline = text.length <= INLINE_BYTES && (address.output !== 'apart' || output === null);
    const kept = isInline ? { inline: JSON.parse(text) as never } : { blob: await blobs.put(text) };
    const end = { ...turn, outcome, output: kept };
    log.append('StepEnd', end);
    past.ends.set(turn.key, end);
    if (leavesMarks(address)) await log.flush();
  }

  async function read(end: Payload<'StepEnd'>): Promise<Json> {
    return 'inline' in end.output ? end.output.inline : (JSON.parse(await blobs.get(end.output.blob)) as Json);
  }

  function note<Kind extends KeyedEventKind>(kind: Kind, payload: Payload<Kind>): void {
    const mark = noteMark(kind, payload);
    if (past.notes.has(mark)) return;
    past.notes.add(mark);
    log.append(kind, payload);
  }

  return { step, note, inDoubt };
}

/**
 * A retrieval reads what its inputs name and leaves nothing behind that a start could explain, and reading again costs nothing: its start and its end go
 * to disk with whatever is done with what it brought.
 */
const leavesMarks = ({ effect }: StepAddress): boolean => effect !== 'retrieval';

const noteMark = (kind: EventKind, payload: { readonly key: string }): string =>
  `${kind} ${payload.key} ${hashOf(payload)}`;

function readPast(events: readonly RunEvent[]): Past {
  const past: Past = {
    starts: new Map(),
    open: new Map(),
    inputs: new Map(),
    ends: new Map(),
    notes: new Set(),
    dropped: droppedBlobs(events),
  };
  for (const event of events) {
    if (event.kind === 'StepStart') {
      const { key, attempt, inputs } = event.payload;
      past.starts.set(key, attempt);
      past.inputs.set(key, inputs);
      past.open.set(key, { key, attempt });
      past.ends.delete(key);
    } else if (event.kind === 'StepEnd') {
      past.open.delete(event.payload.key);
      past.ends.set(event.payload.key, event.payload);
    } else if ('key' in event.payload) past.notes.add(noteMark(event.kind, event.payload));
  }
  return past;
}

function changedInputs(
  before: Readonly<Record<string, string>> | undefined,
  now: Readonly<Record<string, string>>,
): readonly string[] {
  if (before === undefined) return [];
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => before[name] !== now[name]).sort();
}
