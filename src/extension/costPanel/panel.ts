import { randomBytes, randomUUID } from 'node:crypto';
import { commands, ThemeIcon, Uri, ViewColumn, window, type WebviewPanel } from 'vscode';
import type { CostChoice } from '../../core/ledger/costChoice.ts';
import type { FeedMessage } from '../../protocol/feed.ts';
import type { EngineRequests } from '../engine/api.ts';
import { webviewPage } from '../webviewPage.ts';
import { COST_PANEL_TYPE } from './type.ts';

/** The panel of costs: one for each workspace folder. */
export interface CostPanels {
  /** Shows a folder's panel with this choice, because a person asked for it. */
  show(folder: string, choice: CostChoice, title: string): void;
  /** Takes back a panel that was open before a reload. */
  restore(panel: WebviewPanel, state: unknown): Promise<void>;
  receive(feed: string, message: FeedMessage): void;
  /** Opens every panel's feed anew: the engine's thread was started again. */
  reconnect(): void;
}

export interface CostPanelHooks {
  readonly extension: Uri;
  readonly engine: EngineRequests;
  onProblem(text: string): void;
}

interface OpenPanel {
  readonly panel: WebviewPanel;
  readonly folder: string;
  readonly feed: string;
  choice: CostChoice;
}

export function createCostPanels({ extension, engine, onProblem }: CostPanelHooks): CostPanels {
  const panels = new Map<string, OpenPanel>();
  const media = Uri.joinPath(extension, 'dist', 'webview');
  const heard = (promise: PromiseLike<unknown>): void => {
    promise.then(undefined, (error: unknown) => onProblem(error instanceof Error ? error.message : String(error)));
  };

  function adopt(panel: WebviewPanel, folder: string, choice: CostChoice): void {
    const open: OpenPanel = { panel, folder, feed: randomUUID(), choice };
    panels.set(folder, open);
    panel.iconPath = new ThemeIcon('graph');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.webview.onDidReceiveMessage((message: unknown) => heard(receiveAction(open, message)));
    panel.onDidDispose(() => {
      panels.delete(folder);
      heard(engine.closeFeed(open.feed));
    });
    draw(open);
  }

  /** A page that is drawn anew begins again from nothing and asks for its cells. */
  function draw({ panel, folder, choice }: OpenPanel): void {
    const inMedia = (name: string): string => panel.webview.asWebviewUri(Uri.joinPath(media, name)).toString();
    panel.webview.html = webviewPage({
      title: 'SpecKit costs',
      scriptUri: inMedia('costPanel.js'),
      styleUris: ['parts.css', 'costPanel.css'].map(inMedia),
      cspSource: panel.webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
      data: { folder, whose: choice.whose, spec: choice.spec, period: choice.period },
    });
  }

  async function receiveAction(open: OpenPanel, message: unknown): Promise<void> {
    const { costActionSchema } = await import('../../protocol/panelActions.ts');
    const parsed = costActionSchema.safeParse(message);
    if (!parsed.success) {
      onProblem('The cost panel sent a message that is none of its actions; it was dropped.');
      return;
    }
    const action = parsed.data;
    switch (action.kind) {
      case 'ready':
        return engine.openCostFeed(open.folder, open.choice, open.feed);
      case 'acknowledge':
        return engine.acknowledgeFeed(open.feed, action.seq);
      case 'chooseCosts':
        open.choice = action.choice;
        return engine.openCostFeed(open.folder, open.choice, open.feed);
      case 'openConfiguration':
        return commands.executeCommand('speckitAuto.openConfiguration');
    }
  }

  return {
    show(folder, choice, title) {
      const known = panels.get(folder);
      if (known === undefined) {
        const options = { enableScripts: true, localResourceRoots: [media] };
        adopt(window.createWebviewPanel(COST_PANEL_TYPE, title, ViewColumn.Active, options), folder, choice);
        return;
      }
      known.panel.reveal();
      known.choice = choice;
      draw(known);
    },
    async restore(panel, state) {
      const { costChoiceSchema } = await import('../../protocol/panelActions.ts');
      const about = state === null || typeof state !== 'object' ? {} : (state as Readonly<Record<string, unknown>>);
      const { folder, whose, spec, period } = about;
      const choice = costChoiceSchema.safeParse({ whose, spec, period });
      if (typeof folder !== 'string' || !choice.success || panels.has(folder)) panel.dispose();
      else adopt(panel, folder, choice.data);
    },
    receive(feed, message) {
      for (const open of panels.values()) if (open.feed === feed) void open.panel.webview.postMessage(message);
    },
    reconnect() {
      for (const { folder, choice, feed } of panels.values()) heard(engine.openCostFeed(folder, choice, feed));
    },
  };
}
