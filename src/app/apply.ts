import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { counted } from '../base/counted.ts';
import { sha256 } from '../base/hash.ts';
import { toolTruthOf } from '../core/pipeline/attemptSignals.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { runChecks, type Evidence } from '../core/pipeline/evidence.ts';
import { decide } from '../core/pipeline/gate.ts';
import type { FileDifference } from '../core/ports.ts';
import type { Payload } from '../core/run/event.ts';
import type { Repository } from '../node/repository.ts';
import { runsFolder } from '../node/runStore.ts';
import { withUserLineEndings } from '../node/userLineEndings.ts';
import type { UserChange } from '../node/userTree.ts';
import { applicationOf, takeBack, writeChanges, type Application } from './application.ts';
import { choiceStep, chosenChanges, isAsProposed } from './chosen.ts';
import { keepDrafts, type ToldConflict } from './conflicts.ts';
import { mergeYours } from './mergeYours.ts';
import { signatureOf } from './person.ts';
import { CommandProblem } from './problem.ts';
import { bytesOf, differencesOf, waitingReview, type Review } from './review.ts';
import type { CheckResult } from './reviewProgress.ts';
import type { Services } from './services.ts';
import { inDocument, isForDocument, readYours, type Yours } from './yours.ts';

/**
 * What applying came to. `merged`: the person's own changes and the proposal went together, and the result, which is another change than the one
 * that was approved, waits for approval with what the checks said of it. `conflict`: they did not. Nothing was written in either case.
 */
export type ApplyReport =
  | {
      readonly kind: 'applied';
      readonly files: readonly string[];
      /** Those of `files` that stand changed in unsaved documents. */
      readonly unsaved: readonly string[];
      readonly commitMessage: string;
      readonly commitMessageFile: string;
    }
  | { readonly kind: 'merged'; readonly files: readonly string[]; readonly checks: readonly CheckResult[] }
  | { readonly kind: 'conflict'; readonly conflicts: readonly ToldConflict[] };

/** A review in which nothing is open, and why it is applied although it is not checked, where somebody wants that. */
export interface Applying {
  readonly repository: Repository;
  readonly review: Review;
  readonly unchecked: string | undefined;
}

export const runFolderOf = ({ commonDir }: Pick<Repository, 'commonDir'>, runId: string): string =>
  path.join(runsFolder(commonDir), runId);

/**
 * Writes what is approved into the user's files, unstaged, all of it or nothing: after the person's own files, on the disk and unsaved, were found to
 * be what the change was made from, and after the checks have passed on exactly what is written. Clean documents are files to it, so that nothing that
 * an editor does while it saves touches approved bytes; a document with unsaved changes gets the change and stays unsaved.
 */
export async function applyApproved(services: Services, context: RunContext, applying: Applying): Promise<ApplyReport> {
  const { repository, review, unchecked } = applying;
  const { root } = repository;
  const all = chosenChanges(review, 'approvedOnly');
  const chosen = all.filter((change) => change.before !== change.after);
  if (chosen.length === 0)
    throw new CommandProblem(
      'usage',
      'There is nothing to apply: every hunk was rejected or stands in your files already. `speckit reject RUN --why TEXT` sends the whole change back.',
    );
  const at = { runFolder: runFolderOf(repository, context.runId), round: review.proposal.round };
  const split = splitByPlace(chosen, await readYours(services, root, chosen));
  // What a killed process has begun is taken back, or is the very thing that is asked for.
  const application = await applicationOf(at, split.onDisk, context.signal);
  const yours = await readYours(services, root, chosen);
  if (application.state === 'none') {
    const rebased = mergeYours(chosen, yours);
    if (rebased.kind === 'conflict')
      return { kind: 'conflict', conflicts: await keepDrafts(at.runFolder, rebased.conflicts) };
    if (rebased.kind === 'merged') return offerMerge(services, context, rebased.content);
  }
  requireRequested(context, review);
  if (unchecked === undefined || isAsProposed(review, 'approvedOnly'))
    unlockGate(context, review, await measure(context, review, all, 'approvedOnly'));
  // The decision is on disk before the first file changes: a kill from here on leaves what the next approval ends.
  await context.log.flush();
  requireAsChecked(chosen, yours, await readYours(services, root, chosen));
  return write(services, context, { ...applying, application, ...split });
}

