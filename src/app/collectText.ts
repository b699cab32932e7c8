import { counted } from '../base/counted.ts';
import { sizeText } from '../base/measureText.ts';
import type { Collected, CollectRequest } from './collect.ts';

/** What was removed, or would be, for a person: a line each. */
export function collectText(
  { runs, trees, blobs, orphans, kept, bakeoffs, warnings, bytes }: Collected,
  mode: CollectRequest['mode'],
): readonly string[] {
  const line = (what: string, removal: { readonly bytes: number; readonly why: string }): string =>
    `  ${what}   ${sizeText(removal.bytes)}   ${removal.why}`;
  const removed = [
    ...runs.map((run) => line(`run ${run.runId}`, run)),
    ...trees.map((tree) => line(`files of run ${tree.runId}`, tree)),
    ...blobs.map((blob) => line(`${counted(blob.sha256.length, 'text')} of run ${blob.runId}`, blob)),
    ...bakeoffs.map((files) => line(`files of bake-off ${files.stamp}`, files)),
    ...orphans.map((text) => `  ${text}`),
  ];
  const verb = mode === 'tell' ? 'Would remove' : 'Removed';
  return [
    ...(removed.length === 0 ? ['Nothing to remove.'] : [`${verb} ${sizeText(bytes)}:`, ...removed]),
    ...kept.map(({ runId, why }) => `  kept: run ${runId}: ${why}`),
    ...warnings.map((warning) => `  !! ${warning}`),
  ];
}
