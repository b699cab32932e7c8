import { feedMessageSchema, type FeedMessage } from './feed.ts';
import { cellSchemas, kindOfCell, MOST_CELLS, type Cell, type CellKind } from './runPanel.ts';

/*
 * The receiving end of a feed: keeps the cells of one panel. What arrives is text of models and repositories that came through a process boundary, so
 * each message and each cell is checked again, and what does not fit is dropped and counted: one bad cell never takes the panel down.
 */

/** What became of a message. `drawn`: acknowledge `seq` once it has been drawn. `gap`: ask for everything again (`ready`). `ignored`: do nothing. */
export type Receipt =
  | { readonly kind: 'drawn'; readonly seq: number }
  | { readonly kind: 'gap'; readonly expected: number; readonly got: number }
  | { readonly kind: 'ignored'; readonly why: 'notAMessage' | 'old' | 'waitingForFirst' };

export interface CellStore {
  /** Never throws. */
  receive(message: unknown): Receipt;
  /** The value of one cell, or undefined. The same object until the cell changes, so that a drawing can be kept. */
  cell<Kind extends CellKind>(kind: Kind, key?: string): Cell<Kind> | undefined;
  /** Keys of a kind, oldest first, at most MOST_CELLS; the same array until one comes or goes. */
  keys(kind: CellKind): readonly string[];
  /**
   * Calls `listener` after each message that changed what `name` names: a cell's key; `keys:<kind>`, which cells of a kind there are; `all:<kind>`, any
   * cell of a kind; `dropped`. The answer ends it.
   */
  subscribe(name: string, listener: () => void): () => void;
  /** Changes that did not fit and were left out. */
  dropped(): number;
}

/** Characters kept of a text that grows by appends; its beginning is cut away. The cap of `stream.text`. */
const MOST_TEXT = 40_000;
/** Kinds without a cap of their own have few cells by their nature (seven stages): this bounds a sender that does not know that. */
const MOST_OF_ANY_KIND = 100;
/** Changes of one message that are looked at, where the message as a whole did not fit. */
const MOST_CHANGES = 60;

type Change = FeedMessage['changes'][number];

interface State {
  readonly cells: Map<string, unknown>;
  /** What stood before `first` emptied the panel: a cell that comes again unchanged keeps its identity and is not drawn anew. */
  before: ReadonlyMap<string, unknown>;
  readonly keys: Map<CellKind, readonly string[]>;
  readonly changed: Set<string>;
  dropped: number;
}

export function createCellStore(): CellStore {
  const state: State = { cells: new Map(), before: new Map(), keys: new Map(), changed: new Set(), dropped: 0 };
  const listeners = new Map<string, Set<() => void>>();
  let last: number | undefined;
  let isWaiting = false;
  const receive = (input: unknown): Receipt => {
    const message = parseMessage(input, state);
    if (message === undefined) {
      tell(state, listeners);
      return { kind: 'ignored', why: 'notAMessage' };
    }
    if (message.kind === 'first') {
      begin(state);
      isWaiting = false;
    } else if (last === undefined || isWaiting) return { kind: 'ignored', why: 'waitingForFirst' };
    else if (message.seq <= last) return { kind: 'ignored', why: 'old' };
    else if (message.seq !== last + 1) {
      isWaiting = true;
      return { kind: 'gap', expected: last + 1, got: message.seq };
    }
    last = message.seq;
    for (const change of message.changes) if (!apply(state, change)) drop(state, 1);
    tell(state, listeners);
    return { kind: 'drawn', seq: message.seq };
  };
  return {
    receive,
    // The schema of the kind was applied before the value was kept.
    cell: (kind, key = kind) => (kindOfCell(key) === kind ? (state.cells.get(key) as Cell<typeof kind>) : undefined),
    keys: (kind) => state.keys.get(kind) ?? NONE,
    subscribe: (name, listener) => {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => void set.delete(listener);
    },
    dropped: () => state.dropped,
  };
}

