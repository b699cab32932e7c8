import { window, workspace, type Disposable } from 'vscode';
import { STAGES } from '../core/run/stage.ts';
import type { Editor } from './editor.ts';

const LAST = STAGES.at(-1) ?? 'unlock';

/**
 * Lets runs of the editor go on by themselves after its window was reloaded or its process died: those without an end in their log whose process is
 * gone. A run that a person stopped or paused has an end and stays; one of a command line stays too, and is shown under what needs the person.
 */
export function createInterruptedRuns({ engine, overviews, log }: Editor): Disposable {
  const tried = new Set<string>();
  return overviews.onDidChange((folder) => {
    if (!workspace.isTrusted || !workspace.getConfiguration('speckitAuto').get('resumeAfterReload', true)) return;
    for (const { runId, specId, at, owner } of overviews.get(folder)?.runs ?? []) {
      if (at !== 'interrupted' || owner?.program.startsWith('SpecKit for VS Code') !== true || tried.has(runId))
        continue;
      // Once: a run that ends its process each time must not do so for ever.
      tried.add(runId);
      log.info(`Run ${runId} of ${specId} was interrupted; it goes on.`);
      engine.resume(folder, runId, LAST).then(
        () => window.setStatusBarMessage(`$(debug-continue) SpecKit goes on with ${specId}`, 5_000),
        // Another window may have been faster: the run is at work then, and that is what was wanted.
        (error: unknown) =>
          log.warn(`Run ${runId} did not go on: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  });
}
