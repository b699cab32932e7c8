import { counted } from '../base/counted.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { hunkBytes, type Hunk } from '../core/patch/hunks.ts';
import { LEFT_OUT } from '../core/pipeline/propose.ts';
import type { Payload } from '../core/run/event.ts';
import { nextApplication, takeBack } from './application.ts';
import { applyApproved, runFolderOf, type ApplyReport } from './apply.ts';
import { withExport } from './approvalsFile.ts';
import { signatureOf, type Signature } from './person.ts';
import { CommandProblem } from './problem.ts';
import { bytesOf, differencesOf, notInProposal, tasksOfFiles, waitingReview, type Review } from './review.ts';
import { findRunning } from './runs.ts';
import { openProject, type Services } from './services.ts';
import { askWindow, hasWindow } from './window.ts';
import { withRun } from './withRun.ts';

/**
 * Which part of a proposal: all of it, a file, one hunk of a file (counted from 1), or the files that one task changed. `round`: which proposal a person
 * looked at; where the run has made a newer one since, nothing is decided. Left out by who names the newest.
 */
export interface Selection {
  readonly round?: number;
  readonly file?: string;
  readonly hunk?: number;
  readonly task?: string;
}

/**
 * What an approval is about. `openHunks`: what is still open afterwards is left out, so that what was approved is applied now; without a file or task
 * nothing more is approved. `unchecked`: why it is applied although the checks have not passed on exactly this result, in the person's own words.
 */
export interface Approving extends Selection {
  readonly openHunks?: 'leaveOut';
  readonly unchecked?: string;
}

/** What an approval came to: what applying it did, what is still open, or that a window of the editor is at it and has not ended yet. */
export type ApprovalReport =
  | ApplyReport
  | { readonly kind: 'recorded'; readonly open: readonly OpenFile[] }
  | { readonly kind: 'handedOver' };

export interface OpenFile {
  readonly path: string;
  readonly hunks: number;
}

/** Characters of the words by which somebody applies what is not checked. */
const UNCHECKED = 500;

/**
 * Approves a part of the proposal or all that is left of it. When nothing is open any more the approved part is applied to the user's files: see
 * apply.ts. Where a window of the editor has the repository open that window applies, because only it knows what is typed and not saved.
 */
export async function approve(services: Services, runId: string, approving: Approving): Promise<ApprovalReport> {
  const { unchecked } = approving;
  if (unchecked !== undefined && (unchecked.trim() === '' || unchecked.length > UNCHECKED))
    throw new CommandProblem('usage', `Say in at most ${UNCHECKED} characters why it is applied unchecked.`);
  const project = await openProject(services);
  const running = await findRunning(project, runId);
  const { repository } = project;
  // A host that knows the unsaved documents is a window itself.
  const isForWindow = services.host.unsaved === undefined && (await hasWindow(repository));
  const decided = await withRun(services, project, running, (context) =>
    withExport(context, repository.root, async () => {
      await decideOn(services, context, { root: repository.root, approving });
      await context.log.flush();
      return isForWindow ? undefined : applyDecided(services, context, { repository, unchecked });
    }),
  );
  if (decided !== undefined) return decided;
  const answer = await askWindow(services, repository, { runId, ...(unchecked === undefined ? {} : { unchecked }) });
  return answer ?? applyWaiting(services, runId, unchecked);
}

/** Applies what has been approved by now, when nothing is open: what a window does for a command line. */
export async function applyWaiting(
  services: Services,
  runId: string,
  unchecked: string | undefined,
): Promise<ApprovalReport> {
  const project = await openProject(services);
  const { repository } = project;
  return withRun(services, project, await findRunning(project, runId), (context) =>
    withExport(context, repository.root, () => applyDecided(services, context, { repository, unchecked })),
  );
}

async function applyDecided(
  services: Services,
  context: RunContext,
  applying: Omit<Parameters<typeof applyApproved>[2], 'review'>,
): Promise<ApprovalReport> {
  const review = await waitingReview(context);
  const open = review.files
    .map((file) => ({
      path: file.difference.path,
      hunks: file.hunks.filter(({ decision }) => decision === 'open').length,
    }))
    .filter(({ hunks }) => hunks > 0);
  return open.length > 0 ? { kind: 'recorded', open } : applyApproved(services, context, { ...applying, review });
}

/** Rejects a part or all of the proposal. A whole rejection's reason is the next attempt's input: `resume` goes on with it. */
export async function reject(services: Services, runId: string, selection: Selection, why: string): Promise<void> {
  const project = await openProject(services);
  const { repository } = project;
  await withRun(services, project, await findRunning(project, runId), (context) =>
    withExport(context, repository.root, async () => {
      const review = await waitingReview(context);
      requireRound(review, selection);
      // What a killed process has begun to write was approved then, and is not any more.
      await takeBack(await nextApplication(runFolderOf(repository, runId), review.proposal.round), context.signal);
      const signature = await signatureOf(services, repository.root);
      record(context, review, { selection, decision: 'rejected', why, signature });
      await context.log.flush();
    }),
  );
}

