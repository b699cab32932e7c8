import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { runGit, runRepositoryGit, type GitOutcome } from './git.ts';

/** A git repository with a work tree and at least one commit. All folders are absolute. */
export interface Repository {
  /** The top of the work tree. */
  readonly root: string;
  /** This work tree's own git directory; differs from `commonDir` when the work tree is a linked one. */
  readonly gitDir: string;
  readonly commonDir: string;
  /** Where objects are written. */
  readonly objectsDir: string;
  /** The commit HEAD stands on. */
  readonly head: string;
  /** The short name of the branch HEAD stands on; undefined when HEAD is detached. */
  readonly branch?: string;
  readonly objectFormat: 'sha1' | 'sha256';
}

export type GitOperation = 'rebase' | 'applyMailbox' | 'merge' | 'cherryPick' | 'revert' | 'bisect';

/** Why no run can start in a folder. */
export type GitProblem =
  | { readonly kind: 'notAFolder'; readonly folder: string }
  | { readonly kind: 'gitMissing'; readonly message: string }
  | { readonly kind: 'gitTooOld'; readonly version: string; readonly needed: string }
  | { readonly kind: 'notARepository'; readonly folder: string }
  | { readonly kind: 'unsafeOwnership'; readonly folder: string; readonly message: string }
  | { readonly kind: 'bare'; readonly folder: string }
  | { readonly kind: 'insideGitDirectory'; readonly folder: string }
  | { readonly kind: 'emptyRepository'; readonly root: string }
  | { readonly kind: 'inProgress'; readonly root: string; readonly operation: GitOperation }
  | { readonly kind: 'failed'; readonly message: string };

