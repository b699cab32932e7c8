import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { counted } from '../base/counted.ts';
import { sha256 } from '../base/hash.ts';
import { decide, proceedOrStop } from '../core/pipeline/gate.ts';
import { runChecks, type Evidence } from '../core/pipeline/evidence.ts';
import { toolTruthOf } from '../core/pipeline/attemptSignals.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { roundState } from '../core/pipeline/propose.ts';
import { RunStopped } from '../core/pipeline/stopped.ts';
import { hunkBytes, selectHunks, type Hunk } from '../core/patch/hunks.ts';
import type { FileChange } from '../core/ports.ts';
import type { Payload } from '../core/run/event.ts';
import { readJournal } from '../node/applyJournal.ts';
import type { Repository } from '../node/repository.ts';
import { runsFolder } from '../node/runStore.ts';
import { withUserLineEndings } from '../node/userLineEndings.ts';
import type { UserChange } from '../node/userTree.ts';
import { applicationOf, nextApplication, takeBack, writeChanges, type Application } from './application.ts';
import { appendApproval } from './approvalsFile.ts';
import { CommandProblem } from './problem.ts';
import { bytesOf, differencesOf, notInProposal, waitingReview, type Review, type ReviewFile } from './review.ts';
import { findRunning } from './runs.ts';
import { openProject, type Services } from './services.ts';
import { withRun } from './withRun.ts';

/**
 * Which part of a proposal: all of it, a file, or one hunk of a file (counted from 1). `round`: which proposal a person looked at; where the run has
 * made a newer one since, nothing is decided. Left out by who names the newest.
 */
export interface Selection {
  readonly round?: number;
  readonly file?: string;
  readonly hunk?: number;
}

/** What an approval is about. `openHunks`: what is still open afterwards is left out, so that what was approved is applied now; without a file nothing more is approved. */
export interface Approving extends Selection {
  readonly openHunks?: 'leaveOut';
}

/** What an approval came to: applied files, or what is still open. */
export type ApprovalReport =
  | {
      readonly kind: 'applied';
      readonly files: readonly string[];
      readonly commitMessage: string;
      readonly commitMessageFile: string;
    }
  | { readonly kind: 'recorded'; readonly open: readonly { readonly path: string; readonly hunks: number }[] };

/**
 * Approves a part of the proposal or all that is left of it. When nothing is open any more the approved part is applied to the user's files,
 * unstaged: after its bytes, its evidence (measured anew when only a part was approved) and the user's own files have been checked. Nothing
 * is written when a file has changed meanwhile.
 */
export async function approve(services: Services, runId: string, selection: Approving): Promise<ApprovalReport> {
  const project = await openProject(services);
  const running = await findRunning(project, runId);
  return withRun(services, project, running, async (context) => {
    requireRound(await waitingReview(context), selection);
    const isLeavingOut = selection.openHunks === 'leaveOut';
    if (!isLeavingOut || selection.file !== undefined)
      record(context, services, await waitingReview(context), { selection, decision: 'approved', why: '' });
    if (isLeavingOut) leaveOut(context, services, await waitingReview(context));
    const review = await waitingReview(context);
    const open = review.files
      .map((file) => ({
        path: file.difference.path,
        hunks: file.hunks.filter(({ decision }) => decision === 'open').length,
      }))
      .filter(({ hunks }) => hunks > 0);
    if (open.length > 0) {
      await context.log.flush();
      return { kind: 'recorded', open };
    }
    return apply(context, services, review, project.repository);
  });
}

/** Rejects a part or all of the proposal. A whole rejection's reason is the next attempt's input: `resume` goes on with it. */
export async function reject(services: Services, runId: string, selection: Selection, why: string): Promise<void> {
  const project = await openProject(services);
  await withRun(services, project, await findRunning(project, runId), async (context) => {
    const review = await waitingReview(context);
    requireRound(review, selection);
    const runFolder = path.join(runsFolder(project.repository.commonDir), runId);
    // What a killed process has begun to write was approved then, and is not any more.
    await takeBack(await nextApplication(runFolder, review.proposal.round), context.signal);
    record(context, services, review, { selection, decision: 'rejected', why });
    await context.log.flush();
  });
}

