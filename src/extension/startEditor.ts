import { commands, window, workspace, type Disposable, type ExtensionContext } from 'vscode';
import { personOf } from '../app/person.ts';
import { createAttention } from './attention.ts';
import { handlersOf, type Handler } from './commands/handlers.ts';
import { doPanelAction, goOn, titleOf } from './commands/runs.ts';
import { attempt, type Editor } from './editor.ts';
import type { CostPanels } from './costPanel/panel.ts';
import { COST_PANEL_TYPE } from './costPanel/type.ts';
import type { EngineNews } from './engine/api.ts';
import { createEngineClient } from './engine/client.ts';
import { createKeys } from './models/keys.ts';
import type { CommandId } from './manifest.ts';
import { callEditorModel, listEditorModels } from './models/editorModel.ts';
import { createOverviews, workspaceFolders, type Overviews } from './overviews.ts';
import { createLocalServer } from './reflex/localServer.ts';
import { createReflexStatusBar } from './reflex/statusBar.ts';
import type { ReflexPanels } from './reflexPanel/panel.ts';
import { REFLEX_PANEL_TYPE } from './reflexPanel/type.ts';
import { createInterruptedRuns } from './interruptedRuns.ts';
import type { ProposalFileSystems, ServedFiles } from './review/fileSystems.ts';
import { createReviewSurfaces } from './review/surfaces.ts';
import { unsavedDocuments } from './review/userFiles.ts';
import { createRunPanels, PANEL_TYPE, type RunPanels } from './runPanel/panel.ts';
import { createRunItem } from './statusBar/runItem.ts';
import { createTextDocuments } from './textDocuments.ts';
import { createNeedsView } from './views/needsTree.ts';
import { registerSpecBadges } from './views/specBadges.ts';
import { SpecsTree } from './views/specsTree.ts';

/** An engine that ended sooner than this would end again. Milliseconds. */
const SHORT_LIFE_MS = 10_000;

/** The extension once it is at work. */
export interface StartedEditor {
  /** Does what a declared command says; it tells its own failure. */
  run(command: string, words: readonly unknown[]): Promise<void>;
  readonly served: ServedFiles;
}