const NONE: readonly string[] = [];

/** A message, or what is sound of it: a change that does not fit must not take its neighbours along, nor tear a gap that restarts for ever. */
function parseMessage(input: unknown, state: State): FeedMessage | undefined {
  const whole = feedMessageSchema.safeParse(input);
  if (whole.success) return whole.data;
  const envelope = feedMessageSchema.safeParse(typeof input === 'object' ? { ...input, changes: [] } : undefined);
  const given = typeof input === 'object' && input !== null && 'changes' in input ? input.changes : undefined;
  if (!envelope.success || !Array.isArray(given)) {
    drop(state, 1);
    return undefined;
  }
  const changes = given.slice(0, MOST_CHANGES).flatMap((change: unknown) => {
    const parsed = feedMessageSchema.safeParse({ ...envelope.data, changes: [change] });
    return parsed.success ? parsed.data.changes : [];
  });
  drop(state, given.length - changes.length);
  return { ...envelope.data, changes };
}

function drop(state: State, count: number): void {
  if (count === 0) return;
  state.dropped += count;
  state.changed.add('dropped');
}

function mark(state: State, kind: CellKind, key: string): void {
  state.changed.add(key);
  state.changed.add(`all:${kind}`);
}

function begin(state: State): void {
  state.before = new Map(state.cells);
  for (const [kind, keys] of state.keys) {
    for (const key of keys) mark(state, kind, key);
    state.changed.add(`keys:${kind}`);
  }
  state.cells.clear();
  state.keys.clear();
}

/** Whether the change fitted. */
function apply(state: State, change: Change): boolean {
  const kind = kindOfCell(change.key);
  if (kind === undefined) return false;
  switch (change.kind) {
    case 'set':
      return keep(state, kind, change.key, change.value);
    case 'append': {
      const cell = state.cells.get(change.key);
      if (typeof cell !== 'object' || cell === null || !('text' in cell) || typeof cell.text !== 'string') return false;
      return keep(state, kind, change.key, { ...cell, text: lastOf(cell.text + change.text) });
    }
    case 'remove':
      if (state.cells.delete(change.key)) {
        mark(state, kind, change.key);
        setKeys(
          state,
          kind,
          (state.keys.get(kind) ?? NONE).filter((key) => key !== change.key),
        );
      }
      return true;
  }
}

/** The end of a text, not beginning with half a character. */
function lastOf(text: string): string {
  if (text.length <= MOST_TEXT) return text;
  return text.slice(-MOST_TEXT).replace(/^[\uDC00-\uDFFF]/, '');
}

function keep(state: State, kind: CellKind, key: string, value: unknown): boolean {
  const parsed = cellSchemas[kind].safeParse(value);
  if (!parsed.success) return false;
  const isNew = !state.cells.has(key);
  const old = isNew ? state.before.get(key) : state.cells.get(key);
  const isSame = old !== undefined && JSON.stringify(old) === JSON.stringify(parsed.data);
  state.cells.set(key, isSame ? old : parsed.data);
  if (!isSame || isNew) mark(state, kind, key);
  if (isNew) setKeys(state, kind, [...(state.keys.get(kind) ?? NONE), key]);
  return true;
}

/** Keeps the keys of a kind within its cap: the oldest go first. */
function setKeys(state: State, kind: CellKind, keys: readonly string[]): void {
  const most = MOST_CELLS[kind] ?? MOST_OF_ANY_KIND;
  for (const key of keys.slice(0, Math.max(0, keys.length - most))) {
    state.cells.delete(key);
    mark(state, kind, key);
  }
  state.keys.set(kind, keys.slice(-most));
  state.changed.add(`keys:${kind}`);
}

function tell(state: State, listeners: ReadonlyMap<string, ReadonlySet<() => void>>): void {
  const changed = [...state.changed];
  state.changed.clear();
  for (const name of changed) for (const listener of listeners.get(name) ?? []) listener();
}