interface Split {
  readonly onDisk: readonly UserChange[];
  readonly inDocuments: readonly UserChange[];
}

function splitByPlace(chosen: readonly UserChange[], yours: ReadonlyMap<string, Yours>): Split {
  const inDocuments = chosen.filter((change) => isForDocument(change, yours.get(change.path)));
  return { onDisk: chosen.filter((change) => !inDocuments.includes(change)), inDocuments };
}

/** Checks may take minutes, in which a person goes on typing. */
function requireAsChecked(
  chosen: readonly UserChange[],
  yours: ReadonlyMap<string, Yours>,
  late: ReadonlyMap<string, Yours>,
): void {
  const changed = chosen.filter(({ path: name }) => JSON.stringify(yours.get(name)) !== JSON.stringify(late.get(name)));
  if (changed.length > 0)
    throw new CommandProblem(
      'blocked',
      `${changed.map((change) => change.path).join(', ')} changed while the checks ran, so nothing was applied. Approve again.`,
    );
}

/** Brings the proposal onto the person's own text, measures the result, and leaves it to the person: nobody has approved these bytes yet. */
async function offerMerge(
  services: Services,
  context: RunContext,
  content: readonly FileDifference[],
): Promise<ApplyReport> {
  const review = await recordMerge(services, context, content);
  const evidence = await measure(context, review, chosenChanges(review, 'withOpen'), 'withOpen');
  await context.log.flush();
  return {
    kind: 'merged',
    files: content.map((file) => file.path),
    checks: evidence.map(({ check, outcome }) => ({ check, outcome })),
  };
}

/** Puts these differences in the place of the proposal's own: what is asked for from now on are these bytes. */
export async function recordMerge(
  services: Services,
  context: RunContext,
  content: readonly FileDifference[],
): Promise<Review> {
  const { proposal } = await waitingReview(context);
  const { round } = proposal;
  for (const { path: file, before = '', after = '' } of content)
    if (context.redaction.text(before) !== before || context.redaction.text(after) !== after)
      throw new CommandProblem(
        'blocked',
        `${file} has changed since, and holds what looks like a secret, which a merge would write into the run's log. Put the file back to what it was, approve, and make your change again.`,
      );
  context.log.append('ProposalMerge', {
    round,
    content: await context.blobs.put(JSON.stringify(content)),
    files: content.map((file) => file.path),
    by: services.host.person,
  });
  const review = await waitingReview(context);
  context.log.append('ApprovalRequest', {
    key: `unlock/${round}/request/merged`,
    round,
    bytes: bytesOf(differencesOf(review)),
  });
  return review;
}

/** Evidence for exactly the bytes that would be written: the run's own for the whole change, measured now for a part of it or another one. */
async function measure(
  context: RunContext,
  review: Review,
  chosen: readonly UserChange[],
  open: 'withOpen' | 'approvedOnly',
): Promise<readonly Evidence[]> {
  context.workspace.moveTo({ tree: review.proposal.tree, evidence: review.proposal.evidence });
  if (!isAsProposed(review, open)) {
    const { key, changes } = choiceStep(review, chosen);
    await context.workspace.apply(key, changes);
  }
  return runChecks(context);
}

/** Throws where the bytes under review are not those that approval was asked for. */
function requireRequested(context: RunContext, review: Review): void {
  if (!isRequested(context, review))
    throw new CommandProblem('gate', 'Not applied: the change is not the one that approval was asked for.');
}

