import { ProgressLocation, window, workspace } from 'vscode';
import { LOCAL_MODELS } from '../../core/reflex/localModels.ts';
import { requireTrust, type Editor } from '../editor.ts';
import { chooseFolder } from './choose.ts';

const CONFIGURED = 'The configured model';

/** Shows what a model needs on the card that is found here, and the command that serves it: a text to read, nothing is started. */
export async function planLocalServer(editor: Editor): Promise<void> {
  requireTrust();
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const chosen = await window.showQuickPick(
    [
      { label: CONFIGURED, description: 'of the first local worker, or else the default' },
      ...LOCAL_MODELS.map(({ id }) => ({ label: id, description: '' })),
    ],
    { title: 'SpecKit: plan the local server', placeHolder: 'Which model should it serve?' },
  );
  if (chosen === undefined) return;
  const nvidiaSmi = workspace.getConfiguration('speckitAuto.reflex').get('nvidiaSmi', '').trim();
  const text = await window.withProgress({ location: ProgressLocation.Window, title: 'SpecKit: planning' }, () =>
    editor.engine.reflexPlan(folder, {
      ...(chosen.label !== CONFIGURED && { model: chosen.label }),
      ...(nvidiaSmi !== '' && { nvidiaSmi }),
    }),
  );
  await editor.texts.show('local-server.txt', text);
}
