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
  const refusal = diskRefusal(error) ?? gitRefusal(error);
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
  EFBIG: 'The file may not grow further',
  EDQUOT: 'Your share of the disk is full',
  EMFILE: 'Too many files are open',
  ENOTDIR: 'A file stands where a folder is needed',
  EISDIR: 'A folder stands where a file is needed',
  ENAMETOOLONG: 'The name is too long',
  ELOOP: 'The links go round in a circle',
  EIO: 'The disk failed at',
};

const GO_ON = 'What was done before is kept. Put that right and do the same again.';

function diskRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  // Node says of a folder that it could not make with its parents that it is not there, whatever the disk said.
  const isUnmade = error.code === 'ENOENT' && 'syscall' in error && error.syscall === 'mkdir';
  const why = isUnmade ? 'This folder cannot be made (is its disk read-only?)' : DISK[error.code];
  if (why === undefined) return undefined;
  const place = 'path' in error && typeof error.path === 'string' ? `: ${withoutTemporary(error.path)}` : '';
  return `${why}${place} (${error.code}). ${GO_ON}`;
}

/** The file that a temporary one beside it was to become: see node/temporaryFiles.ts. */
const withoutTemporary = (path: string): string => path.replace(/\.speckit-\d+-[a-z0-9]+-(.*)\.tmp$/, '$1');

/** Lines of git's own words that are told. */
const GIT_LINES = 3;

/** Git could not do what it always can: the disk, or somebody's settings. Its own words say what. */
function gitRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'GitError') return undefined;
  return `${error.message.split('\n').slice(0, GIT_LINES).join('\n')}\n${GO_ON} Where nothing is wrong there, please report these lines.`;
}

/** Tells a failure to a person on stderr, and to a program by `result`. */
export function tellFailure(failure: Failure, result: (value: unknown) => void): void {
  const { kind, text, exitCode, details } = failure;
  result({ error: { kind, text: details === undefined ? text : `${text}\n${details}` }, exitCode });
  process.stderr.write(`speckit: ${text}\n${details === undefined ? '' : `${details}\n`}`);
}