/** Takes an applied proposal back out of the user's files, if they still hold what was applied; also one whose process was killed. */
export async function undo(services: Services, runId: string): Promise<readonly string[]> {
  const project = await openProject(services);
  return withRun(services, project, await findRunning(project, runId), async (context) => {
    const { application, files, round, isLogged } = await toTakeBack(context, project.repository);
    await takeBack(application, context.signal);
    await appendApproval(project.repository.root, context.spec.folder, {
      decision: 'undone',
      run: runId,
      application: application.name,
      by: services.host.person,
      at: services.clock.now(),
    });
    if (isLogged) context.log.append('ApplyUndo', { round, files: [...files], by: services.host.person });
    const text = 'Taken back. The change awaits your approval again.';
    context.log.append('RunEnd', { outcome: 'proposed', stage: 'unlock', text, tree: context.workspace.current.tree });
    await context.log.flush();
    return files;
  });
}

interface TakenBack {
  readonly application: Application;
  readonly files: readonly string[];
  readonly round: number;
  /** False for what a killed process wrote and could not record. */
  readonly isLogged: boolean;
}

async function toTakeBack(context: RunContext, { commonDir }: Repository): Promise<TakenBack> {
  const { events } = context.log;
  const runFolder = path.join(runsFolder(commonDir), context.runId);
  const applied = events.findLast((event) => event.kind === 'ProposalApply');
  if (applied?.kind === 'ProposalApply' && roundState(events, applied.payload.round).kind === 'applied') {
    const { journal: name, files, round } = applied.payload;
    const folder = path.join(runFolder, name);
    const state = (await readJournal(folder))?.state ?? 'none';
    // Taken back already by a process that was killed before it could say so: there is nothing left to write.
    return { application: { name, folder, state: state === 'undone' ? 'none' : state }, files, round, isLogged: true };
  }
  const proposal = events.findLast((event) => event.kind === 'ProposalCreate');
  const round = proposal?.kind === 'ProposalCreate' ? proposal.payload.round : 1;
  const application = await nextApplication(runFolder, round);
  if (application.state === 'none')
    throw new CommandProblem('usage', `Nothing of run ${context.runId} is applied: there is nothing to undo.`);
  const files = (await readJournal(application.folder))?.files.map((file) => file.path) ?? [];
  return { application, files, round, isLogged: false };
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
}