function isRequested(context: RunContext, review: Review): boolean {
  const requested = context.log.events.findLast(
    (event) => event.kind === 'ApprovalRequest' && event.payload.round === review.proposal.round,
  );
  return requested?.kind === 'ApprovalRequest' && requested.payload.bytes === bytesOf(differencesOf(review));
}

function unlockGate(context: RunContext, review: Review, evidence: readonly Evidence[]): void {
  const { current } = context.workspace;
  const address = { key: `unlock/${review.proposal.round}/gate/${current.evidence}`, stage: 'unlock' as const };
  const verdict = decide(context, address, [
    { kind: 'approval', by: 'person', bytesMatch: isRequested(context, review) },
    { kind: 'freshness', stale: evidence.filter((result) => result.tree !== current.evidence).map(({ id }) => id) },
    ...evidence.map(toolTruthOf),
  ]);
  if (verdict.kind !== 'proceed')
    throw new CommandProblem('gate', `Not applied: ${verdict.reasons[0]?.text ?? ''} It is not checked on this tree.`);
}

type Writing = Applying & Split & { readonly application: Application };

async function write(services: Services, context: RunContext, writing: Writing): Promise<ApplyReport> {
  const { repository, review, application, inDocuments } = writing;
  const { root } = repository;
  const { round, commitMessage } = review.proposal;
  const commitMessageFile = path.join(runFolderOf(repository, context.runId), 'commit-message.txt');
  await writeFile(commitMessageFile, commitMessage);
  const onDisk = await withUserLineEndings(root, writing.onDisk);
  if (application.state === 'none') await writeChanges(application, { root, changes: onDisk }, context.signal);
  if (!(await writeDocuments(services, root, inDocuments))) {
    await takeBack({ ...application, state: 'applied' }, context.signal);
    throw new CommandProblem(
      'blocked',
      'You typed in one of the files meanwhile, so nothing was applied. Approve again.',
    );
  }
  const contents = [...onDisk, ...inDocuments].map((change) => ({
    path: change.path,
    sha256: change.after === undefined ? null : sha256(change.after),
  }));
  const files = contents.map((file) => file.path);
  const { tree } = context.workspace.current;
  const { unchecked } = writing;
  const isUnchecked = unchecked !== undefined && !isAsProposed(review, 'approvedOnly');
  context.log.append('ProposalApply', {
    round,
    tree,
    files,
    journal: application.name,
    ...(await signatureOf(services, root)),
    contents,
    ...(inDocuments.length === 0 ? {} : { unsaved: await remembered(context, inDocuments) }),
    ...(isUnchecked ? { unchecked: unchecked.trim() } : {}),
  });
  const text = `Applied to ${counted(files.length, 'file')}${isUnchecked ? `, not checked on this tree: ${unchecked.trim()}` : ''}.`;
  context.log.append('RunEnd', { outcome: 'applied', stage: 'unlock', text, tree });
  await context.log.flush();
  const unsaved = inDocuments.map((change) => change.path);
  return { kind: 'applied', files, unsaved, commitMessage, commitMessageFile };
}

/** False when one of the documents does not hold any more what the change was made from: then none was changed. */
async function writeDocuments({ host }: Services, root: string, changes: readonly UserChange[]): Promise<boolean> {
  if (changes.length === 0 || host.unsaved === undefined) return changes.length === 0;
  return host.unsaved.replace(
    changes.map(({ path: name, before = '', after = '' }) => ({
      file: path.join(root, name),
      before: inDocument(before),
      after: inDocument(after),
    })),
  );
}

/** Both texts of each document, for the undo: no journal holds what was never on the disk. */
async function remembered(
  { blobs }: RunContext,
  changes: readonly UserChange[],
): Promise<NonNullable<Payload<'ProposalApply'>['unsaved']>> {
  return Promise.all(
    changes.map(async ({ path: name, before = '', after = '' }) => ({
      path: name,
      before: await blobs.put(before),
      after: await blobs.put(after),
    })),
  );
}
