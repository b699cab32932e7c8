import { isAsProposed } from '../../app/chosen.ts';
import { tasksOfFiles } from '../../app/review.ts';
import type { RunDetail } from '../../app/status.ts';
import type { EngineReview, ReviewedTask } from './api.ts';

/** The newest proposal of a run as the host's review surfaces want it; undefined where a run has none yet. */
export function engineReview({ view, events, review, brief }: RunDetail): EngineReview | undefined {
  if (review === undefined) return undefined;
  const tasks = tasksOfFiles(events);
  return {
    runId: view.runId,
    specId: view.specId,
    title: view.title,
    round: review.proposal.round,
    state: review.state,
    brief: brief ?? '',
    commitMessage: review.proposal.commitMessage,
    reasons: Object.fromEntries([...tasks].map(([file, of]) => [file, [...of].join(', ')])),
    tasks: reviewedTasks(
      view.tasks,
      review.files.map(({ difference }) => ({ path: difference.path, of: tasks.get(difference.path) ?? new Set() })),
    ),
    isAsProposed: isAsProposed(review, 'withOpen'),
    files: review.files.map((file) => ({
      path: file.difference.path,
      change: file.difference.change,
      isBinary: file.difference.binary,
      before: file.difference.before ?? '',
      after: file.difference.after ?? '',
      isEdited: file.isEdited,
      voided: file.voided,
      ...(file.proposed === undefined ? {} : { proposed: file.proposed }),
      hunks: file.hunks.map(({ hunk, decision }, index) => ({
        number: index + 1,
        id: hunk.id,
        startLine: hunk.newLines === 0 ? hunk.newStart + 1 : hunk.newStart,
        lines: hunk.newLines,
        decision,
      })),
    })),
  };
}

/** Tasks of a proposal that are told, and files of each: a choice of more is none. */
const TASKS = 100;
const FILES = 200;

function reviewedTasks(
  planned: readonly { readonly id: string; readonly title: string }[],
  files: readonly { readonly path: string; readonly of: ReadonlySet<string> }[],
): readonly ReviewedTask[] {
  const found = new Set(files.flatMap(({ of }) => [...of]));
  const inOrder = [...planned.map(({ id }) => id).filter((id) => found.has(id)), ...found];
  return [...new Set(inOrder)].slice(0, TASKS).map((id) => {
    const own = files.filter(({ of }) => of.has(id)).slice(0, FILES);
    return {
      id,
      title: planned.find((task) => task.id === id)?.title ?? '',
      files: own.map(({ path }) => path),
      shared: own.filter(({ of }) => of.size > 1).map(({ path }) => path),
    };
  });
}
