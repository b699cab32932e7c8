import { tasksOfFiles } from '../../app/review.ts';
import type { RunDetail } from '../../app/status.ts';
import type { EngineReview } from './api.ts';

/** The newest proposal of a run as the host's review surfaces want it; undefined where a run has none yet. */
export function engineReview({ view, events, review, brief }: RunDetail): EngineReview | undefined {
  if (review === undefined) return undefined;
  return {
    runId: view.runId,
    specId: view.specId,
    title: view.title,
    round: review.proposal.round,
    state: review.state,
    brief: brief ?? '',
    commitMessage: review.proposal.commitMessage,
    reasons: Object.fromEntries([...tasksOfFiles(events)].map(([file, tasks]) => [file, [...tasks].join(', ')])),
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