async function decideOn(
  services: Services,
  context: RunContext,
  { root, approving }: { readonly root: string; readonly approving: Approving },
): Promise<void> {
  const review = await waitingReview(context);
  requireRound(review, approving);
  const signature = await signatureOf(services, root);
  const isLeavingOut = approving.openHunks === 'leaveOut';
  if (!isLeavingOut || approving.file !== undefined || approving.task !== undefined)
    record(context, review, { selection: approving, decision: 'approved', why: '', signature });
  if (isLeavingOut) leaveOut(context, await waitingReview(context), signature);
}

/** Throws a CommandProblem where the person looked at another round than the one that waits. */
function requireRound({ proposal }: Review, { round }: Selection): void {
  if (round !== undefined && round !== proposal.round)
    throw new CommandProblem(
      'usage',
      `This is about proposal ${round}, and the run has made proposal ${proposal.round} since. Look at that one: nothing was decided.`,
    );
}

interface Decision {
  readonly selection: Selection;
  readonly decision: 'approved' | 'rejected';
  readonly why: string;
  readonly signature: Signature;
}

function record(context: RunContext, review: Review, { selection, decision, why, signature }: Decision): void {
  const common = { round: review.proposal.round, decision, why, ...signature };
  if (selection.task !== undefined) {
    for (const file of filesOfTask(context, review, selection.task)) recordFile(context, review, common, { file });
    return;
  }
  if (selection.file !== undefined) {
    recordFile(context, review, common, { ...selection, file: selection.file });
    return;
  }
  if (decision === 'rejected') {
    context.log.append('ApprovalDecision', {
      ...common,
      bytes: bytesOf(differencesOf(review)),
      path: null,
      hunk: null,
    });
    return;
  }
  // What was rejected before stays rejected: approving the rest is not approving that.
  recordOpen(context, review, common);
}

type Common = Pick<Payload<'ApprovalDecision'>, 'round' | 'decision' | 'by' | 'why' | 'identity'>;

function recordFile(
  context: RunContext,
  review: Review,
  common: Common,
  selection: Selection & { readonly file: string },
): void {
  const file = review.files.find((candidate) => candidate.difference.path === selection.file);
  if (file === undefined) throw notInProposal(review, selection.file);
  const { hunk: number } = selection;
  const chosen = number === undefined ? file.hunks : file.hunks.slice(number - 1, number);
  if (number !== undefined && chosen.length === 0)
    throw new CommandProblem(
      'usage',
      `${selection.file} has ${counted(file.hunks.length, 'hunk')}; there is no hunk ${number}.`,
    );
  // Hunk by hunk, so that what is typed elsewhere in the file later leaves the decision as it is.
  for (const { hunk } of chosen) recordHunk(context, common, selection.file, hunk);
}

/**
 * The files of a proposal that this task changed. Throws a CommandProblem when it changed none of them, and when another task changed one of them too:
 * which of its hunks are whose nobody could tell for certain.
 */
function filesOfTask(context: RunContext, review: Review, task: string): readonly string[] {
  const tasks = tasksOfFiles(context.log.events);
  const files = differencesOf(review).flatMap(({ path }) => (tasks.get(path)?.has(task) === true ? [path] : []));
  if (files.length === 0) {
    const known = [...new Set(differencesOf(review).flatMap(({ path }) => [...(tasks.get(path) ?? [])]))];
    throw new CommandProblem(
      'usage',
      `No file of the proposal was changed by ${task}. Its tasks: ${known.join(', ')}.`,
    );
  }
  const shared = files.filter((path) => (tasks.get(path)?.size ?? 0) > 1);
  if (shared.length === 0) return files;
  const others = [...new Set(shared.flatMap((path) => [...(tasks.get(path) ?? [])]))].filter((name) => name !== task);
  throw new CommandProblem(
    'usage',
    `${shared.join(', ')} was changed by ${others.join(', ')} as well as by ${task}, so nothing was decided. Decide about it by --file or --hunk.`,
  );
}

function recordHunk(context: RunContext, common: Common, file: string, hunk: Hunk): void {
  context.log.append('ApprovalDecision', { ...common, bytes: hunkBytes(file, hunk), path: file, hunk: hunk.id });
}

/** The same decision about every hunk that has none. */
function recordOpen(context: RunContext, review: Review, common: Common): void {
  for (const { difference, hunks } of review.files)
    for (const { hunk, decision } of hunks) if (decision === 'open') recordHunk(context, common, difference.path, hunk);
}

/** Decides that what is open is not wanted now. Throws a CommandProblem when nothing would be left to apply, before anything is recorded. */
function leaveOut(context: RunContext, review: Review, signature: Signature): void {
  if (!review.files.some(({ hunks }) => hunks.some(({ decision }) => decision === 'approved')))
    throw new CommandProblem(
      'usage',
      'Nothing is approved yet, so leaving out what is open leaves nothing. Approve a file first: --file.',
    );
  const { round } = review.proposal;
  recordOpen(context, review, { round, decision: 'rejected', why: LEFT_OUT, ...signature });
}
