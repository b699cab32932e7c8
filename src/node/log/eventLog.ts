import { createHash } from 'node:crypto';
import { open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { canonicalJson } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import {
  FIRST_PREVIOUS,
  LOG_VERSION,
  parseEvent,
  type EventKind,
  type Payload,
  type RunEvent,
} from '../../core/run/event.ts';
import type { RunLog } from '../../core/run/runLog.ts';
import { isMissing } from '../repositoryPath.ts';
import type { Clock } from '../../core/ports.ts';

/** Why a log cannot be used. `line` counts from 1. */
export type LogProblem =
  | { readonly kind: 'missing'; readonly file: string }
  | { readonly kind: 'empty'; readonly file: string }
  | { readonly kind: 'damaged'; readonly file: string; readonly line: number; readonly text: string }
  /** `version` is null when the line is sound but of a kind or form that is not known here. */
  | { readonly kind: 'newer'; readonly file: string; readonly line: number; readonly version: number | null };

/** What a log file holds. `tornBytes` is the length of a last line that a crash cut off: it never counted and is left out. */
export interface LogContent {
  readonly events: readonly RunEvent[];
  readonly tornBytes: number;
  readonly goodBytes: number;
}

function hashOfLine(line: Pick<RunEvent, 'seq' | 'time' | 'kind' | 'payload' | 'previous'>): string {
  const { seq, time, kind, payload, previous } = line;
  return createHash('sha256').update(canonicalJson({ seq, time, kind, payload, previous })).digest('hex');
}

/** Reads and verifies a log: schema, order and hash chain of every line. A torn last line is tolerated, any other damage is a problem with its line. */
export async function readEventLog(file: string): Promise<Result<LogContent, LogProblem>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (isMissing(error)) return err({ kind: 'missing', file });
    throw error;
  }
  const goodBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, goodBytes).toString('utf8').split('\n').slice(0, -1);
  if (lines.length === 0) return err({ kind: 'empty', file });
  const events = verifyLines(file, lines, { seq: 0, hash: FIRST_PREVIOUS });
  if (events.kind === 'error') return events;
  return ok({ events: events.value, goodBytes, tornBytes: bytes.length - goodBytes });
}

/** Verifies lines that follow on an event (`seq` 0 stands for none): schema, order and hash chain of each. */
export function verifyLines(
  file: string,
  lines: readonly string[],
  after: Pick<RunEvent, 'seq' | 'hash'>,
): Result<readonly RunEvent[], LogProblem> {
  const events: RunEvent[] = [];
  for (const text of lines) {
    const { seq, hash } = events.at(-1) ?? after;
    const parsed = parseLine(text, seq + 1, hash);
    if (parsed.kind === 'error') return err({ ...parsed.error, file, line: seq + 1 });
    events.push(parsed.value);
  }
  return ok(events);
}

type LineProblem =
  | { readonly kind: 'damaged'; readonly text: string }
  | { readonly kind: 'newer'; readonly version: number | null };

function parseLine(text: string, seq: number, previous: string): Result<RunEvent, LineProblem> {
  let value: Partial<RunEvent> | null = null;
  let event: RunEvent;
  try {
    value = JSON.parse(text) as Partial<RunEvent> | null;
    const version = versionOf(value);
    if (version > LOG_VERSION) return err({ kind: 'newer', version });
    event = parseEvent(value);
  } catch (error) {
    // A line that follows in the chain and hashes to what it says was written as it is, by a SpecKit that knows more.
    if (isSound(value) && value.seq === seq && value.previous === previous)
      return err({ kind: 'newer', version: null });
    return damaged(`is no event: ${String(error instanceof Error ? error.message : error).slice(0, 300)}`);
  }
  if (event.seq !== seq) return damaged(`has number ${event.seq} where ${seq} belongs`);
  if (event.previous !== previous) return damaged('does not follow from the line before it');
  if (event.hash !== hashOfLine(event)) return damaged('was changed after it was written');
  return ok(event);
}

const damaged = (text: string): Result<never, LineProblem> => err({ kind: 'damaged', text });

/** What a line says of the format from it on, and 0 where it says nothing. */
function versionOf(value: Partial<RunEvent> | null): number {
  if (value?.kind !== 'RunStart' && value?.kind !== 'OwnerChange') return 0;
  const version = value.payload?.version;
  return typeof version === 'number' ? version : 0;
}

function isSound(value: Partial<RunEvent> | null): value is RunEvent {
  return typeof value === 'object' && typeof value?.hash === 'string' && value.hash === hashOfLine(value as RunEvent);
}

/** An open log, to be closed by whoever opened it. */
export interface EventLog extends RunLog {
  /** Bytes of a last line that a crash had cut off, and that opening removed. */
  readonly tornBytes: number;
  close(): Promise<void>;
}

/**
 * Opens a log for appending: a new file, or an existing one after verification (its torn last line is cut off first).
 * `onAppend` hears every event in order as soon as it is appended; `before` ends before any line is written: what the lines name is durable then.
 * The caller holds the run's lock.
 */
export async function openEventLog(
  file: string,
  clock: Clock,
  onAppend: (event: RunEvent) => void,
  before: () => Promise<void> = async () => undefined,
): Promise<Result<EventLog, LogProblem>> {
  const content = await readEventLog(file);
  if (content.kind === 'error' && content.error.kind !== 'missing' && content.error.kind !== 'empty') return content;
  const events = content.kind === 'ok' ? [...content.value.events] : [];
  if (content.kind === 'ok' && content.value.tornBytes > 0) await truncate(file, content.value.goodBytes);
  if (content.kind === 'error' && content.error.kind === 'empty') await truncate(file, 0);
  const tornBytes = content.kind === 'ok' ? content.value.tornBytes : 0;
  return ok({ ...appender(await open(file, 'a'), events, { clock, onAppend, before }), tornBytes });
}

interface Appending {
  readonly clock: Clock;
  readonly onAppend: (event: RunEvent) => void;
  readonly before: () => Promise<void>;
}

function appender(
  handle: FileHandle,
  events: RunEvent[],
  { clock, onAppend, before }: Appending,
): Omit<EventLog, 'tornBytes'> {
  let waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  let failure: Error | undefined;
  const drain = async (): Promise<void> => {
    if (failure !== undefined) throw failure;
    const text = waiting.join('');
    waiting = [];
    try {
      await before();
      if (text === '') return;
      await handle.appendFile(text);
      await handle.datasync();
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw failure;
    }
  };
  const flush = (): Promise<void> => {
    const next = writing.then(drain);
    // The failure is kept and thrown by every later call, so that the chain itself must not also reject unheard.
    writing = next.then(undefined, () => undefined);
    return next;
  };
  return {
    events,
    append<Kind extends EventKind>(kind: Kind, payload: Payload<Kind>): RunEvent {
      if (failure !== undefined) throw failure;
      const last = events.at(-1);
      const line = {
        seq: (last?.seq ?? 0) + 1,
        time: new Date(clock.now()).toISOString(),
        kind,
        payload,
        previous: last?.hash ?? FIRST_PREVIOUS,
      };
      const event = { ...line, hash: hashOfLine(line) } as unknown as RunEvent;
      events.push(event);
      waiting.push(`${JSON.stringify(event)}\n`);
      onAppend(event);
      return event;
    },
    flush,
    async close(): Promise<void> {
      try {
        await flush();
      } finally {
        await handle.close();
      }
    },
  };
}
