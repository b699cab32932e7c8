import path from 'node:path';
import { window, workspace, Uri, type QuickPickItem } from 'vscode';
import type { RunSummary, SpecOverview } from '../../app/overview.ts';
import type { RunAddress } from '../runPanel/panel.ts';
import { Refusal, type Editor } from '../editor.ts';
import { folderName, workspaceFolders } from '../overviews.ts';
import { costText, runStateText } from '../words.ts';

/** A spec of one folder. */
export interface SpecAddress {
  readonly folder: string;
  readonly specId: string;
}

/** The folder meant: the only one, the one of the open file, or the one a person picks. Undefined when they leave. */
export async function chooseFolder(): Promise<string | undefined> {
  const folders = workspaceFolders();
  if (folders.length === 0) throw new Refusal('Open a folder first: a git repository, or the sample.');
  const active = window.activeTextEditor?.document.uri;
  const own = active === undefined ? undefined : workspace.getWorkspaceFolder(active);
  if (folders.length === 1) return folders[0];
  const items = folders.map((folder) => ({ label: folderName(folder), description: folder, folder }));
  const sorted =
    own === undefined
      ? items
      : items.toSorted(
          (left, right) => Number(right.folder === own.uri.fsPath) - Number(left.folder === own.uri.fsPath),
        );
  return (await window.showQuickPick(sorted, { title: 'SpecKit: in which folder?' }))?.folder;
}

/** The arguments a tree row brings, of any row that has a folder and a spec. */
export function specOfRow(row: unknown): SpecAddress | undefined {
  if (row === null || typeof row !== 'object' || !('folder' in row) || typeof row.folder !== 'string') return undefined;
  if ('specId' in row && typeof row.specId === 'string') return { folder: row.folder, specId: row.specId };
  if (!('spec' in row) || row.spec === null || typeof row.spec !== 'object' || !('folder' in row.spec))
    return undefined;
  const { folder } = row.spec as SpecOverview;
  return { folder: row.folder, specId: path.posix.basename(folder) };
}

/** The spec meant: that of the row, or one a person picks, the newest run first. */
export async function chooseSpec(editor: Editor, row: unknown, title: string): Promise<SpecAddress | undefined> {
  const given = specOfRow(row);
  if (given !== undefined) return given;
  const folders = workspaceFolders();
  if (folders.length === 0) throw new Refusal('Open a folder first: a git repository, or the sample.');
  const overviews = await Promise.all(
    folders.map(async (folder) => ({ folder, overview: await editor.overviews.refresh(folder) })),
  );
  const problem = overviews.find(({ overview }) => overview.problem !== undefined)?.overview.problem;
  const items = overviews.flatMap(({ folder, overview }) =>
    overview.specs.map((spec) => ({
      label: `${spec.id} ${spec.title}`,
      description: specState(spec),
      detail: folders.length > 1 ? folderName(folder) : undefined,
      address: { folder, specId: path.posix.basename(spec.folder) },
    })),
  );
  if (items.length === 0) {
    if (problem !== undefined) throw new Refusal(problem);
    throw new Refusal('There is no spec yet. Write one with "SpecKit: New Spec", or try the sample.');
  }
  return (
    await window.showQuickPick(items as (QuickPickItem & { address: SpecAddress })[], {
      title,
      matchOnDescription: true,
      placeHolder: 'Which spec?',
    })
  )?.address;
}

function specState({ runs }: SpecOverview): string {
  const [run] = runs;
  return run === undefined ? 'no run yet' : `${runStateText(run)} · ${costText(run.microdollars)}`;
}

/** The run meant: that of the row, the only one that fits, or one a person picks. */
export async function chooseRun(
  editor: Editor,
  row: unknown,
  wanted: {
    readonly title: string;
    readonly none: string;
    fits(run: RunSummary): boolean;
    /** Whether runs whose log cannot be read can be chosen too. */
    readonly damaged?: 'listed';
  },
): Promise<RunAddress | undefined> {
  const given = runOfRow(row);
  if (given !== undefined) return given;
  const overviews = await Promise.all(
    workspaceFolders().map(async (folder) => ({ folder, overview: await editor.overviews.refresh(folder) })),
  );
  const items = overviews.flatMap(({ folder, overview }) => {
    const item = (runId: string, label: string, description: string) => ({
      label,
      description,
      detail: overviews.length > 1 ? folderName(folder) : undefined,
      address: { folder, runId },
    });
    const damaged = wanted.damaged === 'listed' ? overview.broken : [];
    return [
      ...overview.runs
        .filter((run) => wanted.fits(run))
        .map((run) => item(run.runId, `${run.specId} ${run.title}`, `${runStateText(run)} · ${run.runId}`)),
      ...damaged.map(({ runId }) => item(runId, runId, 'its log cannot be read')),
    ];
  });
  const [only] = items;
  if (only === undefined) throw new Refusal(wanted.none);
  if (items.length === 1) return only.address;
  const typed = items as (QuickPickItem & { address: RunAddress })[];
  return (await window.showQuickPick(typed, { title: wanted.title, matchOnDescription: true }))?.address;
}

function runOfRow(row: unknown): RunAddress | undefined {
  if (row === null || typeof row !== 'object' || !('folder' in row) || typeof row.folder !== 'string') return undefined;
  if ('runId' in row && typeof row.runId === 'string') return { folder: row.folder, runId: row.runId };
  const run =
    'run' in row ? row.run : 'need' in row ? row.need : 'spec' in row ? (row.spec as SpecOverview).runs[0] : undefined;
  if (run === null || typeof run !== 'object' || !('runId' in run) || typeof run.runId !== 'string') return undefined;
  return { folder: row.folder, runId: run.runId };
}

/** A file of a folder's repository. */
export async function fileIn(editor: Editor, folder: string, file: string): Promise<Uri> {
  const overview = editor.overviews.get(folder) ?? (await editor.overviews.refresh(folder));
  return Uri.file(path.join(overview.root, file));
}
