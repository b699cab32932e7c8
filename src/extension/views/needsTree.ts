import {
  commands,
  Disposable,
  EventEmitter,
  ThemeIcon,
  TreeItem,
  window,
  type Event,
  type TreeDataProvider,
} from 'vscode';
import { counted } from '../../base/counted.ts';
import type { Need } from '../../app/overview.ts';
import { folderName, workspaceFolders, type Overviews } from '../overviews.ts';
import { needText } from '../words.ts';

/** One row of NEEDS YOU. */
interface NeedRow {
  readonly folder: string;
  readonly need: Need;
}

/** NEEDS YOU: its rows, its badge, and the way there. */
export interface NeedsView extends Disposable {
  /** Shows the view and puts the focus on its first row. */
  focus(): Promise<void>;
}

export function createNeedsView(overviews: Overviews): NeedsView {
  const tree = new NeedsTree(overviews);
  const view = window.createTreeView('speckitAuto.needs', { treeDataProvider: tree });
  const listening = overviews.onDidChange(() => {
    const { length: nNeeds } = tree.rows();
    view.badge =
      nNeeds === 0
        ? undefined
        : { value: nNeeds, tooltip: `${counted(nNeeds, 'thing')} ${nNeeds === 1 ? 'needs' : 'need'} you` };
  });
  return {
    focus: async () => {
      const unread = workspaceFolders().filter((folder) => overviews.get(folder) === undefined);
      await Promise.all(unread.map((folder) => overviews.refresh(folder)));
      await commands.executeCommand('speckitAuto.needs.focus');
      const [first] = tree.rows();
      if (first !== undefined) await revealSoon(() => view.reveal(first, { focus: true, select: true }));
    },
    dispose: () => void Disposable.from(view, listening).dispose(),
  };
}

const REVEAL_ATTEMPTS = 40;
const REVEAL_WAIT_MS = 50;

/** A view that is shown for the first time takes the focus before it has drawn a row that could; until then the editor refuses to reveal one. */
async function revealSoon(reveal: () => Thenable<void>): Promise<void> {
  for (let attempt = 1; attempt <= REVEAL_ATTEMPTS; attempt += 1) {
    const isRevealed = await reveal().then(
      () => true,
      () => false,
    );
    if (isRevealed) return;
    await new Promise((resolve) => setTimeout(resolve, REVEAL_WAIT_MS));
  }
}

/** What waits for a person, over all folders. Each row opens where it is solved. */
class NeedsTree implements TreeDataProvider<NeedRow> {
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData: Event<undefined> = this.changed.event;
  private readonly overviews: Overviews;

  constructor(overviews: Overviews) {
    this.overviews = overviews;
    overviews.onDidChange(() => this.changed.fire(undefined));
  }

  rows(): readonly NeedRow[] {
    return this.overviews.all().flatMap(({ folder, overview }) => overview.needs.map((need) => ({ folder, need })));
  }

  getChildren(row?: NeedRow): NeedRow[] {
    return row === undefined ? [...this.rows()] : [];
  }

  /** There are no rows below rows; asked for to reveal one. */
  getParent(): undefined {
    return undefined;
  }

  getTreeItem(row: NeedRow): TreeItem {
    const { label, icon, ...text } = needText(row.need);
    const description =
      this.overviews.all().length > 1 ? `${text.description} · ${folderName(row.folder)}` : text.description;
    const item = new TreeItem(label);
    item.id = `${row.folder} ${row.need.runId} ${row.need.kind}`;
    item.description = description;
    item.tooltip = `${row.need.specId} ${row.need.title}, ${row.need.stage}\n${row.need.text}`;
    item.iconPath = new ThemeIcon(icon);
    item.accessibilityInformation = { label: `${label}, ${description}. ${row.need.text}` };
    item.contextValue = `speckitAuto.need.${row.need.kind}`;
    item.command = {
      command: row.need.kind === 'review' ? 'speckitAuto.review' : 'speckitAuto.showRun',
      title: 'Open',
      arguments: [{ folder: row.folder, runId: row.need.runId }],
    };
    return item;
  }
}
