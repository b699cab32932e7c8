import { ProgressLocation, window, workspace } from 'vscode';
import type { ApprovalReport, Selection } from '../../app/approval.ts';
import { counted } from '../../base/counted.ts';
import type { EngineRequests, EngineReview } from '../engine/api.ts';
import { offerCommitMessage } from './commitMessage.ts';
import { COMMENT_CAP, textProblem } from './commentText.ts';
import { applyPlan, pathsAtStake, selectionOf, type DecisionTarget } from './decisions.ts';
import { saveProposal } from './editors.ts';
import type { Proposals } from './proposals.ts';
import { unsavedFiles } from './userFiles.ts';

/** A person's decisions on their way to the engine. Each answers whether it was made; why not has been told to the person by then. */
export interface Deciding {
  /** A hunk, a file, or all that is open; applied at once when nothing is open any more. */
  readonly approve: (target: DecisionTarget) => Promise<boolean>;
  /** Asks for a reason first: optional for a hunk or a file, needed for the whole, because the next attempt starts from it. */
  readonly reject: (target: DecisionTarget) => Promise<boolean>;
  /** Applies what is approved and leaves out what is open, after asking about the latter. */
  readonly applyApproved: (target: DecisionTarget) => Promise<boolean>;
}

export interface DecidingNeeds {
  readonly engine: Pick<EngineRequests, 'approve' | 'reject'>;
  readonly proposals: Proposals;
  readonly rootOf: (folder: string) => string;
  readonly describe: (error: unknown) => string;
  /** Begins the next attempt of a run whose proposal was rejected. */
  readonly goOn: (folder: string, runId: string) => Promise<void>;
}

/** How long a quiet line in the status bar stays, in milliseconds. */
const QUIET_MS = 8_000;

export function createDeciding(needs: DecidingNeeds): Deciding {
  const turns = new Map<string, Promise<unknown>>();

  /** One decision of a run after the other: two quick clicks must not both be the last one. */
  const inTurn = (target: DecisionTarget, decide: () => Promise<boolean>): Promise<boolean> => {
    const key = JSON.stringify([target.folder, target.runId]);
    const before = turns.get(key) ?? Promise.resolve();
    const turn = before.then(() => told(needs, target, decide));
    turns.set(key, turn);
    return turn;
  };

  return {
    approve: (target) => inTurn(target, () => approve(needs, target)),
    reject: async (target) => {
      const why = await reasonFor(needs, target);
      return why === undefined ? false : inTurn(target, () => reject(needs, target, why));
    },
    applyApproved: (target) => inTurn(target, () => applyApproved(needs, target)),
  };
}

/** The one place where a failed decision becomes words. What is shown is asked anew whatever happened. */
async function told(
  { proposals, describe }: DecidingNeeds,
  target: DecisionTarget,
  decide: () => Promise<boolean>,
): Promise<boolean> {
  try {
    const isMade = await decide();
    await proposals.refresh(target.folder, target.runId);
    return isMade;
  } catch (error) {
    void window.showErrorMessage(describe(error));
    await proposals.refresh(target.folder, target.runId).catch((second: unknown) => {
      void window.showErrorMessage(describe(second));
    });
    return false;
  }
}

interface Ready {
  readonly review: EngineReview;
  readonly selection: Selection;
}

/** Nothing waits for the person's answer here: a warning that stays open must not hold up the next decision. */
function refused(words: string): undefined {
  void window.showWarningMessage(words);
  return undefined;
}

/** What a target stands for after everything typed has been saved, so that what is decided about is what the person sees. */
async function readyToDecide({ proposals }: DecidingNeeds, target: DecisionTarget): Promise<Ready | undefined> {
  if (!workspace.isTrusted) return refused('Trust this workspace first. Nothing was decided.');
  const unsaved = await saveProposal(target);
  if (unsaved !== undefined)
    return refused(`Your edit of ${unsaved} could not be saved, so nothing was decided. It is still in the editor.`);
  const review = await proposals.refresh(target.folder, target.runId);
  const found = selectionOf(review, target);
  if (found.kind === 'gone' || review === undefined) return refused(found.kind === 'gone' ? found.words : '');
  return { review, selection: found.selection };
}

async function approve(needs: DecidingNeeds, target: DecisionTarget): Promise<boolean> {
  const ready = await readyToDecide(needs, target);
  if (ready === undefined || !(await areFilesSaved(needs, target, ready))) return false;
  await approveReady(needs, target, ready);
  return true;
}

async function areFilesSaved(needs: DecidingNeeds, { folder }: DecisionTarget, ready: Ready): Promise<boolean> {
  const unsaved = await unsavedFiles(needs.rootOf(folder), pathsAtStake(ready.review, ready.selection));
  if (unsaved.length === 0) return true;
  const names = unsaved.slice(0, 3).join(', ');
  refused(`You have unsaved changes in ${names}. Save or revert them, then approve again. Nothing was applied.`);
  return false;
}

