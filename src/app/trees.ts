import path from 'node:path';
import { copyDependencies, dependencyFolders } from '../node/dependencyFolders.ts';
import { acquireRunLock } from '../node/lock.ts';
import { createBlobStore } from '../node/log/blobStore.ts';
import type { Repository } from '../node/repository.ts';
import { repositoryKey } from '../node/repositoryKey.ts';
import { openRunTree } from '../node/runTree.ts';
import { textsOfTrees } from './exactText.ts';
import { openRun } from './openRun.ts';
import { CommandProblem } from './problem.ts';
import { readReview } from './review.ts';
import type { Services } from './services.ts';

/** One file before and after a patch. Empty where it did not exist on that side. */
export interface PatchedFile {
  readonly before: string;
  readonly after: string;
}

/** What an applied patch of a run made of one file: `key` is its PatchApply event's. Throws a CommandProblem when there is no such patch or text. */
export async function patchedFile(
  services: Services,
  repository: Repository,
  { runId, key, file }: { readonly runId: string; readonly key: string; readonly file: string },
): Promise<PatchedFile> {
  const { events } = await openRun(repository.commonDir, runId);
  const event = events.findLast((candidate) => candidate.kind === 'PatchApply' && candidate.payload.key === key);
  if (event?.kind !== 'PatchApply' || event.payload.outcome !== 'applied' || !event.payload.files.includes(file))
    throw new CommandProblem('usage', `Run ${runId} has no applied patch ${key} of ${file}.`);
  const textAt = textsOfTrees(services, repository);
  const { before, after } = event.payload;
  const texts = { before: await textAt(before, file), after: await textAt(after, file) };
  if (texts.before === undefined && texts.after === undefined)
    throw new CommandProblem('usage', `${file} is binary: there is no text to show.`);
  return { before: texts.before ?? '', after: texts.after ?? '' };
}

/**
 * Puts the run's own tree to its newest proposal, a person's edits included, copies the repository's dependency folders into it, and returns its
 * absolute folder: for trying it out. The run's next process puts the tree to where it works; the copies stay, and are what its commands then find.
 * Throws a CommandProblem while a process is at work, and when there is no proposal.
 */
export async function openProposalTree(services: Services, repository: Repository, runId: string): Promise<string> {
  const { folder, events, view } = await openRun(repository.commonDir, runId);
  const review = await readReview(
    events,
    createBlobStore(path.join(folder, 'blobs')),
    textsOfTrees(services, repository),
  );
  if (review === undefined) throw new CommandProblem('usage', `Run ${runId} has no proposal yet.`);
  const lock = await acquireRunLock(folder);
  if (lock.kind === 'error')
    throw new CommandProblem('usage', `Run ${runId} is at work: its tree cannot be tried out now. Pause it first.`);
  await using _lock = lock.value;
  const tree = await openRunTree(
    {
      repository,
      runId,
      worktreesFolder: treesFolder(services, repository),
      specFolder: view.specFolder,
      tree: review.proposal.tree,
    },
    services.host.signal,
  );
  const edits = review.files.flatMap(({ isEdited, isMerged, difference: { path: file, after: content } }) =>
    (isEdited || isMerged) && content !== undefined ? [{ kind: 'write' as const, path: file, content }] : [],
  );
  if (edits.length > 0) await tree.restore(await tree.compose(review.proposal.tree, edits));
  // Commands of a run find the user's dependencies mounted over the tree; whoever tries it out has no such mounts.
  const folders = await dependencyFolders(repository, services.host.signal);
  await copyDependencies({ root: repository.root, tree: tree.root, folders });
  return tree.root;
}

/** Where the trees of a repository's runs lie: apart from those of every other repository of this user, which may have runs of the same ids. */
export const treesFolder = (services: Services, repository: Pick<Repository, 'commonDir'>): string =>
  path.join(services.folders.state, 'trees', repositoryKey(repository));
