import { ProgressLocation, window, workspace } from 'vscode';
import type { ApprovalReport, Approving, Selection } from '../../app/approval.ts';
import { checkedText } from '../../app/reviewProgress.ts';
import { counted } from '../../base/counted.ts';
import { isEqual } from '../../base/isEqual.ts';
import { RemoteProblem } from '../../protocol/rpc.ts';
import type { EngineRequests, EngineReview } from '../engine/api.ts';
import { offerCommitMessage } from './commitMessage.ts';
import { COMMENT_CAP, textProblem } from './commentText.ts';
import type { Conflicts } from './conflicts.ts';
import { applyPlan, selectionOf, type DecisionTarget } from './decisions.ts';
import { saveProposal } from './editors.ts';
import type { Proposals } from './proposals.ts';

/** A person's decisions on their way to the engine. Each answers whether it was made; why not has been told to the person by then. */
export interface Deciding {
  /** A hunk, a file, or all that is open; applied at once when nothing is open any more. */
  readonly approve: (target: DecisionTarget) => Promise<boolean>;
  /** Asks for a reason first: optional for a hunk or a file, needed for the whole, because the next attempt starts from it. */
  readonly reject: (target: DecisionTarget) => Promise<boolean>;
  /** Applies what is approved and leaves out what is open, after asking about the latter. */
  readonly applyApproved: (target: DecisionTarget) => Promise<boolean>;
  /** The same although the checks have not passed on exactly this: the person's reason is recorded with it. */
  readonly applyUnchecked: (target: DecisionTarget) => Promise<boolean>;
}

export interface DecidingNeeds {
  readonly engine: Pick<EngineRequests, 'approve' | 'reject'>;
  readonly proposals: Proposals;
  readonly conflicts: Conflicts;
  readonly rootOf: (folder: string) => string;
  readonly describe: (error: unknown) => string;
  readonly openMerged: (folder: string, review: EngineReview, path: string) => Promise<void>;
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
    const goUnchecked = (): Promise<boolean> => inTurn(target, () => applyUnchecked(needs, target));
    const turn = before.then(() => told(needs, target, { decide, goUnchecked }));
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
    applyUnchecked: (target) => inTurn(target, () => applyUnchecked(needs, target)),
  };
}

const UNCHECKED = 'Apply Unchecked...';

/** The one place where a failed decision becomes words. What is shown is asked anew whatever happened. */
async function told(
  { proposals, describe }: DecidingNeeds,
  target: DecisionTarget,
  { decide, goUnchecked }: { readonly decide: () => Promise<boolean>; readonly goUnchecked: () => Promise<boolean> },
): Promise<boolean> {
  try {
    const isMade = await decide();
    await proposals.refresh(target.folder, target.runId);
    return isMade;
  } catch (error) {
    const review = await proposals.refresh(target.folder, target.runId).catch((second: unknown) => {
      void window.showErrorMessage(describe(second));
      return undefined;
    });
    // Nobody waits for the answer: the next decision must not.
    if (isOpenToUnchecked(error, review))
      void window.showErrorMessage(describe(error), UNCHECKED).then((chosen) => chosen === UNCHECKED && goUnchecked());
    else void window.showErrorMessage(describe(error));
    return false;
  }
}

/** A gate that is shut for what the run itself proposed stays shut: only the person's own choice of it is theirs to apply unchecked. */
function isOpenToUnchecked(error: unknown, review: EngineReview | undefined): boolean {
  return error instanceof RemoteProblem && error.problem === 'gate' && review?.isAsProposed === false;
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
  if (unsaved !== undefined) return refused(unsaved);
  const review = await proposals.refresh(target.folder, target.runId);
  const found = selectionOf(review, target);
  if (found.kind === 'gone' || review === undefined) return refused(found.kind === 'gone' ? found.words : '');
  return { review, selection: found.selection };
}

async function approve(needs: DecidingNeeds, target: DecisionTarget): Promise<boolean> {
  const ready = await readyToDecide(needs, target);
  if (ready === undefined) return false;
  return approveReady(needs, target, { review: ready.review, approving: ready.selection });
}

/** The answer is whether the decision was made; a conflict leaves it made and nothing applied. */
async function approveReady(
  needs: DecidingNeeds,
  target: DecisionTarget,
  { review, approving }: { readonly review: EngineReview; readonly approving: Approving },
): Promise<boolean> {
  const { engine, proposals, rootOf } = needs;
  const { folder, runId } = target;
  const title = `Approving ${review.specId}`;
  const report = await window.withProgress({ location: ProgressLocation.SourceControl, title }, () =>
    engine.approve(folder, runId, approving),
  );
  // Drawn before it is said: who reads that it is approved and goes to the next hunk must not be led to the same one.
  await proposals.refresh(folder, runId);
  if (report.kind === 'merged') void tellMerged(needs, target, report);
  else if (report.kind === 'conflict') await needs.conflicts.show(target, review.specId, report.conflicts);
  else window.setStatusBarMessage(reportWords(review, report, { root: rootOf(folder), approving }), QUIET_MS);
  return true;
}

const LOOK = 'Review';

