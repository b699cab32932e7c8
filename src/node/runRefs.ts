import type { TreeId } from '../core/ports.ts';
import { GitError, repositoryGitOutput, runRepositoryGit } from './git.ts';
import type { TreeGit } from './gitObjects.ts';
import { idOf } from './gitTrees.ts';
import { newObject, writeObjects } from './writeObjects.ts';
import type { Repository } from './repository.ts';

/** The refs of one run: where it started, and its last checkpoint (whose ancestors are the checkpoints before it). */
export interface RunRefs {
  readonly base: string;
  readonly checkpoint: string;
}

export function runRefs(runId: string): RunRefs {
  return { base: `refs/speckit/${runId}/base`, checkpoint: `refs/speckit/${runId}/checkpoint` };
}

/** The ids of the runs that have refs in a repository. */
export async function runsWithRefs(repository: Repository, signal: AbortSignal): Promise<readonly string[]> {
  const output = await repositoryGitOutput(
    repository,
    ['for-each-ref', '--format=%(refname)', 'refs/speckit'],
    {},
    signal,
  );
  return [
    ...new Set(
      output
        .toString('utf8')
        .split('\n')
        .flatMap((name) => name.split('/')[2] ?? []),
    ),
  ];
}

/** The commit a ref stands on; undefined when there is no such ref. */
export async function readRef(repository: Repository, name: string, signal: AbortSignal): Promise<string | undefined> {
  const outcome = await runRepositoryGit(
    repository,
    ['rev-parse', '--verify', '--quiet', `${name}^{commit}`],
    {},
    signal,
  );
  if (outcome.kind !== 'exited') throw new GitError(`${name} cannot be read`);
  return outcome.exitCode === 0 ? idOf(outcome.stdout) : undefined;
}

/** Sets a ref, or deletes it when `to` is undefined; deleting one that does not exist is no error. */
export async function moveRef(
  repository: Repository,
  ref: { readonly name: string; readonly to: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  const commandArguments = ref.to === undefined ? ['update-ref', '-d', ref.name] : ['update-ref', ref.name, ref.to];
  await repositoryGitOutput(repository, commandArguments, {}, signal);
}

export interface TreeCommit {
  readonly tree: TreeId;
  readonly parent: string;
  /** The commit's subject: one line, cut to 200 characters. */
  readonly label: string;
}

const IDENTITY = 'SpecKit <speckit@localhost>';

/** Writes a commit object: no hook, no signature, no branch, no index. Returns its id. Format: git-commit-tree(1), and git's commit.c. */
export async function commitTree(
  repository: Repository,
  { tree, parent, label }: TreeCommit,
  signal: AbortSignal,
): Promise<string> {
  const subject = label.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  const when = `${Math.floor(Date.now() / 1000)} +0000`;
  const lines = [`tree ${tree}`, `parent ${parent}`, `author ${IDENTITY} ${when}`, `committer ${IDENTITY} ${when}`];
  const commit = newObject(tree, 'commit', Buffer.from(`${lines.join('\n')}\n\n${subject}\n`, 'utf8'));
  const git: TreeGit = (words, options = {}) => repositoryGitOutput(repository, words, options, signal);
  await writeObjects({ objectsDir: repository.objectsDir, git }, [commit]);
  return commit.id;
}
