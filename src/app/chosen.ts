import { z } from 'zod';
import { sha256 } from '../base/hash.ts';
import { selectHunks } from '../core/patch/hunks.ts';
import type { FileChange } from '../core/ports.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { UserChange } from '../node/userTree.ts';
import type { Review, ReviewFile } from './review.ts';
import type { CheckResult } from './reviewProgress.ts';

/**
 * What a review comes to for each of its files, also for those it leaves as they are: from `before` to what is approved. `withOpen`: what is
 * open counts as approved, which is what approving the rest would apply.
 */
export function chosenChanges(review: Review, open: 'withOpen' | 'approvedOnly'): readonly UserChange[] {
  return review.files.map((file) => chosenChange(file, open));
}

function chosenChange(file: ReviewFile, open: 'withOpen' | 'approvedOnly'): UserChange {
  const { path: name, before, after } = file.difference;
  const chosen = file.hunks
    .filter(({ decision }) => decision === 'approved' || (decision === 'open' && open === 'withOpen'))
    .map(({ hunk }) => hunk.id);
  // Also where an edit has left nothing to decide about: then both sides are the same.
  if (chosen.length === file.hunks.length) return userChange(name, before, after);
  if (chosen.length === 0) return userChange(name, before, before);
  return userChange(name, before, selectHunks(name, before ?? '', after ?? '', new Set(chosen)));
}

export const userChange = (name: string, before: string | undefined, after: string | undefined): UserChange => ({
  path: name,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});

/** Whether it is the whole change as the run proposed and measured it: nothing left out, edited or merged. */
export function isAsProposed(review: Review, open: 'withOpen' | 'approvedOnly'): boolean {
  return review.files.every(
    ({ isEdited, isMerged, hunks }) =>
      !isEdited &&
      !isMerged &&
      hunks.every(({ decision }) => decision === 'approved' || (decision === 'open' && open === 'withOpen')),
  );
}

/** How the run's tree is brought from the proposal to a choice, and the key of the step that does it: the same choice is measured once. */
export function choiceStep(
  { proposal, files }: Review,
  chosen: readonly UserChange[],
): { readonly key: string; readonly changes: readonly FileChange[] } {
  const all: readonly FileChange[] = chosen.map(({ path: name, after }) =>
    after === undefined ? { kind: 'delete', path: name } : { kind: 'write', path: name, content: after },
  );
  const key = `unlock/${proposal.round}/part/${sha256(JSON.stringify(all)).slice(0, 12)}`;
  const inTree = new Set(proposal.files.flatMap(({ path, sha256: hash }) => (hash === null ? [] : [path])));
  const known = new Set(files.map(({ difference }) => difference.path));
  const changes = all.filter(({ kind, path }) => kind === 'write' || (known.has(path) && inTree.has(path)));
  return { key, changes };
}

/** The checks as they were measured on exactly what approving the rest would apply; empty when that has not been measured. */
export function resultsOfChoice(events: readonly RunEvent[], review: Review): readonly CheckResult[] {
  const tree = isAsProposed(review, 'withOpen') ? review.proposal.evidence : choiceTree(events, review);
  const results = new Map<string, CheckResult>();
  for (const event of events)
    if (event.kind === 'EvidenceRecord' && event.payload.tree === tree && event.payload.on === 'proposal')
      results.set(event.payload.check, { check: event.payload.check, outcome: event.payload.outcome });
  return [...results.values()];
}

function choiceTree(events: readonly RunEvent[], review: Review): string | undefined {
  const { key } = choiceStep(review, chosenChanges(review, 'withOpen'));
  const end = events.findLast((event) => event.kind === 'StepEnd' && event.payload.key === key);
  if (end?.kind !== 'StepEnd' || !('inline' in end.payload.output)) return undefined;
  const known = z.object({ evidence: z.string() }).safeParse(end.payload.output.inline);
  return known.success ? known.data.evidence : undefined;
}
