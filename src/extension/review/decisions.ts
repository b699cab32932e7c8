import type { Selection } from '../../app/approval.ts';
import type { EngineReview, ReviewedFile, ReviewedHunk } from '../engine/api.ts';

/** What a decision is about, by identity: a hunk's number may change while a person edits, its id does not. */
export interface DecisionTarget {
  readonly folder: string;
  readonly runId: string;
  readonly round: number;
  readonly path?: string;
  readonly hunkId?: string;
}

/** The engine's selection for a target, or in words why there is none any more. */
export type FoundSelection =
  | { readonly kind: 'found'; readonly selection: Selection }
  | { readonly kind: 'gone'; readonly words: string };

export function selectionOf(review: EngineReview | undefined, target: DecisionTarget): FoundSelection {
  if (review === undefined) return { kind: 'gone', words: 'This proposal is not there any more.' };
  if (review.state === 'applied') return { kind: 'gone', words: `The change of ${review.specId} is applied already.` };
  if (review.state === 'rejected') return { kind: 'gone', words: `The proposal of ${review.specId} was rejected.` };
  if (review.round !== target.round)
    return { kind: 'gone', words: `${review.specId} has a newer proposal. Review that one: nothing was decided.` };
  const { round } = review;
  if (target.path === undefined) return { kind: 'found', selection: { round } };
  const file = review.files.find(({ path }) => path === target.path);
  if (file === undefined) return { kind: 'gone', words: `The proposal does not change ${target.path}.` };
  if (target.hunkId === undefined) return { kind: 'found', selection: { round, file: file.path } };
  const hunk = file.hunks.find(({ id }) => id === target.hunkId);
  if (hunk === undefined)
    return { kind: 'gone', words: 'This hunk has changed since you looked at it. Look again: nothing was decided.' };
  return { kind: 'found', selection: { round, file: file.path, hunk: hunk.number } };
}

/**
 * The user's files that approving a selection could write, or is about: the selected one, and all approved ones when nothing would be left open,
 * because then the change is applied at once.
 */
export function pathsAtStake(review: EngineReview, selection: Selection): readonly string[] {
  // Approving the whole approves what is open; only a named file or hunk is approved against an earlier rejection.
  const isApproved = (file: ReviewedFile, hunk: ReviewedHunk): boolean => {
    if (selection.file === undefined) return hunk.decision !== 'rejected';
    const isSelected = selection.file === file.path && (selection.hunk ?? hunk.number) === hunk.number;
    return isSelected || hunk.decision === 'approved';
  };
  const isLast = review.files.every((file) =>
    file.hunks.every((hunk) => hunk.decision === 'rejected' || isApproved(file, hunk)),
  );
  return review.files
    .filter((file) => file.path === selection.file || (isLast && file.hunks.some((hunk) => isApproved(file, hunk))))
    .map((file) => file.path);
}

/** What applying only the approved part means: which open parts are left out. `leftOut` names whole files where every hunk of them is open. */
export type ApplyPlan =
  | { readonly kind: 'nothing'; readonly words: string }
  | {
      readonly kind: 'ready';
      readonly approved: number;
      readonly open: number;
      readonly leftOut: readonly Selection[];
    };

export function applyPlan(review: EngineReview): ApplyPlan {
  const hunks = review.files.flatMap((file) => file.hunks);
  const approved = hunks.filter((hunk) => hunk.decision === 'approved').length;
  const open = hunks.filter((hunk) => hunk.decision === 'open').length;
  if (approved === 0 && hunks.length > 0)
    return { kind: 'nothing', words: `Nothing of ${review.specId} is approved yet, so there is nothing to apply.` };
  const leftOut = review.files.flatMap((file): readonly Selection[] => {
    const waiting = file.hunks.filter((hunk) => hunk.decision === 'open');
    if (waiting.length === 0) return [];
    const { round } = review;
    if (waiting.length === file.hunks.length) return [{ round, file: file.path }];
    return waiting.map((hunk) => ({ round, file: file.path, hunk: hunk.number }));
  });
  return { kind: 'ready', approved, open, leftOut };
}

/** A target as a lens, a menu or a key gives it to a command; undefined for anything else (a key binding of the user's, another extension). */
export function decisionTargetOf(value: unknown): DecisionTarget | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { folder, runId, round, path, hunkId } = value as Record<string, unknown>;
  if (typeof folder !== 'string' || typeof runId !== 'string' || typeof round !== 'number') return undefined;
  return {
    folder,
    runId,
    round,
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof hunkId === 'string' ? { hunkId } : {}),
  };
}