async function approveReady(
  { engine, proposals, rootOf }: DecidingNeeds,
  target: DecisionTarget,
  ready: Ready,
): Promise<void> {
  const { folder, runId } = target;
  const { review, selection } = ready;
  const title = `Approving ${review.specId}`;
  const report = await window.withProgress({ location: ProgressLocation.SourceControl, title }, () =>
    engine.approve(folder, runId, selection),
  );
  // Drawn before it is said: who reads that it is approved and goes to the next hunk must not be led to the same one.
  await proposals.refresh(folder, runId);
  window.setStatusBarMessage(reportWords(review, report, rootOf(folder)), QUIET_MS);
}

function reportWords(review: EngineReview, report: ApprovalReport, root: string): string {
  switch (report.kind) {
    case 'recorded': {
      const open = report.open.reduce((sum, file) => sum + file.hunks, 0);
      return `$(check) Approved. ${counted(open, 'hunk')} of ${review.specId} to go.`;
    }
    case 'applied': {
      const isOffered = offerCommitMessage(root, report.commitMessage);
      const message = isOffered ? ' The commit message is in Source Control.' : '';
      return `$(check) ${review.specId} applied to ${counted(report.files.length, 'file')}, unstaged.${message}`;
    }
  }
}

async function reasonFor({ proposals }: DecidingNeeds, target: DecisionTarget): Promise<string | undefined> {
  if (!workspace.isTrusted) return refused('Trust this workspace first. Nothing was decided.');
  const { path, hunkId } = target;
  const specId = proposals.current(target.folder, target.runId)?.specId ?? 'the proposal';
  if (path === undefined)
    return window.showInputBox({
      title: `Reject the proposal of ${specId}`,
      prompt: 'What should be different? The next attempt starts from this.',
      ignoreFocusOut: true,
      validateInput: textProblem,
    });
  return window.showInputBox({
    title: hunkId === undefined ? `Reject ${path}` : `Reject this hunk of ${path}`,
    prompt: 'Why? You may leave this empty. The hunk is left out of what is applied.',
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > COMMENT_CAP ? textProblem(text) : undefined),
  });
}

async function reject(needs: DecidingNeeds, target: DecisionTarget, why: string): Promise<boolean> {
  const ready = await readyToDecide(needs, target);
  if (ready === undefined) return false;
  const { folder, runId } = target;
  await needs.engine.reject(folder, runId, ready.selection, why.trim());
  if (ready.selection.file === undefined) await needs.goOn(folder, runId);
  const review = await needs.proposals.refresh(folder, runId);
  window.setStatusBarMessage(rejectWords(review), QUIET_MS);
  return true;
}

function rejectWords(review: EngineReview | undefined): string {
  if (review?.state !== 'waiting') return '$(x) Rejected. The next attempt starts from your reason.';
  const plan = applyPlan(review);
  // A rejection never applies the rest by itself: that is an approval's to do.
  if (plan.kind === 'ready' && plan.open === 0)
    return `$(x) Rejected. Nothing is open any more: "Apply Approved" applies the other ${counted(plan.approved, 'hunk')}.`;
  return '$(x) Rejected: left out of what is applied.';
}

const LEAVE_OUT = 'Leave Out and Apply';

async function applyApproved(needs: DecidingNeeds, target: DecisionTarget): Promise<boolean> {
  const { folder, runId, round } = target;
  const whole = { folder, runId, round };
  const before = await readyToDecide(needs, whole);
  if (before === undefined) return false;
  const plan = applyPlan(before.review);
  if (plan.kind === 'nothing') return refused(plan.words) ?? false;
  if (plan.open > 0) {
    const question = `Apply the ${counted(plan.approved, 'hunk')} you approved and leave out ${plan.open} you have not decided about?`;
    const answer = await window.showWarningMessage(question, { modal: true }, LEAVE_OUT);
    if (answer !== LEAVE_OUT) return false;
  }
  // Checked before anything is rejected: a refusal must leave the open hunks open.
  const approved = before.review.files.filter((file) => file.hunks.some(({ decision }) => decision === 'approved'));
  const unsaved = await unsavedFiles(
    needs.rootOf(folder),
    approved.map((file) => file.path),
  );
  if (unsaved.length > 0)
    return (
      refused(
        `You have unsaved changes in ${unsaved.slice(0, 3).join(', ')}. Save or revert them, then apply again.`,
      ) ?? false
    );
  for (const selection of plan.leftOut)
    await needs.engine.reject(folder, runId, selection, 'Left out when the approved part was applied.');
  const ready = await readyToDecide(needs, whole);
  if (ready === undefined) return false;
  const after = applyPlan(ready.review);
  // Approving the rest would approve what was typed, or decided in another window, while the question stood open.
  if (after.kind === 'nothing' || after.open > 0)
    return refused('The proposal changed meanwhile, so nothing was applied. Look at it again.') ?? false;
  await approveReady(needs, target, ready);
  return true;
}
