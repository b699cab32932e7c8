import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimes,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { isAlive, processStart } from './processStart.ts';
import { isMissing } from './repositoryPath.ts';
import { temporaryBeside } from './temporaryFiles.ts';

/*
 * One owner per run. The lock of generation n is the file `lock.<n>`; the owner is whoever made the highest one. Taking a lock whose owner
 * is gone means making generation n+1 with O_EXCL, which exactly one of many can do; a release marks the generation as released
 * and leaves it, so that numbers never come back and no late comer can win with an old one. The winner removes the generations below.
 * Its some ten small calls are made at once: each by itself would wait for a thread, which takes a short command longer than all of them.
 */

/** The text of a lock file, as JSON. */
interface LockText {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** When the process began, in a form that only compares; left out where the system does not tell. */
  readonly start?: string;
  readonly released?: true;
}

/** Who holds a run. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
}

export interface RunLock extends AsyncDisposable {
  readonly owner: LockOwner;
  /** Gives the run free, when it is still ours. May be called twice. */
  release(): Promise<void>;
}

const heartbeatMs = 5_000;
/** An owner we cannot look at (another host, or a system without start times) counts as gone after so long without a heartbeat. */
const silenceMs = 120_000;
/** A lock file without its text was just made, or its maker was killed in that moment. */
const unwrittenMs = 5_000;

/** Takes the lock of a run's folder, which is made when it does not exist; `held` when a living owner has it (also this process). */
export async function acquireRunLock(
  folder: string,
): Promise<Result<RunLock, { readonly kind: 'held'; readonly owner: LockOwner | undefined }>> {
  mkdirSync(folder, { recursive: true });
  for (;;) {
    const newest = Math.max(0, ...generationsIn(folder));
    const claim = newest === 0 ? ({ kind: 'free' } as const) : claimOn(lockFile(folder, newest));
    if (claim.kind === 'held') return err({ kind: 'held', owner: claim.owner });
    const lock = makeGeneration(folder, newest + 1);
    if (lock !== undefined) return ok(lock);
    // Somebody was faster: look at who it is.
  }
}

/** Who holds a run now, or undefined when nobody does (or its holder is dead, or there is no such folder). Takes nothing. */
export async function runOwner(folder: string): Promise<LockOwner | undefined> {
  const newest = Math.max(0, ...generationsIn(folder));
  const claim = newest === 0 ? ({ kind: 'free' } as const) : claimOn(lockFile(folder, newest));
  return claim.kind === 'held' ? (claim.owner ?? { pid: 0, host: 'unknown' }) : undefined;
}

type Claim = { readonly kind: 'free' } | { readonly kind: 'held'; readonly owner: LockOwner | undefined };

function claimOn(file: string): Claim {
  const read = readLock(file);
  if (read === undefined) return { kind: 'free' };
  const { lock, silentMs } = read;
  if (lock === undefined) return silentMs > unwrittenMs ? { kind: 'free' } : { kind: 'held', owner: undefined };
  if (lock.released) return { kind: 'free' };
  return isOwnerAlive(lock, silentMs) ? { kind: 'held', owner: { pid: lock.pid, host: lock.host } } : { kind: 'free' };
}

function isOwnerAlive(lock: LockText, silentMs: number): boolean {
  if (lock.host !== hostname()) return silentMs <= silenceMs;
  if (!isAlive(lock.pid)) return false;
  const start = processStart(lock.pid);
  // Without a start time the number may be another process's by now; then the heartbeat decides.
  return start === undefined || lock.start === undefined ? silentMs <= silenceMs : start === lock.start;
}

/** `lock` is undefined when the text is not whole; the whole answer when the file is gone. */
function readLock(file: string): { readonly lock: LockText | undefined; readonly silentMs: number } | undefined {
  try {
    // In this order: the text is never younger than the silence that is told with it.
    const now = Date.now();
    const { mtimeMs } = statSync(file);
    return { lock: parseLock(readFileSync(file, 'utf8')), silentMs: now - mtimeMs };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function parseLock(text: string): LockText | undefined {
  try {
    return lockTextOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The members that belong there, each of its kind, and no others; undefined for anything else. Looked at by hand and not with a schema: a
 * short command takes a lock, and is over before a schema library is read.
 */
function lockTextOf(value: unknown): LockText | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { token, pid, host, start, released, ...rest } = value as Partial<Record<string, unknown>>;
  if (typeof token !== 'string' || typeof host !== 'string' || Object.keys(rest).length > 0) return undefined;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid)) return undefined;
  if (start !== undefined && typeof start !== 'string') return undefined;
  if (released !== undefined && released !== true) return undefined;
  return { token, pid, host, ...(start !== undefined && { start }), ...(released && { released }) };
}

/**
 * Tells one taking of a lock from every other; it guards nothing. Not from node:crypto, which takes a short command longer to load than the
 * rest of a lock to take.
 */
function newToken(): string {
  return `${process.pid}-${process.hrtime.bigint()}-${Math.random().toString(36).slice(2)}`;
}

/** The lock, or undefined when somebody else made this generation or a later one. */
function makeGeneration(folder: string, generation: number): RunLock | undefined {
  const file = lockFile(folder, generation);
  const startedAt = Date.now();
  const start = processStart(process.pid);
  const lock = { token: newToken(), pid: process.pid, host: hostname(), ...(start !== undefined && { start }) };
  try {
    writeFileSync(file, JSON.stringify(lock), { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  }
  // So slow that somebody may have taken the file for one of a maker who was killed.
  const late = Date.now() - startedAt > unwrittenMs / 2;
  if (late) markReleased(file, lock);
  const generations = generationsIn(folder);
  const overtaken = generations.some((other) => other > generation);
  if (overtaken) rmSync(file, { force: true });
  if (late || overtaken) return undefined;
  for (const older of generations.filter((other) => other < generation))
    rmSync(lockFile(folder, older), { force: true });
  return holdLock(file, lock);
}

function holdLock(file: string, lock: LockText): RunLock {
  const heartbeat = setInterval(() => {
    // A missed beat is no fault: the owner is told by its process, and the folder may be gone with its run.
    const now = new Date();
    utimes(file, now, now, () => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  const release = async (): Promise<void> => {
    clearInterval(heartbeat);
    if (readLock(file)?.lock?.token !== lock.token) return;
    markReleased(file, lock);
  };
  return { owner: { pid: lock.pid, host: lock.host }, release, [Symbol.asyncDispose]: release };
}

function markReleased(file: string, lock: LockText): void {
  const temporary = temporaryBeside(file);
  try {
    writeFileSync(temporary, JSON.stringify({ ...lock, released: true }));
    renameSync(temporary, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && FULL.includes(String(error.code)))) throw error;
    rmSync(temporary, { force: true });
    // An empty lock needs no room, and is nobody's after a few seconds.
    truncateSync(file, 0);
  }
}

/** What a disk says that has no room for another file (errno(3)). */
const FULL: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

function lockFile(folder: string, generation: number): string {
  return join(folder, `lock.${generation}`);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function generationsIn(folder: string): readonly number[] {
  return namesIn(folder).flatMap((name) => {
    const match = /^lock\.(\d{1,15})$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}
