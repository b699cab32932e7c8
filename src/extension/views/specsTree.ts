import path from 'node:path';
import {
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  type Event,
  type TreeDataProvider,
} from 'vscode';
import type { EvidenceOverview, RunSummary, SpecOverview, StageOverview, TaskOverview } from '../../app/overview.ts';
import { folderName, type Overviews } from '../overviews.ts';
import { costText, isLively, runStateIcon, runStateText, STATE_ICONS } from '../words.ts';

/** A row of the spec explorer: specs, below each its spec, stages with tasks and evidence, and runs. */
export type SpecRow =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'problem'; readonly folder: string; readonly text: string }
  | { readonly kind: 'spec'; readonly folder: string; readonly root: string; readonly spec: SpecOverview }
  | { readonly kind: 'document'; readonly folder: string; readonly root: string; readonly spec: SpecOverview }
  | {
      readonly kind: 'stage';
      readonly folder: string;
      readonly root: string;
      readonly spec: SpecOverview;
      readonly stage: StageOverview;
    }
  | { readonly kind: 'task'; readonly folder: string; readonly spec: SpecOverview; readonly task: TaskOverview }
  | { readonly kind: 'evidenceGroup'; readonly folder: string; readonly spec: SpecOverview }
  | {
      readonly kind: 'evidence';
      readonly folder: string;
      readonly spec: SpecOverview;
      readonly evidence: EvidenceOverview;
    }
  | { readonly kind: 'runs'; readonly folder: string; readonly spec: SpecOverview }
  | { readonly kind: 'run'; readonly folder: string; readonly run: RunSummary };

/** Stages as the explorer names them: by what they leave behind. */
const STAGE_LABELS = {
  specify: 'Brief',
  plan: 'Plan',
  tasks: 'Tasks',
  implement: 'Implementation',
  validate: 'Validation',
  audit: 'Audit',
  unlock: 'Approval',
} as const;

export class SpecsTree implements TreeDataProvider<SpecRow> {
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData: Event<undefined> = this.changed.event;
  private readonly overviews: Overviews;

  constructor(overviews: Overviews) {
    this.overviews = overviews;
    overviews.onDidChange(() => this.changed.fire(undefined));
  }

  getChildren(row?: SpecRow): SpecRow[] {
    if (row === undefined) {
      const all = this.overviews.all();
      const [only] = all;
      if (all.length === 1 && only !== undefined) return this.ofFolder(only.folder);
      return all.map(({ folder }) => ({ kind: 'folder', folder }));
    }
    switch (row.kind) {
      case 'folder':
        return this.ofFolder(row.folder);
      case 'spec':
        return childrenOf(row);
      case 'stage':
        return row.stage.stage === 'tasks'
          ? row.spec.tasks.map((task) => ({ kind: 'task', folder: row.folder, spec: row.spec, task }))
          : [];
      case 'evidenceGroup':
        return row.spec.evidence.map((evidence) => ({
          kind: 'evidence',
          folder: row.folder,
          spec: row.spec,
          evidence,
        }));
      case 'runs':
        return row.spec.runs.map((run) => ({ kind: 'run', folder: row.folder, run }));
      case 'problem':
      case 'document':
      case 'task':
      case 'evidence':
      case 'run':
        return [];
    }
    return [];
  }

  private ofFolder(folder: string): SpecRow[] {
    const overview = this.overviews.get(folder);
    if (overview === undefined) return [];
    if (overview.problem !== undefined) return [{ kind: 'problem', folder, text: overview.problem }];
    return overview.specs.map((spec) => ({ kind: 'spec', folder, root: overview.root, spec }));
  }

  getTreeItem(row: SpecRow): TreeItem {
    const item = itemOf(row);
    // Two folders may have a spec or a run of the same name.
    item.id = `${row.folder} ${item.id ?? ''}`;
    item.contextValue = `speckitAuto.${row.kind}${contextOf(row)}`;
    return item;
  }
}

