import { Uri, env, window } from 'vscode';
import { counted } from '../../base/counted.ts';
import type { ReviewedTask } from '../engine/api.ts';
import { proposalAddressOf } from './address.ts';
import type { ProposalComments } from './comments.ts';
import type { ReviewCommandId } from './contributions.ts';
import type { Deciding } from './deciding.ts';
import { decisionTargetOf, type DecisionTarget } from './decisions.ts';
import { activeProposal, goToNextHunk, openAll, openDiff } from './editors.ts';
import type { Proposals } from './proposals.ts';
import type { ProposalList } from './sourceControl.ts';
import type { ReviewHooks } from './surfaces.ts';

export interface CommandNeeds {
  readonly proposals: Proposals;
  readonly deciding: Deciding;
  readonly list: ProposalList;
  readonly notes: ProposalComments;
  readonly showWhy: ReviewHooks['showWhy'];
}

type Handler = (...given: unknown[]) => Promise<void>;

/** One handler per command. What a command is about comes from what was clicked on, else from the active editor, else it is asked. */
export function reviewCommands(needs: CommandNeeds): Readonly<Record<ReviewCommandId, Handler>> {
  const { proposals, deciding, notes } = needs;
  const onProposal =
    (act: (target: DecisionTarget) => Promise<unknown>): Handler =>
    async (given) => {
      const target = await proposalFor(needs, given);
      if (target !== undefined) await act(target);
    };
  return {
    'speckitAuto.reviewAll': onProposal(async ({ folder, runId }) => {
      const review = proposals.current(folder, runId);
      if (review !== undefined) await openAll(folder, review);
    }),
    'speckitAuto.openProposedFile': (given, keepsFocus) => openFile(needs, given, keepsFocus === true),
    'speckitAuto.approveHunk': () => atCursor(needs, deciding.approve),
    'speckitAuto.rejectHunk': () => atCursor(needs, deciding.reject),
    'speckitAuto.approveThis': (...given) => eachOf(needs, given, deciding.approve),
    'speckitAuto.rejectThis': (...given) => eachOf(needs, given, deciding.reject),
    'speckitAuto.whyThisChange': async (given) => {
      const target = clickedTarget(needs, given);
      if (target?.path === undefined) return;
      const { folder, runId, path } = target;
      await needs.showWhy({ folder, runId, path }, proposals.current(folder, runId)?.reasons[path] ?? '');
    },
    'speckitAuto.nextHunk': () => nextHunk(needs),
    'speckitAuto.approveFile': (given) => fileOf(needs, given, deciding.approve),
    'speckitAuto.rejectFile': (given) => fileOf(needs, given, deciding.reject),
    'speckitAuto.approveTask': (given) => taskOf(needs, given, deciding.approve),
    'speckitAuto.rejectTask': (given) => taskOf(needs, given, deciding.reject),
    'speckitAuto.approveProposal': onProposal(deciding.approve),
    'speckitAuto.applyApproved': onProposal(deciding.applyApproved),
    'speckitAuto.applyUnchecked': onProposal(deciding.applyUnchecked),
    'speckitAuto.rejectProposal': onProposal(deciding.reject),
    'speckitAuto.giveComment': (given) => notes.give(given),
    'speckitAuto.copyCommitMessage': onProposal(async ({ folder, runId }) => {
      const review = proposals.current(folder, runId);
      if (review === undefined) return;
      await env.clipboard.writeText(review.commitMessage);
      window.setStatusBarMessage('Commit message copied.', 4_000);
    }),
  };
}

/** A lens's or another surface's own target, a line or group of Source Control, or the document whose title was clicked on. */
function clickedTarget({ list }: CommandNeeds, given: unknown): DecisionTarget | undefined {
  if (given instanceof Uri) return proposalAddressOf(given);
  return decisionTargetOf(given) ?? list.targetOf(given);
}

async function eachOf(
  needs: CommandNeeds,
  given: readonly unknown[],
  decide: (target: DecisionTarget) => Promise<boolean>,
): Promise<void> {
  // Source Control gives every selected line; a lens gives one target.
  for (const item of given) {
    const target = clickedTarget(needs, item);
    if (target === undefined) continue;
    if (!(await decide(target))) return;
    if (target.path !== undefined && target.hunkId !== undefined) moveOn(needs, { ...target, path: target.path });
  }
}

