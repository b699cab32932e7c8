import { randomBytes, randomUUID } from 'node:crypto';
import { ThemeIcon, Uri, ViewColumn, window, type WebviewPanel } from 'vscode';
import { isEqual } from '../base/isEqual.ts';
import type { FeedMessage } from '../protocol/feed.ts';
import type { FeedAction } from '../protocol/panelActions.ts';
import type { EngineRequests } from './engine/api.ts';
import { webviewPage } from './webviewPage.ts';

/*
 * Panels of which there is one for each workspace folder, drawn of a feed of the engine's. Each kind is a file of its own that is read with its first panel.
 */

/** `About` is what a panel shows of its folder; it is plain JSON. */
export interface FolderPanels<About> {
  /** Shows a folder's panel, because a person asked for it. */
  show(folder: string, about: About, title: string): void;
  /** Takes back a panel that was open before a reload. */
  restore(panel: WebviewPanel, state: unknown): Promise<void>;
  receive(feed: string, message: FeedMessage): void;
  /** Opens every panel's feed anew: the engine's thread was started again. */
  reconnect(): void;
}

export interface FolderPanelHooks {
  readonly extension: Uri;
  readonly engine: EngineRequests;
  onProblem(text: string): void;
}

export interface OpenFolderPanel<About> {
  readonly panel: WebviewPanel;
  readonly folder: string;
  readonly feed: string;
  about: About;
}

/** One kind of these panels. `Action` is what its page posts beside what every page posts about its feed. */
export interface FolderPanelKind<About, Action> {
  readonly type: string;
  /** A codicon. */
  readonly icon: string;
  /** The module of its page in dist/webview, whose style sheet has the same name. */
  readonly page: string;
  readonly title: string;
  /** What the page keeps for the time after a reload. */
  dataOf(about: About): Readonly<Record<string, string>>;
  /** What such a page has kept; undefined where that is nothing that can be shown. */
  aboutOf(state: Readonly<Record<string, unknown>>): Promise<About | undefined>;
  /** Opens the panel's feed; asked again, the feed begins anew. */
  openFeed(open: OpenFolderPanel<About>): Promise<void>;
  /** Checks what a page has posted; undefined where that is none of its actions. */
  readAction(message: unknown): Promise<Action | FeedAction | undefined>;
  act(open: OpenFolderPanel<About>, action: Action): PromiseLike<unknown>;
  /** The panel is there, or is gone. */
  onOpen?(open: OpenFolderPanel<About>): void;
  onClose?(open: OpenFolderPanel<About>): void;
}

export function createFolderPanels<About, Action extends { readonly kind: string }>(
  { extension, engine, onProblem }: FolderPanelHooks,
  kind: FolderPanelKind<About, Action>,
): FolderPanels<About> {
  const panels = new Map<string, OpenFolderPanel<About>>();
  const media = Uri.joinPath(extension, 'dist', 'webview');
  const options = { enableScripts: true, localResourceRoots: [media] };
  const heard = (promise: PromiseLike<unknown>): void => {
    promise.then(undefined, (error: unknown) => onProblem(error instanceof Error ? error.message : String(error)));
  };

  function adopt(panel: WebviewPanel, folder: string, about: About): void {
    const open: OpenFolderPanel<About> = { panel, folder, feed: randomUUID(), about };
    panels.set(folder, open);
    panel.iconPath = new ThemeIcon(kind.icon);
    panel.webview.options = options;
    panel.webview.onDidReceiveMessage((message: unknown) => heard(receive(open, message)));
    panel.onDidDispose(() => {
      panels.delete(folder);
      kind.onClose?.(open);
      heard(engine.closeFeed(open.feed));
    });
    kind.onOpen?.(open);
    draw(open);
  }

  async function receive(open: OpenFolderPanel<About>, message: unknown): Promise<unknown> {
    const action = await kind.readAction(message);
    if (action === undefined)
      return onProblem(`The panel "${kind.title}" sent a message that is none of its actions; it was dropped.`);
    if (!isAboutFeed(action)) return kind.act(open, action);
    return action.kind === 'ready' ? kind.openFeed(open) : engine.acknowledgeFeed(open.feed, action.seq);
  }

  /** A page that is drawn anew begins again from nothing and asks for its cells. */
  function draw({ panel, folder, about }: OpenFolderPanel<About>): void {
    const inMedia = (name: string): string => panel.webview.asWebviewUri(Uri.joinPath(media, name)).toString();
    panel.webview.html = webviewPage({
      title: kind.title,
      scriptUri: inMedia(`${kind.page}.js`),
      styleUris: ['parts.css', `${kind.page}.css`].map(inMedia),
      cspSource: panel.webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
      data: { folder, ...kind.dataOf(about) },
    });
  }

  return {
    show(folder, about, title) {
      const known = panels.get(folder);
      if (known === undefined) {
        adopt(window.createWebviewPanel(kind.type, title, ViewColumn.Active, options), folder, about);
        return;
      }
      known.panel.reveal();
      if (isEqual(known.about, about)) return;
      known.about = about;
      draw(known);
    },
    async restore(panel, state) {
      const kept = state === null || typeof state !== 'object' ? {} : (state as Readonly<Record<string, unknown>>);
      const { folder } = kept;
      const about = await kind.aboutOf(kept);
      if (typeof folder !== 'string' || about === undefined || panels.has(folder)) panel.dispose();
      else adopt(panel, folder, about);
    },
    receive(feed, message) {
      for (const open of panels.values()) if (open.feed === feed) void open.panel.webview.postMessage(message);
    },
    reconnect() {
      for (const open of panels.values()) heard(kind.openFeed(open));
    },
  };
}

const isAboutFeed = (action: { readonly kind: string }): action is FeedAction =>
  action.kind === 'ready' || action.kind === 'acknowledge';