function childrenOf({ folder, root, spec }: Extract<SpecRow, { kind: 'spec' }>): SpecRow[] {
  return [
    { kind: 'document', folder, root, spec },
    ...spec.stages.map((stage) => ({ kind: 'stage' as const, folder, root, spec, stage })),
    ...(spec.evidence.length === 0 && spec.evidenceWarning === undefined
      ? []
      : [{ kind: 'evidenceGroup' as const, folder, spec }]),
    ...(spec.runs.length === 0 ? [] : [{ kind: 'runs' as const, folder, spec }]),
  ];
}

/** What menus distinguish, after the kind: `.working`, `.proposed`, ... */
function contextOf(row: SpecRow): string {
  const run = row.kind === 'run' ? row.run : row.kind === 'spec' ? row.spec.runs[0] : undefined;
  if (run === undefined) return '';
  return `.${run.at === 'ended' ? (run.outcome ?? 'ended') : run.at}`;
}

function itemOf(row: SpecRow): TreeItem {
  switch (row.kind) {
    case 'folder':
      return labelled(folderName(row.folder), { icon: 'root-folder', collapsible: 'expanded', id: 'folder' });
    case 'problem':
      // The first line alone may only announce the mistake that stands in the second.
      return labelled(row.text.split('\n', 2).join(' ').slice(0, 200), {
        command: { command: 'speckitAuto.doctor', row: undefined },
        icon: 'warning',
        id: 'problem',
        tooltip: row.text,
      });
    case 'spec':
      return specItem(row);
    case 'document':
      return opening(labelled('Spec', { icon: 'file', id: `${row.spec.folder} spec` }), row.root, row.spec.path);
    case 'stage':
      return stageItem(row);
    case 'task': {
      const { icon, words, color } = STATE_ICONS[row.task.state];
      const attempt = row.task.attempt > 1 ? `attempt ${row.task.attempt}` : '';
      return labelled(`${row.task.id} ${row.task.title}`, {
        icon,
        color,
        id: `${row.spec.folder} task ${row.task.id}`,
        words,
        description: attempt,
      });
    }
    case 'evidenceGroup':
      return evidenceGroupItem(row.spec);
    case 'evidence': {
      const isGood = row.evidence.outcome === 'passed';
      const { icon, color } = row.evidence.isFresh ? STATE_ICONS[isGood ? 'done' : 'failed'] : STATE_ICONS.stale;
      const words = `${row.evidence.outcome}${row.evidence.isFresh ? ' on the proposed tree' : ', stale: for another tree or another spec.md'}`;
      return labelled(row.evidence.check, {
        icon,
        color,
        id: `${row.spec.folder} evidence ${row.evidence.check}`,
        words,
        description: words,
        command: { command: 'speckitAuto.openEvidence', row },
      });
    }
    case 'runs':
      return labelled(`Runs (${row.spec.runs.length})`, {
        icon: 'history',
        id: `${row.spec.folder} runs`,
        collapsible: 'collapsed',
      });
    case 'run':
      return labelled(row.run.runId, {
        ...runStateIcon(row.run),
        id: `run ${row.run.runId}`,
        description: `${runStateText(row.run)} · ${costText(row.run.microdollars)}`,
        tooltip: runTooltip(row.run),
        command: { command: 'speckitAuto.showRun', row: { folder: row.folder, runId: row.run.runId } },
      });
  }
  return new TreeItem('');
}

/** Quiet as the rest: near its limit nothing is wrong yet, and the texts that verdicts cite are never removed. */
function evidenceGroupItem({ folder, evidence, evidenceWarning: warning }: SpecOverview): TreeItem {
  const look = {
    id: `${folder} evidence`,
    collapsible: evidence.length === 0 ? undefined : ('collapsed' as const),
  };
  if (warning === undefined) return labelled('Evidence', { ...look, icon: 'beaker' });
  return labelled('Evidence', {
    ...look,
    icon: 'warning',
    color: 'notificationsWarningIcon.foreground',
    description: 'nearly full',
    tooltip: `${warning}\n\n"SpecKit: Clean Up Old Runs" makes room.`,
  });
}