/** Nothing here but a table of contents: everything that can wait waits, and the engine's thread starts with the first question to it. */
export function startEditor(context: ExtensionContext, filesChanged: ProposalFileSystems['tell']): StartedEditor {
  const log = window.createOutputChannel('SpecKit', { log: true });
  const keys = createKeys({
    secrets: context.secrets,
    environment: process.env,
    usedNames: async () => {
      const [folder] = workspaceFolders();
      return folder === undefined ? [] : engine.requests.keyNames(folder);
    },
  });
  const program = `SpecKit for VS Code ${String((context.extension.packageJSON as { version?: unknown }).version)}`;
  let panels: RunPanels | undefined;
  let costPanels: CostPanels | undefined;
  const costs = async (): Promise<CostPanels> => {
    const { createCostPanels } = await import('./costPanel/panel.ts');
    return (costPanels ??= createCostPanels({
      extension: context.extensionUri,
      engine: engine.requests,
      onProblem: (text) => log.warn(text),
    }));
  };
  let reflexPanels: ReflexPanels | undefined;
  const reflexOf = async (): Promise<ReflexPanels> => {
    const { createReflexPanels } = await import('./reflexPanel/panel.ts');
    return (reflexPanels ??= createReflexPanels({
      extension: context.extensionUri,
      engine: engine.requests,
      onProblem: (text) => log.warn(text),
      watched: (folder) => (folder === reflex.folder() ? reflex.watched() : undefined),
      onWatched: reflex.onDidWatch,
      rootOf,
    }));
  };
  const engine = createEngineClient({
    file: context.asAbsolutePath('dist/cli/engine.js'),
    start: { installation: context.extensionPath, program, person: personOf(process.env) },
    handlers: {
      secret: (_context, name) => keys.secret(name),
      editorModel: ({ emit, signal }, model, request) => callEditorModel(request, model, emit, signal),
      editorModels: () => listEditorModels(),
      storedKeys: () => keys.storedNames(),
      unsavedTexts: (_context, files) => unsavedDocuments.texts(files),
      replaceUnsaved: (_context, changes) => unsavedDocuments.replace(changes),
    },
    onNews: (news: EngineNews) => {
      if (news.kind === 'feed') {
        panels?.receive(news.feed, news.message);
        costPanels?.receive(news.feed, news.message);
        reflexPanels?.receive(news.feed, news.message);
      } else if (news.kind === 'log') log[news.level](news.text);
      else overviews.hint(news.folder);
    },
    onEnd: (why, livedMs) => {
      log.error(`The engine ended: ${why}`);
      // One that cannot live is not started again and again; the next thing a person asks for tries it once more.
      if (livedMs <= SHORT_LIFE_MS) return;
      panels?.reconnect();
      costPanels?.reconnect();
      reflexPanels?.reconnect();
    },
  });
  const overviews = createOverviews(engine.requests, (text) => log.warn(text));
  const rootOf = (folder: string): string => overviews.get(folder)?.root ?? folder;
  const texts = createTextDocuments();
  const review = createReviewSurfaces(context, engine.requests, {
    filesChanged,
    rootOf,
    describe: (error) => (error instanceof Error ? error.message : String(error)),
    goOn: (folder, runId) => goOn(editor, { folder, runId }),
    showWhy: async ({ folder, runId, path }, reasons) => {
      panels?.show({ folder, runId }, titleOf(editor, { folder, runId }), 'focus');
      window.setStatusBarMessage(
        `$(question) ${path} was changed for ${reasons === '' ? 'no task of its own' : reasons}`,
        10_000,
      );
    },
  });
  panels = createRunPanels({
    context,
    engine: engine.requests,
    onAction: (address, action) => void attempt(log, () => doPanelAction(editor, address, action)),
    onProblem: (text) => log.warn(text),
  });
  const reflex = createReflexStatusBar({
    read: (folder, request, signal) => engine.request('reflex', [folder, request], { signal }),
    // The address is one of speckit.toml: before trust it is nobody's to call.
    folder: () =>
      workspace.isTrusted
        ? overviews.all().find(({ overview }) => overview.localWorkers.length > 0)?.folder
        : undefined,
    log: (text) => log.warn(text),
  });
  const server = createLocalServer(engine, overviews, () => void reflex.check());
  const needs = createNeedsView(overviews);
  const editor: Editor = {
    context,
    engine: engine.requests,
    overviews,
    panels,
    costs,
    reflex: reflexOf,
    texts,
    review,
    needs,
    log,
  };
  registerViews(editor);
  context.subscriptions.push(
    log,
    { dispose: () => engine[Symbol.dispose]() },
    overviews,
    needs,
    texts,
    review,
    panels,
    createRunItem(overviews),
    reflex,
    server,
    whenLocalWorkersChange(overviews, () => reflex.refresh()),
    workspace.onDidGrantWorkspaceTrust(() => reflex.refresh()),
    overviews.onDidChange(
      (folder) => void attempt(log, () => review.refreshFolder(folder, waitingIn(overviews, folder))),
    ),
    registerSpecBadges(overviews),
    createAttention(overviews),
    createInterruptedRuns(editor),
    window.registerWebviewPanelSerializer(COST_PANEL_TYPE, {
      deserializeWebviewPanel: async (panel, state) => (await costs()).restore(panel, state),
    }),
    window.registerWebviewPanelSerializer(REFLEX_PANEL_TYPE, {
      deserializeWebviewPanel: async (panel, state) => (await reflexOf()).restore(panel, state),
    }),
    window.registerWebviewPanelSerializer(PANEL_TYPE, {
      deserializeWebviewPanel: async (panel, state) => panels?.restore(panel, state),
    }),
    workspace.onDidChangeWorkspaceFolders(() => readAll(editor)),
    overviews.onDidChange((folder) => void attempt(log, () => serveApprovals(editor, folder))),
  );
  readAll(editor);
  const handlers: Record<CommandId, Handler> = { ...handlersOf(editor, { keys, reflex, server }), ...review.commands };
  return {
    run: (command, words) => attempt(log, () => handlers[command as CommandId](...words)),
    served: review.served,
  };
}

/** Runs whose proposal waits for the person. */
function waitingIn(overviews: Overviews, folder: string): readonly string[] {
  const runs = overviews.get(folder)?.runs ?? [];
  return runs.flatMap(({ runId, at, outcome }) => (at === 'ended' && outcome === 'proposed' ? [runId] : []));
}

/** Most changes of an overview are no news for the monitor of the local server. */
function whenLocalWorkersChange(overviews: Overviews, onChange: () => void): Disposable {
  let known = '';
  return overviews.onDidChange(() => {
    const now = JSON.stringify(overviews.all().map(({ overview }) => overview.localWorkers));
    if (now === known) return;
    known = now;
    onChange();
  });
}

function registerViews({ context, overviews }: Editor): void {
  const specsView = window.createTreeView('speckitAuto.specs', {
    treeDataProvider: new SpecsTree(overviews),
    showCollapseAll: true,
  });
  // The welcome text says so only where there are no specs.
  if (!workspace.isTrusted)
    specsView.message = 'This workspace is not trusted: specs and runs are shown, nothing runs.';
  const trusted = workspace.onDidGrantWorkspaceTrust(() => {
    specsView.message = '';
  });
  const listening = overviews.onDidChange(() => {
    const all = overviews.all();
    const set = (name: string, value: boolean): void =>
      void commands.executeCommand('setContext', `speckitAuto.${name}`, value);
    set(
      'isRepository',
      all.some(({ overview }) => overview.problem === undefined),
    );
    set(
      'hasSpecs',
      all.some(({ overview }) => overview.specs.length > 0),
    );
    set('isRead', true);
  });
  context.subscriptions.push(specsView, trusted, listening);
}

/** Only where there is something to approve, so that a window in which nobody uses SpecKit writes nothing; and only in a workspace that is trusted. */
async function serveApprovals({ engine, overviews }: Editor, folder: string): Promise<void> {
  if (workspace.isTrusted && waitingIn(overviews, folder).length > 0) await engine.serveApprovals(folder);
}

function readAll({ overviews }: Editor): void {
  for (const folder of workspaceFolders()) overviews.hint(folder);
}
