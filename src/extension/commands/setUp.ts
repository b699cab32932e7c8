import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { commands, Uri, window, workspace } from 'vscode';
import { doctorText } from '../doctorText.ts';
import { Refusal, requireTrust, type Editor } from '../editor.ts';
import { workspaceFolders } from '../overviews.ts';
import { chooseFolder } from './choose.ts';

/** Finds checks and models and writes speckit.toml for a person to read and change. */
export async function init(editor: Editor): Promise<void> {
  requireTrust();
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const overview = await editor.overviews.refresh(folder);
  const file = Uri.file(path.join(overview.root === '' ? folder : overview.root, 'speckit.toml'));
  const exists = await workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  if (exists) {
    // What is there is the person's: they see the two texts side by side and take over what they want.
    const { text } = await editor.engine.initialise(folder, { mode: 'reconfigure', network: 'all' });
    await editor.texts.show('speckit.toml', text);
    return;
  }
  await editor.engine.initialise(folder, { mode: 'create', network: 'all' });
  await window.showTextDocument(file);
  editor.overviews.hint(folder);
}

/** What was found here: keys by name, local servers, models of the editor, agents, checks. */
export async function doctor(editor: Editor): Promise<void> {
  const folder = await chooseFolder();
  if (folder !== undefined)
    await editor.texts.show('what-was-found.txt', doctorText(await editor.engine.doctor(folder)));
}

/** Copies the bundled sample where the person says and opens it. */
export async function sample(editor: Editor): Promise<void> {
  const folders = await window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    openLabel: 'Put the Sample Here',
    title: 'SpecKit: where should the sample project go?',
  });
  const parent = folders?.[0]?.fsPath;
  if (parent === undefined) return;
  const folder = path.join(parent, 'speckit-sample');
  await mkdir(folder, { recursive: true });
  await editor.engine.sample(folder);
  await commands.executeCommand('vscode.openFolder', Uri.file(folder), {
    forceNewWindow: workspaceFolders().length > 0,
  });
}

export async function openConfiguration(editor: Editor): Promise<void> {
  const folder = await chooseFolder();
  if (folder === undefined) return;
  const { root } = await editor.overviews.refresh(folder);
  const file = Uri.file(path.join(root === '' ? folder : root, 'speckit.toml'));
  await window.showTextDocument(file).then(undefined, () => {
    throw new Refusal('There is no speckit.toml yet. "SpecKit: Set Up" writes one.');
  });
}
