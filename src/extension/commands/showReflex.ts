import type { Editor } from '../editor.ts';
import { folderName, workspaceFolders } from '../overviews.ts';
import type { ReflexStatusBar } from '../reflex/statusBar.ts';
import { chooseFolder } from './choose.ts';

/** Shows the local server as a panel: how it is, its history, what it has to reach and what its bake-offs found. */
export async function showReflex(editor: Editor, reflex: ReflexStatusBar): Promise<void> {
  const folder = reflex.folder() ?? (await chooseFolder());
  if (folder === undefined) return;
  const panels = await editor.reflex();
  panels.show(folder, {}, workspaceFolders().length > 1 ? `SpecKit Reflex: ${folderName(folder)}` : 'SpecKit Reflex');
}
