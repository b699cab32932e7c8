import type { Editor } from '../editor.ts';
import { localServerText } from '../reflex/localServerText.ts';
import type { ReflexStatusBar } from '../reflex/statusBar.ts';
import { chooseFolder } from './choose.ts';

/** Shows the local server as a page: figures, history, thresholds and bake-offs. Asked again, the same tab shows how it is then. */
export async function showReflex(editor: Editor, reflex: ReflexStatusBar): Promise<void> {
  const folder = reflex.folder() ?? (await chooseFolder());
  if (folder === undefined) return;
  await editor.texts.show(
    'local-server-now.txt',
    localServerText(reflex.watched(), await editor.engine.reflexStanding(folder)),
  );
}