export interface RepositoryQuestion {
  readonly folder: string;
  /** Added to git's environment, and stronger than it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** From this version on `read-tree --reset -u` replaces untracked files, and the user's configuration can be left aside. */
const neededVersion = '2.34';

/**
 * The repository a folder lies in, or why no run can start there. Changes nothing. An operation in progress (a rebase, a merge, ...)
 * is a problem, since HEAD is then not what its owner means it to be.
 */
export async function findRepository(
  question: RepositoryQuestion,
  signal: AbortSignal,
): Promise<Result<Repository, GitProblem>> {
  const found = await findWith({ more: [], anyVersion: false }, question, signal);
  return found.kind === 'ok' ? ok(found.value.repository) : found;
}

/** A repository, with the short names of all its local and remote branches, e.g. `main`, `origin/SPEC-004-login`. */
export interface RepositoryWithBranches {
  readonly repository: Repository;
  readonly branches: readonly string[];
}

/**
 * As `findRepository`, with the branches asked for in the same question to git: each further question costs a process. An old git that can answer it does:
 * its version matters to runs, which find their repository by themselves.
 */
export async function findRepositoryAndBranches(
  question: RepositoryQuestion,
  signal: AbortSignal,
): Promise<Result<RepositoryWithBranches, GitProblem>> {
  const found = await findWith({ more: ['--branches', '--remotes'], anyVersion: true }, question, signal);
  if (found.kind === 'error') return found;
  const { repository, further = await listBranches(repository, signal) } = found.value;
  return ok({ repository, branches: further });
}

/** The repository and what git answers to `more`, a line each. `further` is undefined where only the careful questions could tell. */
interface Found {
  readonly repository: Repository;
  readonly further?: readonly string[];
}

async function findWith(
  { more, anyVersion }: { readonly more: readonly string[]; readonly anyVersion: boolean },
  question: RepositoryQuestion,
  signal: AbortSignal,
): Promise<Result<Found, GitProblem>> {
  const { folder } = question;
  if (!isFolder(folder)) return err({ kind: 'notAFolder', folder });
  const ask = askIn(question, signal);

  // One question for all of it, asked while git tells its version; the careful questions follow only where the answer is not plain.
  // Git repeats a flag it does not know. No path can hold this one, so that it stands where it belongs only if no path holds a line end.
  const mark = `--${Math.random().toString(36).slice(2)}-${Math.random().toString(36).slice(2)}`;
  // Git starts before this function first waits, so that it works while its caller loads code.
  const asked = Promise.all([
    anyVersion ? undefined : versionProblem(ask),
    ask('rev-parse', ...everything, mark, ...more),
  ]);
  const [tooOld, plain] = await asked;
  if (tooOld !== undefined) return err(tooOld);
  const lines = plain.kind === 'ok' && plain.value !== undefined ? plain.value.split('\n') : [];
  const facts = lines[FACTS] === mark ? plainFacts(lines) : undefined;
  const problem = anyVersion && facts === undefined ? await versionProblem(ask) : undefined;
  if (problem !== undefined) return err(problem);
  const found = facts === undefined ? await askCarefully(ask, folder) : await describeRepository(facts);
  if (found.kind === 'error') return found;
  const repository = found.value;
  return ok(facts === undefined ? { repository } : { repository, further: lines.slice(FACTS + 1) });
}

async function versionProblem(ask: Ask): Promise<GitProblem | undefined> {
  const version = await ask('version');
  if (version.kind === 'error') return version.error;
  if (version.value === undefined) return { kind: 'failed', message: 'git does not tell its version' };
  if (!isOlder(version.value, neededVersion)) return undefined;
  return { kind: 'gitTooOld', version: version.value, needed: neededVersion };
}

/** What is known of a repository before it is known whether one can work there. */
interface Facts {
  readonly root: string;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly objectsDir: string;
  readonly objectFormat: string;
  readonly head: string;
  readonly branch: string | undefined;
}

/** Arguments of one `git rev-parse` that answers everything, a line each. It fails in a bare repository and where there is no commit. */
const everything = [
  '--is-bare-repository',
  '--is-inside-git-dir',
  '--show-toplevel',
  '--absolute-git-dir',
  '--path-format=absolute',
  '--git-common-dir',
  '--git-path',
  'objects',
  '--show-object-format',
  'HEAD^{commit}',
  '--abbrev-ref=loose',
  'HEAD',
];

/** Lines of the answer to `everything`. */
const FACTS = 9;

/** The answer to `everything`, whose paths hold no line end; undefined where no run can start. */
function plainFacts(lines: readonly string[]): Facts | undefined {
  const [isBare, isInside, root, gitDir, commonDir, objectsDir, objectFormat, head, name] = lines;
  if (isBare !== 'false' || isInside !== 'false') return undefined;
  if (!root || !gitDir || !commonDir || !objectsDir || !objectFormat || !head || !name) return undefined;
  // A detached HEAD has no shorter name than its own.
  return { root, gitDir, commonDir, objectsDir, objectFormat, head, branch: name === 'HEAD' ? undefined : name };
}

async function askCarefully(ask: Ask, folder: string): Promise<Result<Repository, GitProblem>> {
  const inside = await ask('rev-parse', '--is-bare-repository', '--is-inside-git-dir');
  if (inside.kind === 'error') return inside;
  if (inside.value === undefined) return err({ kind: 'notARepository', folder });
  if (inside.value.startsWith('true')) return err({ kind: 'bare', folder });
  if (inside.value.endsWith('true')) return err({ kind: 'insideGitDirectory', folder });
  return askOneByOne(ask, folder);
}

type Ask = (...commandArguments: readonly string[]) => Promise<Result<string | undefined, GitProblem>>;

/** Answers without their last line end; undefined where git has none to give and nothing is wrong. */
function askIn(question: RepositoryQuestion, signal: AbortSignal): Ask {
  const options = { deadlineMs: 10_000, ...(question.environment && { environment: question.environment }) };
  return async (...commandArguments) =>
    answerOf(await runGit(question.folder, commandArguments, options, signal), question.folder);
}

function answerOf(outcome: GitOutcome, folder: string): Result<string | undefined, GitProblem> {
  if (outcome.kind === 'missing') return err({ kind: 'gitMissing', message: outcome.message });
  if (outcome.kind === 'deadline') return err({ kind: 'failed', message: `no answer in ${outcome.afterMs} ms` });
  if (outcome.exitCode === 0) return ok(outcome.stdout.toString('utf8').replace(/\n$/, ''));
  const message = outcome.stderr.trim();
  if (/dubious ownership|unsafe repository/.test(message)) return err({ kind: 'unsafeOwnership', folder, message });
  const nothingThere = message === '' || message.includes('not a git repository');
  return nothingThere ? ok(undefined) : err({ kind: 'failed', message });
}

async function askOneByOne(ask: Ask, folder: string): Promise<Result<Repository, GitProblem>> {
  // One call each: a path may hold a line end.
  const answers = await Promise.all([
    ask('rev-parse', '--show-toplevel'),
    ask('rev-parse', '--absolute-git-dir'),
    ask('rev-parse', '--path-format=absolute', '--git-common-dir'),
    ask('rev-parse', '--path-format=absolute', '--git-path', 'objects'),
    ask('rev-parse', '--show-object-format'),
    ask('rev-parse', '--verify', '--quiet', 'HEAD^{commit}'),
    ask('symbolic-ref', '--short', '--quiet', 'HEAD'),
  ]);
  for (const answer of answers) if (answer.kind === 'error') return answer;
  const [root, gitDir, commonDir, objectsDir, objectFormat, head, branch] = answers.map((answer) =>
    answer.kind === 'ok' ? answer.value : undefined,
  );
  if (root === undefined || gitDir === undefined || commonDir === undefined || objectsDir === undefined) {
    return err({ kind: 'failed', message: `git does not tell where the repository of ${folder} is` });
  }
  if (head === undefined) return err({ kind: 'emptyRepository', root });
  return describeRepository({
    root,
    gitDir,
    commonDir,
    objectsDir,
    objectFormat: objectFormat ?? 'sha1',
    head,
    branch,
  });
}

async function describeRepository(facts: Facts): Promise<Result<Repository, GitProblem>> {
  const { root, branch, ...rest } = facts;
  const operation = await operationInProgress(facts.gitDir);
  if (operation !== undefined) return err({ kind: 'inProgress', root, operation });
  const objectFormat = facts.objectFormat === 'sha256' ? 'sha256' : 'sha1';
  const repository = { ...rest, root, objectFormat } as const;
  return ok(branch === undefined ? repository : { ...repository, branch });
}

/** The files by which git itself remembers what it is in the middle of (see git's wt-status.c). The first that exists counts. */
const operationFiles: readonly (readonly [file: string, operation: GitOperation])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply/applying', 'applyMailbox'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherryPick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

async function operationInProgress(gitDir: string): Promise<GitOperation | undefined> {
  for (const [file, operation] of operationFiles) {
    if ((await statOf(join(gitDir, file))) !== undefined) return operation;
  }
  return undefined;
}

/** Without waiting: git is to be started first of all. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

async function statOf(path: string): Promise<object | undefined> {
  return stat(path).catch(() => undefined);
}

/** Compares the first two numbers of `git version 2.39.5 (Apple Git-154)` with those of '2.34'. */
function isOlder(answer: string, needed: string): boolean {
  const numbers = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number);
  const [major = 0, minor = 0] = numbers(answer);
  const [neededMajor = 0, neededMinor = 0] = numbers(needed);
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}

async function listBranches(repository: Repository, signal: AbortSignal): Promise<readonly string[]> {
  const outcome = await runRepositoryGit(
    repository,
    ['for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/remotes'],
    { deadlineMs: 10_000 },
    signal,
  );
  if (outcome.kind !== 'exited' || outcome.exitCode !== 0) return [];
  return outcome.stdout
    .toString('utf8')
    .split('\n')
    .filter((name) => name !== '');
}
