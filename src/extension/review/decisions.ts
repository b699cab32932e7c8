import type { Selection } from '../../app/approval.ts';
import type { EngineReview } from '../engine/api.ts';

/** What a decision is about, by identity: a hunk's number may change while a person edits, its id does not. */
export interface DecisionTarget {
  readonly folder: string;
  readonly runId: string;
  readonly round: number;
  readonly path?: string;
  readonly hunkId?: string;
  /** All files that this task changed; stands without a path. */
  readonly task?: string;
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
  if (target.task !== undefined) return taskSelection(review, target.task);
  if (target.path === undefined) return { kind: 'found', selection: { round } };
  const file = review.files.find(({ path }) => path === target.path);
  if (file === undefined) return { kind: 'gone', words: `The proposal does not change ${target.path}.` };
  if (target.hunkId === undefined) return { kind: 'found', selection: { round, file: file.path } };
  const hunk = file.hunks.find(({ id }) => id === target.hunkId);
  if (hunk === undefined)
    return { kind: 'gone', words: 'This hunk has changed since you looked at it. Look again: nothing was decided.' };
  return { kind: 'found', selection: { round, file: file.path, hunk: hunk.number } };
}

function taskSelection({ round, tasks }: EngineReview, id: string): FoundSelection {
  const task = tasks.find((candidate) => candidate.id === id);
  if (task === undefined) return { kind: 'gone', words: `The proposal has no file that ${id} changed.` };
  if (task.shared.length > 0)
    return {
      kind: 'gone',
      words: `Not only ${id} changed ${task.shared.slice(0, 3).join(', ')}${task.shared.length > 3 ? ' and more' : ''}. Decide about the files or their hunks: nothing was decided.`,
    };
  return { kind: 'found', selection: { round, task: id } };
}

/** What applying only the approved part means. `hunks` names what would be applied and what would be left out, by identity. */
export type ApplyPlan =
  | { readonly kind: 'nothing'; readonly words: string }
  | { readonly kind: 'ready'; readonly approved: number; readonly open: number; readonly hunks: readonly string[] };

export function applyPlan(review: EngineReview): ApplyPlan {
  const all = review.files.flatMap((file) => file.hunks.map((hunk) => ({ path: file.path, ...hunk })));
  const wanted = all.filter((hunk) => hunk.decision !== 'rejected');
  const approved = wanted.filter((hunk) => hunk.decision === 'approved').length;
  if (approved === 0 && all.length > 0)
    return { kind: 'nothing', words: `Nothing of ${review.specId} is approved yet, so there is nothing to apply.` };
  const hunks = wanted.map(({ path, id, decision }) => `${decision} ${id} ${path}`);
  return { kind: 'ready', approved, open: wanted.length - approved, hunks };
}

/** A target as a lens, a menu or a key gives it to a command; undefined for anything else (a key binding of the user's, another extension). */
export function decisionTargetOf(value: unknown): DecisionTarget | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { folder, runId, round, path, hunkId, task } = value as Record<string, unknown>;
  if (typeof folder !== 'string' || typeof runId !== 'string' || typeof round !== 'number') return undefined;
  return {
    folder,
    runId,
    round,
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof hunkId === 'string' ? { hunkId } : {}),
    ...(typeof task === 'string' ? { task } : {}),
  };
}
