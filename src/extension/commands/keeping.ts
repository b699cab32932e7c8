import { ProgressLocation, window } from 'vscode';
import { counted } from '../../base/counted.ts';
import { requireTrust, type Editor } from '../editor.ts';
import { chooseFolder, chooseRun } from './choose.ts';

/** Says whether a run's log is as it was written, and where it is not. */
export async function verifyLog(editor: Editor, row: unknown): Promise<void> {
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: verify the log of which run?',
    none: 'There is no run yet.',
    fits: () => true,
    damaged: 'listed',
  });
  if (run === undefined) return;
  const location = ProgressLocation.Window;
  const text = await window.withProgress({ location, title: 'SpecKit: verifying' }, () =>
    editor.engine.verifyLog(run.folder, run.runId),
  );
  await editor.texts.show(`${run.runId}/log.txt`, text);
}

const REMOVE = 'Remove';

/** Shows what the limits of speckit.toml would remove, and removes it when a person says so. */
export async function cleanUp(editor: Editor, row: unknown): Promise<void> {
  requireTrust();
  const folder = isRowOfFolder(row) ? row.folder : await chooseFolder();
  if (folder === undefined) return;
  const told = await editor.engine.collect(folder, 'tell');
  await editor.texts.show('clean-up.txt', told.text);
  if (told.count === 0) return;
  const chosen = await window.showWarningMessage(
    `Remove ${counted(told.count, 'thing')} that SpecKit keeps of finished runs?`,
    { modal: true, detail: 'The text behind this message lists them. What is removed cannot be brought back.' },
    REMOVE,
  );
  if (chosen !== REMOVE) return;
  // Nothing else is removed in a workspace that lost its trust while the question stood open.
  requireTrust();
  await editor.texts.show('clean-up.txt', (await editor.engine.collect(folder, 'remove')).text);
}

const isRowOfFolder = (row: unknown): row is { readonly folder: string } =>
  row !== null && typeof row === 'object' && 'folder' in row && typeof row.folder === 'string';
