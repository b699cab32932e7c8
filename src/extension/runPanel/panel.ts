import { randomBytes, randomUUID } from 'node:crypto';
import { ThemeIcon, Uri, ViewColumn, window, type Disposable, type ExtensionContext, type WebviewPanel } from 'vscode';
import type { PanelAction } from '../../protocol/panelActions.ts';
import type { FeedMessage } from '../../protocol/feed.ts';
import type { EngineRequests } from '../engine/api.ts';
import { webviewPage } from '../webviewPage.ts';

export const PANEL_TYPE = 'speckitAuto.run';

/** Which run a panel shows: kept by the webview for the time after a reload. */
export interface RunAddress {
  readonly folder: string;
  readonly runId: string;
}

/** The panels of runs, one for each. */
export interface RunPanels extends Disposable {
  /** Shows a run's panel. `focus` only when a person asked for it. */
  show(address: RunAddress, title: string, how: 'focus' | 'behind'): void;
  /** Takes back a panel that was open before a reload. */
  restore(panel: WebviewPanel, state: unknown): void;
  receive(feed: string, message: FeedMessage): void;
  /** Opens every panel's feed anew: the engine's thread was started again. */
  reconnect(): void;
}

export interface RunPanelHooks {
  readonly context: ExtensionContext;
  readonly engine: EngineRequests;
  /** Does what a person asked for in a panel; it tells failures itself. */
  onAction(address: RunAddress, action: PanelAction): void;
  onProblem(text: string): void;
}

interface OpenPanel {
  readonly panel: WebviewPanel;
  readonly address: RunAddress;
  readonly feed: string;
  /** Whether the feed was opened for a page that is not there yet. */
  opening: Promise<void> | undefined;
}

export function createRunPanels(hooks: RunPanelHooks): RunPanels {
  const panels = new Map<string, OpenPanel>();
  const { context, engine } = hooks;
  const media = Uri.joinPath(context.extensionUri, 'dist', 'webview');
  const keyOf = ({ folder, runId }: RunAddress): string => `${folder}\n${runId}`;

  const heard = (promise: Promise<unknown>): void => {
    promise.catch((error: unknown) => hooks.onProblem(error instanceof Error ? error.message : String(error)));
  };

  function adopt(panel: WebviewPanel, address: RunAddress): void {
    const feed = randomUUID();
    // The engine reads the run while the page is made.
    const opening = engine.openFeed(address.folder, address.runId, feed);
    // A failure is told when the page asks for its cells.
    opening.catch(() => undefined);
    const open: OpenPanel = { panel, address, feed, opening };
    panels.set(keyOf(address), open);
    panel.iconPath = new ThemeIcon('checklist');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.webview.onDidReceiveMessage((message: unknown) => heard(receiveAction(open, message)));
    panel.onDidDispose(() => {
      panels.delete(keyOf(address));
      heard(engine.closeFeed(open.feed));
    });
    const inMedia = (name: string): string => panel.webview.asWebviewUri(Uri.joinPath(media, name)).toString();
    panel.webview.html = webviewPage({
      title: 'SpecKit run',
      scriptUri: inMedia('runPanel.js'),
      styleUris: ['parts.css', 'runPanel.css'].map(inMedia),
      cspSource: panel.webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
      data: { folder: address.folder, 'run-id': address.runId },
    });
  }

  /** A webview that is drawn anew (moved, hidden, reloaded) begins again from nothing; the first time the feed is there already. */
  async function begin(open: OpenPanel): Promise<void> {
    const { opening, address, feed } = open;
    open.opening = undefined;
    if (opening === undefined) return engine.openFeed(address.folder, address.runId, feed);
    await opening;
    await engine.restartFeed(feed);
  }

  async function receiveAction(open: OpenPanel, message: unknown): Promise<void> {
    // Read with the first message: the schema is most of what the rest of the extension would have to be read with.
    const { panelActionSchema } = await import('../../protocol/panelActions.ts');
    const parsed = panelActionSchema.safeParse(message);
    if (!parsed.success) {
      hooks.onProblem('The run panel sent a message that is none of its actions; it was dropped.');
      return;
    }
    const action = parsed.data;
    if (action.kind === 'ready') heard(begin(open));
    else if (action.kind === 'acknowledge') heard(engine.acknowledgeFeed(open.feed, action.seq));
    else hooks.onAction(open.address, action);
  }

  return {
    show(address, title, how) {
      const known = panels.get(keyOf(address));
      if (known !== undefined) {
        known.panel.reveal(undefined, how === 'behind');
        return;
      }
      const column = { viewColumn: ViewColumn.Active, preserveFocus: how === 'behind' };
      adopt(
        window.createWebviewPanel(PANEL_TYPE, title, column, { enableScripts: true, localResourceRoots: [media] }),
        address,
      );
    },
    restore(panel, state) {
      const address = addressOf(state);
      if (address === undefined || panels.has(keyOf(address))) panel.dispose();
      else adopt(panel, address);
    },
    receive(feed, message) {
      for (const open of panels.values()) if (open.feed === feed) void open.panel.webview.postMessage(message);
    },
    reconnect() {
      for (const { address, feed } of panels.values()) heard(engine.openFeed(address.folder, address.runId, feed));
    },
    // The panels themselves stay: closed here, while the window goes, they would not be there again after it was reloaded.
    dispose: () => panels.clear(),
  };
}

function addressOf(state: unknown): RunAddress | undefined {
  if (state === null || typeof state !== 'object' || !('folder' in state) || !('runId' in state)) return undefined;
  const { folder, runId } = state;
  return typeof folder === 'string' && typeof runId === 'string' ? { folder, runId } : undefined;
}
