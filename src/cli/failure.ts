import { CommandProblem } from '../app/problem.ts';
import { AbortedError } from '../base/withAbort.ts';
import { EXIT, exitOfProblem } from './exitCode.ts';

/** A command that did not come to its end, as both a person and a program are told. `details` are only for a report of a fault. */
export interface Failure {
  readonly kind: CommandProblem['kind'] | 'stopped' | 'fault';
  readonly text: string;
  readonly exitCode: number;
  readonly details?: string;
}

/** What a thrown value means to whoever typed the command. */
export function failureOf(error: unknown, isStopped: boolean): Failure {
  if (error instanceof CommandProblem) return { kind: error.kind, text: error.message, exitCode: exitOfProblem(error) };
  if (isStopped || error instanceof AbortedError)
    return {
      kind: 'stopped',
      text: 'Stopped. What was done before is kept: `speckit status`.',
      exitCode: EXIT.stopped,
    };
  const refusal = diskRefusal(error);
  if (refusal !== undefined) return { kind: 'infrastructure', text: refusal, exitCode: EXIT.infrastructure };
  return {
    kind: 'fault',
    text: 'This is a fault of SpecKit. What was done before is kept: `speckit status`. Please report it with these lines:',
    exitCode: EXIT.infrastructure,
    details: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** What the disk says no to for reasons outside of SpecKit (errno(3)), in words. */
const DISK: Readonly<Record<string, string>> = {
  EACCES: 'You may not use',
  EPERM: 'You may not use',
  EROFS: 'It is on a disk that cannot be written',
  ENOSPC: 'The disk is full',
  EDQUOT: 'Your share of the disk is full',
  EMFILE: 'Too many files are open',
  ENOTDIR: 'A file stands where a folder is needed',
  EISDIR: 'A folder stands where a file is needed',
  ENAMETOOLONG: 'The name is too long',
  ELOOP: 'The links go round in a circle',
  EIO: 'The disk failed at',
};

function diskRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const why = DISK[error.code];
  if (why === undefined) return undefined;
  const place = 'path' in error && typeof error.path === 'string' ? `: ${error.path}` : '';
  return `${why}${place} (${error.code}). What was done before is kept. Put that right and do the same again.`;
}

/** Tells a failure to a person on stderr, and to a program by `result`. */
export function tellFailure(failure: Failure, result: (value: unknown) => void): void {
  const { kind, text, exitCode, details } = failure;
  result({ error: { kind, text: details === undefined ? text : `${text}\n${details}` }, exitCode });
  process.stderr.write(`speckit: ${text}\n${details === undefined ? '' : `${details}\n`}`);
}
