import { hunksOf } from '../../../src/core/patch/hunks.ts';
import type { EngineReview, ReviewedFile, ReviewedHunk } from '../../../src/extension/engine/api.ts';

type Decision = ReviewedHunk['decision'];

/** A file under review as the engine tells it, with one decision per hunk; a hunk without one is open. */
export function reviewed(
  path: string,
  before: string,
  after: string,
  decisions: readonly Decision[] = [],
): ReviewedFile {
  const change = before === '' ? 'added' : after === '' ? 'deleted' : 'modified';
  const hunks = hunksOf(path, before, after).map((hunk, index) => ({
    number: index + 1,
    id: hunk.id,
    startLine: hunk.newStart,
    lines: hunk.newLines,
    decision: decisions[index] ?? 'open',
  }));
  return { path, change, isBinary: false, before, after, isEdited: false, voided: 0, hunks };
}

/** Lines `1` to `count`, some replaced: `''` takes a line out. */
export function numbered(count: number, replaced: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, index) => replaced[index + 1] ?? `${index + 1}`)
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

export function reviewWith(files: readonly ReviewedFile[], more: Partial<EngineReview> = {}): EngineReview {
  return {
    runId: 'r-1',
    specId: 'SPEC-010',
    title: 'Unlock',
    round: 1,
    state: 'waiting',
    brief: 'Does      it',
    commitMessage: 'Unlock\n',
    reasons: {},
    tasks: [],
    isAsProposed: true,
    files,
    ...more,
  };
}