function record(context: RunContext, services: Services, review: Review, { selection, decision, why }: Decision): void {
  const common = { round: review.proposal.round, decision, by: services.host.person, why };
  if (selection.file === undefined && decision === 'rejected') {
    context.log.append('ApprovalDecision', {
      ...common,
      bytes: bytesOf(differencesOf(review)),
      path: null,
      hunk: null,
    });
    return;
  }
  if (selection.file === undefined) {
    // What was rejected before stays rejected: approving the rest is not approving that.
    recordOpen(context, review, common);
    return;
  }
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

type Common = Pick<Payload<'ApprovalDecision'>, 'round' | 'decision' | 'by' | 'why'>;

function recordHunk(context: RunContext, common: Common, file: string, hunk: Hunk): void {
  context.log.append('ApprovalDecision', { ...common, bytes: hunkBytes(file, hunk), path: file, hunk: hunk.id });
}

/** The same decision about every hunk that has none. */
function recordOpen(context: RunContext, review: Review, common: Common): void {
  for (const { difference, hunks } of review.files)
    for (const { hunk, decision } of hunks) if (decision === 'open') recordHunk(context, common, difference.path, hunk);
}

/** Decides that what is open is not wanted now. Throws a CommandProblem when nothing would be left to apply, before anything is recorded. */
function leaveOut(context: RunContext, services: Services, review: Review): void {
  if (!review.files.some(({ hunks }) => hunks.some(({ decision }) => decision === 'approved')))
    throw new CommandProblem(
      'usage',
      'Nothing is approved yet, so leaving out what is open leaves nothing. Approve a file first: --file.',
    );
  const { round } = review.proposal;
  recordOpen(context, review, { round, decision: 'rejected', by: services.host.person, why: 'left out' });
}

async function apply(
  context: RunContext,
  services: Services,
  review: Review,
  { root, commonDir }: Repository,
): Promise<ApprovalReport> {
  const runFolder = path.join(runsFolder(commonDir), context.runId);
  const { round } = review.proposal;
  // An edited file is not what the run has measured.
  const isWhole = review.files.every(
    ({ isEdited, hunks }) => !isEdited && hunks.every(({ decision }) => decision === 'approved'),
  );
  const parts = review.files.map((file) => chosenChange(file));
  const chosen = parts.filter((change) => change.before !== change.after);
  if (chosen.length === 0)
    throw new CommandProblem(
      'usage',
      'Every hunk was rejected: there is nothing to apply. `speckit reject RUN --why TEXT` sends the whole change back.',
    );
  context.workspace.moveTo({ tree: review.proposal.tree, evidence: review.proposal.evidence });
  const evidence = await evidenceFor(context, review, parts, isWhole);
  unlockGate(context, review, evidence);
  const commitMessageFile = path.join(runFolder, 'commit-message.txt');
  await writeFile(commitMessageFile, review.proposal.commitMessage);
  // The decision is on disk before the first file changes: a kill from here on leaves what the next approval ends.
  await context.log.flush();
  const application = await applicationOf({ runFolder, round }, chosen, context.signal);
  if (application.state === 'none') {
    const changes = await withUserLineEndings(root, chosen);
    await writeChanges(application, { root, changes }, context.signal);
  }
  const files = chosen.map((change) => change.path);
  await appendApproval(root, context.spec.folder, {
    decision: 'approved',
    run: context.runId,
    application: application.name,
    by: services.host.person,
    at: services.clock.now(),
    bytes: bytesOf(chosen),
  });
  recordApplied(context, services, { round, files, journal: application.name });
  await context.log.flush();
  return { kind: 'applied', files, commitMessage: review.proposal.commitMessage, commitMessageFile };
}

function recordApplied(
  context: RunContext,
  services: Services,
  applied: Pick<Payload<'ProposalApply'>, 'round' | 'files' | 'journal'>,
): void {
  const { tree } = context.workspace.current;
  context.log.append('ProposalApply', { ...applied, tree, by: services.host.person });
  const text = `Applied to ${counted(applied.files.length, 'file')}.`;
  context.log.append('RunEnd', { outcome: 'applied', stage: 'unlock', text, tree });
}

function chosenChange(file: ReviewFile): UserChange {
  const { path: name, before, after } = file.difference;
  const approved = file.hunks.filter(({ decision }) => decision === 'approved').map(({ hunk }) => hunk.id);
  // Also where an edit has left nothing to decide about: then both sides are the same.
  if (approved.length === file.hunks.length) return change(name, before, after);
  if (approved.length === 0) return change(name, before, before);
  return change(name, before, selectHunks(name, before ?? '', after ?? '', new Set(approved)));
}

const change = (name: string, before: string | undefined, after: string | undefined): UserChange => ({
  path: name,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});

/** Evidence for exactly the bytes that would be written: the run's own for the whole change, measured now for a part of it or an edited one. */
async function evidenceFor(
  context: RunContext,
  review: Review,
  chosen: readonly UserChange[],
  isWhole: boolean,
): Promise<readonly Evidence[]> {
  if (!isWhole) {
    const changes: readonly FileChange[] = chosen.map(({ path: name, after }) =>
      after === undefined ? { kind: 'delete', path: name } : { kind: 'write', path: name, content: after },
    );
    const key = `unlock/${review.proposal.round}/part/${sha256(JSON.stringify(changes)).slice(0, 12)}`;
    const same = changes.filter(
      (candidate) =>
        candidate.kind === 'write' ||
        review.files.some(({ difference }) => difference.path === candidate.path && difference.after !== undefined),
    );
    await context.workspace.apply(key, same);
  }
  return runChecks(context);
}

function unlockGate(context: RunContext, review: Review, evidence: readonly Evidence[]): void {
  const { current } = context.workspace;
  const requested = context.log.events.findLast(
    (event) => event.kind === 'ApprovalRequest' && event.payload.round === review.proposal.round,
  );
  const bytesMatch =
    requested?.kind === 'ApprovalRequest' && requested.payload.bytes === bytesOf(differencesOf(review));
  const address = { key: `unlock/${review.proposal.round}/gate/${current.evidence}`, stage: 'unlock' as const };
  const verdict = decide(context, address, [
    { kind: 'approval', by: 'person', bytesMatch },
    { kind: 'freshness', stale: evidence.filter((result) => result.tree !== current.evidence).map(({ id }) => id) },
    ...evidence.map(toolTruthOf),
  ]);
  try {
    proceedOrStop(context, address, verdict);
  } catch (error) {
    if (error instanceof RunStopped) throw new CommandProblem('gate', `Not applied: ${error.message}`);
    throw error;
  }
}