/** Nobody has approved the merged text yet: it is shown where a person asks for it, and the editor does not move by itself. */
async function tellMerged(
  { proposals, describe, openMerged }: DecidingNeeds,
  { folder, runId }: DecisionTarget,
  report: Extract<ApprovalReport, { readonly kind: 'merged' }>,
): Promise<void> {
  const names = report.files.slice(0, 3).join(', ');
  const words = `Nothing was applied yet. You have changed ${names} since the run began; your changes and the proposal were merged. The result: ${checkedText(report.checks)}. Review it and approve again.`;
  if ((await window.showInformationMessage(words, LOOK)) !== LOOK) return;
  const review = proposals.current(folder, runId);
  const [first] = report.files;
  if (review === undefined || first === undefined) return;
  await openMerged(folder, review, first).catch((error: unknown) => {
    void window.showErrorMessage(describe(error));
  });
}

function reportWords(
  review: EngineReview,
  report: Exclude<ApprovalReport, { readonly kind: 'merged' | 'conflict' }>,
  { root, approving }: { readonly root: string; readonly approving: Approving },
): string {
  switch (report.kind) {
    case 'recorded': {
      const open = report.open.reduce((sum, file) => sum + file.hunks, 0);
      return `$(check) Approved. ${counted(open, 'hunk')} of ${review.specId} to go.`;
    }
    case 'applied': {
      const isOffered = offerCommitMessage(root, report.commitMessage);
      const message = isOffered ? ' The commit message is in Source Control.' : '';
      const unsaved = report.unsaved.length === 0 ? '' : ` Not saved yet: ${report.unsaved.slice(0, 3).join(', ')}.`;
      const checked = approving.unchecked === undefined ? '' : ', not checked on this tree';
      return `$(check) ${review.specId} applied to ${counted(report.files.length, 'file')}, unstaged${checked}.${unsaved}${message}`;
    }
    case 'handedOver':
      return `$(check) Approved. Another window applies ${review.specId}.`;
  }
}

async function reasonFor({ proposals }: DecidingNeeds, target: DecisionTarget): Promise<string | undefined> {
  if (!workspace.isTrusted) return refused('Trust this workspace first. Nothing was decided.');
  const { path, hunkId, task } = target;
  const specId = proposals.current(target.folder, target.runId)?.specId ?? 'the proposal';
  if (path === undefined && task === undefined)
    return window.showInputBox({
      title: `Reject the proposal of ${specId}`,
      prompt: 'What should be different? The next attempt starts from this.',
      ignoreFocusOut: true,
      validateInput: textProblem,
    });
  return window.showInputBox({
    title: hunkId === undefined ? `Reject ${path ?? task}` : `Reject this hunk of ${path}`,
    prompt: 'Why? You may leave this empty. What you reject is left out of what is applied.',
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > COMMENT_CAP ? textProblem(text) : undefined),
  });
}

async function reject(needs: DecidingNeeds, target: DecisionTarget, why: string): Promise<boolean> {
  const ready = await readyToDecide(needs, target);
  if (ready === undefined) return false;
  const { folder, runId } = target;
  await needs.engine.reject(folder, runId, ready.selection, why.trim());
  if (ready.selection.file === undefined && ready.selection.task === undefined) await needs.goOn(folder, runId);
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

/** Characters of the reason, as the engine takes it. */
const UNCHECKED_CAP = 500;

async function applyUnchecked(needs: DecidingNeeds, target: DecisionTarget): Promise<boolean> {
  const { folder, runId, round } = target;
  const ready = await readyToDecide(needs, { folder, runId, round });
  if (ready === undefined) return false;
  const { review } = ready;
  const plan = applyPlan(review);
  if (review.isAsProposed && plan.kind === 'ready' && plan.open === 0)
    return (
      refused(`${review.specId} is exactly what the run proposed and checked. "Apply Approved" applies it.`) ?? false
    );
  return applyApproved(needs, target, () =>
    window.showInputBox({
      title: `Apply ${review.specId}, not checked on this tree`,
      prompt: 'Why, although the checks have not passed on exactly this? Your reason is recorded with the change.',
      ignoreFocusOut: true,
      validateInput: (text) =>
        text.trim() === ''
          ? 'Say why it is applied unchecked.'
          : text.length > UNCHECKED_CAP
            ? `Keep it under ${UNCHECKED_CAP} characters: it has ${text.length}.`
            : undefined,
    }),
  );
}

/** `reasonAsked`: where it is to be applied unchecked, what asks the person why; undefined when they think better of it. */
async function applyApproved(
  needs: DecidingNeeds,
  target: DecisionTarget,
  reasonAsked?: () => Thenable<string | undefined>,
): Promise<boolean> {
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
  const unchecked = await reasonAsked?.();
  if (reasonAsked !== undefined && unchecked === undefined) return false;
  const ready = await readyToDecide(needs, whole);
  if (ready === undefined) return false;
  const after = applyPlan(ready.review);
  // What was typed, or decided in another window, while the question stood open is not what was answered.
  if (after.kind === 'nothing' || !isEqual(after.hunks, plan.hunks))
    return refused('The proposal changed meanwhile, so nothing was applied. Look at it again.') ?? false;
  const approving = { round, openHunks: 'leaveOut', ...(unchecked === undefined ? {} : { unchecked }) } as const;
  return approveReady(needs, whole, { review: ready.review, approving });
}