/** Only in the editor the person decided in: nothing else moves. */
function moveOn({ proposals }: CommandNeeds, target: DecisionTarget & { readonly path: string }): void {
  const active = activeProposal(proposals);
  if (active === undefined || active.address.path !== target.path || active.address.runId !== target.runId) return;
  if (active.address.folder === target.folder) goToNextHunk(proposals, active.address, 'open');
}

async function atCursor(needs: CommandNeeds, decide: (target: DecisionTarget) => Promise<boolean>): Promise<void> {
  const active = activeProposal(needs.proposals);
  if (active?.atCursor === undefined) {
    window.setStatusBarMessage('The cursor is in no hunk. Next Hunk goes to one.', 4_000);
    return;
  }
  const { address, atCursor } = active;
  if (await decide({ ...address, hunkId: atCursor.id })) moveOn(needs, address);
}

async function fileOf(
  needs: CommandNeeds,
  given: unknown,
  decide: (target: DecisionTarget) => Promise<boolean>,
): Promise<void> {
  const clicked = clickedTarget(needs, given) ?? activeProposal(needs.proposals)?.address;
  if (clicked?.path === undefined) return;
  const { folder, runId, round, path } = clicked;
  await decide({ folder, runId, round, path });
}

/** The task of the file that was clicked on, where it has but one; else the person says which. */
async function taskOf(
  needs: CommandNeeds,
  given: unknown,
  decide: (target: DecisionTarget) => Promise<boolean>,
): Promise<void> {
  const path = clickedTarget(needs, given)?.path;
  const target = await proposalFor(needs, given);
  const review = target === undefined ? undefined : needs.proposals.current(target.folder, target.runId);
  if (target === undefined || review === undefined) return;
  const ofFile = review.tasks.filter(({ files }) => path !== undefined && files.includes(path));
  const task = ofFile.length === 1 ? ofFile[0] : await pickTask(ofFile.length === 0 ? review.tasks : ofFile);
  if (task !== undefined) await decide({ ...target, task: task.id });
}

async function pickTask(tasks: readonly ReviewedTask[]): Promise<ReviewedTask | undefined> {
  const rows = tasks.map((task) => ({
    label: `${task.id} ${task.title}`,
    description: counted(task.files.length, 'file'),
    detail: task.files.slice(0, 5).join(', '),
    task,
  }));
  if (rows.length === 0) void window.showInformationMessage('The files of this proposal belong to no task.');
  return rows.length === 0 ? undefined : (await window.showQuickPick(rows, { title: 'Which task?' }))?.task;
}

/** Within the file first; once nothing is open there, on to the next file that has an open hunk. */
async function nextHunk({ proposals }: CommandNeeds): Promise<void> {
  const active = activeProposal(proposals);
  if (active === undefined) return;
  const { review, address } = active;
  if (goToNextHunk(proposals, address, 'open')) return;
  const index = review.files.findIndex((file) => file.path === address.path);
  const after = [...review.files.slice(index + 1), ...review.files.slice(0, index)];
  const file = after.find((candidate) => candidate.hunks.some((hunk) => hunk.decision === 'open'));
  if (file !== undefined) await openDiff(address.folder, review, file, 'take');
  else goToNextHunk(proposals, address, 'any');
}

async function openFile(needs: CommandNeeds, given: unknown, keepsFocus: boolean): Promise<void> {
  const target = clickedTarget(needs, given);
  if (target === undefined) return;
  const review = needs.proposals.current(target.folder, target.runId);
  const file = review?.files.find(({ path }) => path === target.path);
  if (review !== undefined && file !== undefined)
    await openDiff(target.folder, review, file, keepsFocus ? 'keep' : 'take');
}

async function proposalFor(needs: CommandNeeds, given: unknown): Promise<DecisionTarget | undefined> {
  const clicked = clickedTarget(needs, given) ?? activeProposal(needs.proposals)?.address;
  if (clicked !== undefined) return { folder: clicked.folder, runId: clicked.runId, round: clicked.round };
  const waiting = needs.proposals.waiting();
  const rows = waiting.map(({ folder, review }) => ({
    label: `${review.specId} ${review.title}`,
    description: folder,
    target: { folder, runId: review.runId, round: review.round },
  }));
  const [only] = rows;
  if (only === undefined) void window.showInformationMessage('No proposal waits for you.');
  if (rows.length <= 1) return only?.target;
  return (await window.showQuickPick(rows, { title: 'Which proposal?' }))?.target;
}
