import type { CellStore } from '../src/protocol/cellStore.ts';
import type { CostAction, PanelAction, ReflexAction } from '../src/protocol/panelActions.ts';

/*
 * The one place that speaks with the host: posts what a person did, receives the feed, and keeps in the page's state what the panel's serializer needs
 * after a reload, and which folds are open.
 */

interface VsCodeApi {
  readonly postMessage: (message: unknown) => void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  /** Given by the host to each webview, once. */
  function acquireVsCodeApi(): VsCodeApi;
}

/** What a person can do in any of the panels: each host takes those of its own. */
export type Action = PanelAction | CostAction | ReflexAction;

export interface Bridge {
  post(action: Action): void;
  /** Keeps what the panel is about from now on, for the time after a reload. */
  keepAbout(about: Readonly<Record<string, string>>): void;
  /** Whether a fold was left open, or undefined where a person has not touched it. */
  fold(id: string): boolean | undefined;
  setFold(id: string, isOpen: boolean): void;
}

/** Folds remembered at most: the oldest go first. */
const MOST_FOLDS = 100;
/** How often the host is asked again for what has not come (milliseconds): a panel that is restored may be up before its host listens. */
const ASK_AGAIN_MS = 3_000;

/** Connects the page: `root` carries what it is about as data. Asks for the cells at once. */
export function connect(root: HTMLElement, store: CellStore): Bridge {
  const host = acquireVsCodeApi();
  const folds = new Map(foldsOf(host.getState()));
  const post: (action: Action) => void = host.postMessage;
  const keep = () => {
    host.setState({ ...Object.fromEntries(Object.entries(root.dataset)), folds: [...folds].slice(-MOST_FOLDS) });
  };
  keep();
  receiveFeed(store, post);
  return {
    post,
    keepAbout: (about) => {
      Object.assign(root.dataset, about);
      keep();
    },
    fold: (id) => folds.get(id),
    setFold: (id, isOpen) => {
      folds.delete(id);
      folds.set(id, isOpen);
      keep();
    },
  };
}

/** Messages in; `ready` and acknowledgements out. A message counts as drawn after the frame that shows it, and one frame acknowledges all before it. */
function receiveFeed(store: CellStore, post: (action: Action) => void): void {
  let drawn: number | undefined;
  let isAsked = false;
  const ask = () => {
    isAsked = true;
    post({ kind: 'ready' });
  };
  const acknowledge = () => {
    if (drawn !== undefined) post({ kind: 'acknowledge', seq: drawn });
    drawn = undefined;
  };
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const receipt = store.receive(event.data);
    switch (receipt.kind) {
      case 'drawn':
        isAsked = false;
        // The callback runs before the frame is painted, and the second one after it.
        if (drawn === undefined) requestAnimationFrame(() => requestAnimationFrame(acknowledge));
        drawn = receipt.seq;
        return;
      case 'gap':
        ask();
        return;
      case 'ignored':
        return;
    }
  });
  setInterval(() => {
    if (isAsked) ask();
  }, ASK_AGAIN_MS);
  ask();
}

function foldsOf(state: unknown): readonly (readonly [string, boolean])[] {
  if (typeof state !== 'object' || state === null || !('folds' in state) || !Array.isArray(state.folds)) return [];
  return state.folds.filter(
    (fold: unknown): fold is [string, boolean] =>
      Array.isArray(fold) && typeof fold[0] === 'string' && typeof fold[1] === 'boolean',
  );
}
