import { createApp } from '../../app/createApp.ts';
import { counted } from '../../base/counted.ts';
import { sizeText } from '../../base/measureText.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit gc [--dry-run] [--unfinished]`. */
export async function runGc(
  terminal: Terminal,
  _words: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const isDry = options['dryRun'] === true;
  const collected = await createApp(terminal.host).collect({
    mode: isDry ? 'tell' : 'remove',
    includes: options['unfinished'] === true ? 'unfinished' : 'finished',
  });
  terminal.result({ dryRun: isDry, ...collected, exitCode: EXIT.ok });
  const { runs, trees, blobs, orphans, kept, warnings, bytes } = collected;
  const line = (what: string, removal: { readonly bytes: number; readonly why: string }): string =>
    `  ${what}   ${sizeText(removal.bytes)}   ${removal.why}`;
  const removed = [
    ...runs.map((run) => line(`run ${run.runId}`, run)),
    ...trees.map((tree) => line(`files of run ${tree.runId}`, tree)),
    ...blobs.map((blob) => line(`${counted(blob.sha256.length, 'text')} of run ${blob.runId}`, blob)),
    ...orphans.map((text) => `  ${text}`),
  ];
  const verb = isDry ? 'Would remove' : 'Removed';
  terminal.say(
    [
      ...(removed.length === 0 ? ['Nothing to remove.'] : [`${verb} ${sizeText(bytes)}:`, ...removed]),
      ...kept.map(({ runId, why }) => `  kept: run ${runId}: ${why}`),
      ...warnings.map((warning) => `  !! ${warning}`),
    ].join('\n'),
  );
  return EXIT.ok;
}
