import type { RunDetail } from '../../app/status.ts';
import type { RunEvent } from '../../core/run/event.ts';
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
    reasons: reasonsOf(events),
    files: review.files.map((file) => ({
      path: file.difference.path,
      change: file.difference.change,
      isBinary: file.difference.binary,
      before: file.difference.before ?? '',
      after: file.difference.after ?? '',
      isEdited: file.isEdited,
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

/** For each file the tasks whose patches changed it, in the order of the work. */
function reasonsOf(events: readonly RunEvent[]): Readonly<Record<string, string>> {
  const tasks = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.kind !== 'PatchApply' || event.payload.outcome !== 'applied') continue;
    for (const file of event.payload.files) tasks.set(file, (tasks.get(file) ?? new Set()).add(event.payload.task));
  }
  return Object.fromEntries([...tasks].map(([file, names]) => [file, [...names].join(', ')]));
}
