import type { SpecOverview } from '../../app/overview.ts';
import type { Editor } from '../editor.ts';
import { folderName, workspaceFolders } from '../overviews.ts';
import { chooseFolder } from './choose.ts';

/** Shows what was spent: of the row's spec over all its runs, or of the repository in this month. */
export async function showCosts(editor: Editor, row: unknown): Promise<void> {
  const { folder: rowFolder, spec } = (row ?? {}) as { readonly folder?: string; readonly spec?: SpecOverview };
  const folder = rowFolder ?? (await chooseFolder());
  if (folder === undefined) return;
  const panels = await editor.costs();
  const title = workspaceFolders().length > 1 ? `SpecKit Costs: ${folderName(folder)}` : 'SpecKit Costs';
  if (spec === undefined) panels.show(folder, { whose: 'repository', spec: '', period: 'month' }, title);
  else panels.show(folder, { whose: 'spec', spec: spec.id, period: 'all' }, title);
}
