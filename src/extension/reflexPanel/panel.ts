import path from 'node:path';
import { commands, Uri, window, workspace, type Disposable } from 'vscode';
import { createFolderPanels, type FolderPanelHooks, type FolderPanels, type OpenFolderPanel } from '../folderPanels.ts';
import type { CommandId } from '../manifest.ts';
import type { FeedAction, ReflexAction, ReflexCommand } from '../../protocol/panelActions.ts';
import type { WatchedServer } from '../reflex/presentation.ts';
import { REFLEX_PANEL_TYPE } from './type.ts';

/** The reflex panel: one for each workspace folder. */
export type ReflexPanels = FolderPanels<NoChoice>;

/** There is nothing to choose. */
export type NoChoice = Readonly<Record<string, never>>;

export interface ReflexPanelHooks extends FolderPanelHooks {
  /** What the status bar shows of a folder's server; undefined where it shows none of it. */
  watched(folder: string): WatchedServer | undefined;
  /** Calls back whenever that may have changed. */
  onWatched(listener: () => void): Disposable;
  /** Where the repository of a folder begins. */
  rootOf(folder: string): string;
}

/** What each button of the panel runs. */
const COMMANDS: Readonly<Record<ReflexCommand, CommandId>> = {
  health: 'speckitAuto.reflexHealth',
  plan: 'speckitAuto.reflexPlan',
  start: 'speckitAuto.reflexStart',
  bakeoff: 'speckitAuto.reflexBakeoff',
  logs: 'speckitAuto.reflexLog',
  configuration: 'speckitAuto.openConfiguration',
};

export function createReflexPanels(hooks: ReflexPanelHooks): ReflexPanels {
  const { engine, onProblem } = hooks;
  const following = new Map<string, Disposable>();
  const tell = ({ folder, feed }: OpenFolderPanel<NoChoice>): Promise<void> =>
    engine.watchedServer(feed, hooks.watched(folder) ?? null);
  const openFeed = async (open: OpenFolderPanel<NoChoice>): Promise<void> => {
    await engine.openReflexFeed(open.folder, open.feed);
    await tell(open);
  };
  return createFolderPanels<NoChoice, Exclude<ReflexAction, FeedAction>>(hooks, {
    type: REFLEX_PANEL_TYPE,
    icon: 'pulse',
    page: 'reflexPanel',
    title: 'SpecKit reflex',
    dataOf: () => ({}),
    aboutOf: async () => ({}),
    openFeed,
    onOpen: (open) =>
      following.set(
        open.feed,
        hooks.onWatched(() => void tell(open).catch((error: unknown) => onProblem(String(error)))),
      ),
    onClose({ feed }) {
      following.get(feed)?.dispose();
      following.delete(feed);
    },
    async readAction(message) {
      const { reflexActionSchema } = await import('../../protocol/panelActions.ts');
      return reflexActionSchema.safeParse(message).data;
    },
    async act(open, action) {
      switch (action.kind) {
        case 'reflexCommand':
          return commands.executeCommand(COMMANDS[action.command]);
        case 'openReport':
          return openReport(path.join(hooks.rootOf(open.folder), action.file));
      }
    },
  });
}

/** The report for reading lies beside the one with the figures, which is opened where somebody took it away. */
async function openReport(figures: string): Promise<void> {
  const words = Uri.file(figures.replace(/\.json$/, '.md'));
  const isThere = await workspace.fs.stat(words).then(
    () => true,
    () => false,
  );
  if (isThere) await commands.executeCommand('markdown.showPreview', words);
  else await window.showTextDocument(Uri.file(figures));
}