function specItem({ spec }: Extract<SpecRow, { kind: 'spec' }>): TreeItem {
  const [run] = spec.runs;
  const label = `${spec.id} ${spec.title}`;
  // The editor takes a new collapsible state only with a new id.
  const isOpen = run !== undefined && isLively(run);
  const id = `spec ${spec.folder}${isOpen ? ' open' : ''}`;
  if (run === undefined)
    return labelled(label, {
      icon: 'notebook',
      id,
      collapsible: 'collapsed',
      description: 'no run yet',
      tooltip: spec.path,
    });
  const stale = staleWhy(spec);
  return labelled(label, {
    ...runStateIcon(run),
    id,
    collapsible: isOpen ? 'expanded' : 'collapsed',
    // No room for the cost beside it in a side bar of the usual width: the tooltip has it, and the row of the run.
    description: `${runStateText(run)}${stale === undefined ? '' : ', stale'}`,
    tooltip: [spec.path, runTooltip(run), ...(stale === undefined ? [] : [`Stale: ${stale}.`])].join('\n\n'),
  });
}

/** What a run's row has no room for: where it stands in full, why, and what it cost. */
function runTooltip(run: RunSummary): string {
  const why = run.text === '' ? '' : `\n\n${run.text}`;
  return `${runStateText(run)} in ${run.stage}, ${costText(run.microdollars)}${why}`;
}

/** Why what was made of a spec no longer belongs to it. */
const staleWhy = (spec: SpecOverview): string | undefined => spec.stages.find(({ state }) => state === 'stale')?.text;

function stageItem({ spec, root, stage }: Extract<SpecRow, { kind: 'stage' }>): TreeItem {
  const { icon, words, color } = STATE_ICONS[stage.state];
  const why = stage.state === 'stale' ? (stage.document?.why ?? stage.text) : stage.text;
  const isTasks = stage.stage === 'tasks' && spec.tasks.length > 0;
  const isOpen = isTasks && spec.runs[0]?.at === 'working';
  const item = labelled(STAGE_LABELS[stage.stage], {
    icon,
    color,
    id: `${spec.folder} stage ${stage.stage}${isOpen ? ' open' : ''}`,
    words,
    // What is done says what came of it; anything else says its state, and the tooltip why.
    description: stage.state === 'waiting' || stage.state === 'running' ? '' : stage.state === 'done' ? why : words,
    tooltip: `${stage.stage}: ${words}${why === '' ? '' : `\n\n${why}`}`,
    collapsible: isTasks ? (isOpen ? 'expanded' : 'collapsed') : undefined,
  });
  return stage.document === undefined || stage.document.state === 'missing'
    ? item
    : opening(item, root, stage.document.path);
}

interface Look {
  readonly icon: string;
  readonly id: string;
  readonly color?: string | undefined;
  readonly words?: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** A leaf when left out. */
  readonly collapsible?: 'collapsed' | 'expanded' | undefined;
  readonly command?: { readonly command: string; readonly row: unknown };
}

function labelled(label: string, look: Look): TreeItem {
  const states = { collapsed: TreeItemCollapsibleState.Collapsed, expanded: TreeItemCollapsibleState.Expanded };
  const item = new TreeItem(
    label,
    look.collapsible === undefined ? TreeItemCollapsibleState.None : states[look.collapsible],
  );
  item.id = look.id;
  item.iconPath = new ThemeIcon(look.icon, look.color === undefined ? undefined : new ThemeColor(look.color));
  if (look.description !== undefined && look.description !== '') item.description = look.description;
  if (look.tooltip !== undefined) item.tooltip = new MarkdownString().appendText(look.tooltip);
  item.accessibilityInformation = {
    label: [...new Set([label, look.words ?? '', look.description ?? ''])].filter((words) => words !== '').join(', '),
  };
  if (look.command !== undefined)
    item.command = { command: look.command.command, title: 'Open', arguments: [look.command.row] };
  return item;
}

/** The same row, opening a file of the repository; the file's own decorations show on it. */
function opening(item: TreeItem, root: string, file: string): TreeItem {
  const uri = Uri.file(path.join(root, file));
  item.resourceUri = uri;
  item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
  return item;
}
