import { EventEmitter, ThemeIcon, TreeItem, type Event, type TreeDataProvider } from 'vscode';
import type { Need } from '../../app/overview.ts';
import { folderName, type Overviews } from '../overviews.ts';
import { needText } from '../words.ts';

/** One row of NEEDS YOU. */
export interface NeedRow {
  readonly folder: string;
  readonly need: Need;
}

/** What waits for a person, over all folders. Each row opens where it is solved. */
export class NeedsTree implements TreeDataProvider<NeedRow> {
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
