import { COST_STATES, type CostStateName } from './costStates.ts';
import { REFLEX_STATES, type ReflexStateName } from './reflexStates.ts';
import { NOW, type Cells } from './sampleRun.ts';
import { STATES, type StateName } from './states.ts';

/*
 * A host in the page: answers `ready` with the cells of the state named in the address (`#running/dark`), and writes down what the panel posts. It is
 * loaded before the panel's own bundle, which is the one that ships.
 */

/** What a test reaches from outside. */
interface FakeHost {
  readonly posted: unknown[];
  readonly kept: { value: unknown };
  seq: number;
  send(message: unknown): void;
  /** Sends changes as the next message. */
  change(...changes: readonly unknown[]): void;
  /** What a cell of the state holds at first. */
  valueOf(key: string): unknown;
  /** Moves the page's clock (milliseconds). */
  pass(milliseconds: number): void;
  /** Changes the colours of the page. */
  setTheme(name: string): Promise<void>;
}

declare global {
  interface Window {
    fakeHost: FakeHost;
  }
}

const CHANGES_PER_MESSAGE = 60;

const [state = 'running', theme = 'dark'] = location.hash.slice(1).split('/');
let now = NOW;
Date.now = () => now;
const sheet = document.createElement('link');
sheet.rel = 'stylesheet';
document.head.append(sheet);

let shown: { readonly name: string; readonly ready: Promise<void> } | undefined;

/** The editor's classes and variables of a theme; resolves when its colours are there. */
function setTheme(name: string): Promise<void> {
  if (shown?.name === name) return shown.ready;
  document.body.classList.remove('vscode-dark', 'vscode-light', 'vscode-high-contrast', 'vscode-high-contrast-light');
  document.body.classList.add(`vscode-${name}`);
  if (name === 'high-contrast-light') document.body.classList.add('vscode-high-contrast');
  const ready = new Promise<void>((resolve) => {
    sheet.addEventListener('load', () => resolve(), { once: true });
    sheet.href = `themes/${name}.css`;
  });
  shown = { name, ready };
  return ready;
}
void setTheme(theme);

const host: FakeHost = {
  posted: [],
  kept: { value: undefined },
  seq: 0,
  send: (message) => window.postMessage(message, '*'),
  change: (...changes) => {
    host.seq += 1;
    host.send({ kind: 'next', seq: host.seq, changes });
  },
  valueOf: (key) => cellsOfState().find(([name]) => name === key)?.[1],
  pass: (milliseconds) => {
    now += milliseconds;
  },
  setTheme,
};
window.fakeHost = host;

function cellsOfState(): Cells {
  const page = /\/(\w+)\.html$/.exec(location.pathname)?.[1];
  if (page === 'costPanel') return COST_STATES[state as CostStateName] ?? [];
  return (page === 'reflexPanel' ? REFLEX_STATES[state as ReflexStateName] : STATES[state as StateName]) ?? [];
}

function start(): void {
  const changes = cellsOfState().map(([key, value]) => ({ kind: 'set', key, value }));
  for (let from = 0; from === 0 || from < changes.length; from += CHANGES_PER_MESSAGE) {
    host.seq += 1;
    host.send({
      kind: from === 0 ? 'first' : 'next',
      seq: host.seq,
      changes: changes.slice(from, from + CHANGES_PER_MESSAGE),
    });
  }
}

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (action: { readonly kind: string }) => {
      host.posted.push(action);
      // What a reader of the gallery presses is shown where a developer looks.
      if (action.kind !== 'acknowledge') console.info('posted', JSON.stringify(action));
      if (action.kind === 'ready') start();
    },
    getState: () => host.kept.value,
    setState: (value: unknown) => {
      host.kept.value = value;
    },
  }),
});
