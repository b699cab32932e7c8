import * as z from 'zod/mini';
import { isEqual } from '../base/isEqual.ts';
import { kindOfCell, MOST_CELLS, type CellKey, type CellKind } from './runPanel.ts';

/*
 * Cells on their way to a panel: numbered messages of changes, acknowledged by the panel. Messages that nobody has drawn are never piled up: beyond
 * the window, changes wait and merge by key, so that a slow panel gets fewer messages and never a longer queue.
 */

/** Messages under way at most, and the shortest time between two (milliseconds). */
export const WINDOW = 4;
export const SHORTEST_MS = 50;
/** Cells of one message at most: a larger change goes in several. */
const CELLS_PER_MESSAGE = 60;
/** Cells of a kind that MOST_CELLS does not name: single cells, and one for each stage. */
const MOST_OTHERS = 20;

const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('set'), key: z.string().check(z.maxLength(400)), value: z.unknown() }),
  z.strictObject({
    kind: z.literal('append'),
    key: z.string().check(z.maxLength(400)),
    text: z.string().check(z.maxLength(40_000)),
  }),
  z.strictObject({ kind: z.literal('remove'), key: z.string().check(z.maxLength(400)) }),
]);
type Change = z.infer<typeof change>;

/** Host -> webview. `first` empties the panel before its changes: the beginning, or after a gap. Only `seq` one above the last is drawn. */
export const feedMessageSchema = z.strictObject({
  kind: z.enum(['first', 'next']),
  seq: z.number(),
  changes: z.array(change).check(z.maxLength(CELLS_PER_MESSAGE)),
});
export type FeedMessage = z.infer<typeof feedMessageSchema>;

/** The sending end of one panel. */
export interface Feed {
  /** A cell has this value now. The same value again is nothing. */
  set(key: CellKey, value: unknown): void;
  /** Text was added at the end of a cell's `text`. */
  append(key: CellKey, text: string): void;
  remove(key: CellKey): void;
  /** The panel asks for everything from the beginning. */
  restart(): void;
  acknowledge(seq: number): void;
  /** Sends what waits, if the window is open and it is time: called by the owner's timer. */
  flush(now: number): void;
}

/** Bytes of the values of one message, as JSON in UTF-8. A single cell that is larger goes alone. */
const BYTES_PER_MESSAGE = 256 * 1024;
/** Characters of a `text` that grows by appends: beyond them its beginning is cut away, at both ends alike. */
export const APPENDED_CHARACTERS = 40_000;

/** The cell after an append, as both ends compute it; undefined where the cell has no text to append to. */
export function appended(value: unknown, text: string): { readonly text: string } | undefined {
  if (typeof value !== 'object' || value === null || !('text' in value) || typeof value.text !== 'string')
    return undefined;
  return { ...value, text: lastOf(value.text + text) };
}

const lastOf = (text: string): string => text.slice(-APPENDED_CHARACTERS);

/** What a cell waits for: its value as it is when it is sent, its removal, or text at its end. */
type Waiting =
  | { readonly kind: 'set' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'append'; readonly text: string };

interface Sending {
  readonly values: Map<CellKey, unknown>;
  /** Keys of each kind, oldest first. */
  readonly kinds: Map<CellKind, Set<CellKey>>;
  /** In the order in which the changes began to wait, so that none waits for ever behind the others. */
  readonly waiting: Map<CellKey, Waiting>;
  /** Keys the panel has, once all messages under way are drawn: what it never got need not be removed. */
  readonly known: Set<CellKey>;
}

/**
 * A sending end that hands its messages to `send`. It holds the present value of each cell and at most one waiting change for each key, so that a panel
 * that never acknowledges costs no more memory than one that draws. Of each kind the newest MOST_CELLS are kept. Without timers: `flush` sends
 * at most one message, and the owner calls it again and again.
 */
export function createFeed(send: (message: FeedMessage) => void): Feed {
  const cells: Sending = { values: new Map(), kinds: new Map(), waiting: new Map(), known: new Set() };
  let seq = 0;
  let acknowledged = 0;
  let sentAt = Number.NEGATIVE_INFINITY;
  let isFirst = true;
  let isAsked = false;

  function restart(): void {
    cells.waiting.clear();
    cells.known.clear();
    for (const key of cells.values.keys()) cells.waiting.set(key, { kind: 'set' });
    // What is under way to a panel that begins anew is lost: nobody will acknowledge it.
    acknowledged = seq;
    isFirst = true;
    isAsked = true;
  }

  function flush(now: number): void {
    if (seq - acknowledged >= WINDOW || (cells.waiting.size === 0 && !isAsked)) return;
    // A clock that was put back does not silence the feed.
    if (now >= sentAt && now - sentAt < SHORTEST_MS) return;
    const changes = takeChanges(cells);
    seq += 1;
    sentAt = now;
    const kind = isFirst ? 'first' : 'next';
    isFirst = false;
    isAsked = false;
    send({ kind, seq, changes });
  }

  return {
    set: (key, value) => setCell(cells, key, value),
    append: (key, text) => appendToCell(cells, key, text),
    remove: (key) => removeCell(cells, key),
    restart,
    acknowledge: (upTo) => {
      if (upTo <= seq) acknowledged = Math.max(acknowledged, upTo);
    },
    flush,
  };
}

function setCell(cells: Sending, key: CellKey, value: unknown): void {
  const kind = kindOfCell(key);
  if (kind === undefined) throw new Error(`there is no cell ${key}`);
  if (cells.values.has(key) && isEqual(cells.values.get(key), value)) return;
  cells.values.set(key, value);
  cells.waiting.set(key, { kind: 'set' });
  const keys = cells.kinds.get(kind) ?? new Set();
  cells.kinds.set(kind, keys.add(key));
  const [oldest] = keys;
  if (oldest !== undefined && keys.size > (MOST_CELLS[kind] ?? MOST_OTHERS)) removeCell(cells, oldest);
}

function appendToCell(cells: Sending, key: CellKey, text: string): void {
  const value = appended(cells.values.get(key), text);
  if (value === undefined || text === '') return;
  cells.values.set(key, value);
  const waiting = cells.waiting.get(key) ?? { kind: 'append', text: '' };
  // A value that waits is sent as it is then: with this text.
  if (waiting.kind === 'append') cells.waiting.set(key, { kind: 'append', text: lastOf(waiting.text + text) });
}

function removeCell(cells: Sending, key: CellKey): void {
  if (!cells.values.delete(key)) return;
  const kind = kindOfCell(key);
  if (kind !== undefined) cells.kinds.get(kind)?.delete(key);
  if (cells.known.has(key)) cells.waiting.set(key, { kind: 'remove' });
  else cells.waiting.delete(key);
}

/** The changes of the next message, no longer waiting. */
function takeChanges(cells: Sending): Change[] {
  const changes: Change[] = [];
  let bytes = 0;
  for (const [key, waiting] of cells.waiting) {
    const change = changeOf(key, waiting, cells.values.get(key));
    bytes += utf8Bytes(JSON.stringify(change));
    if (changes.length > 0 && (bytes > BYTES_PER_MESSAGE || changes.length === CELLS_PER_MESSAGE)) break;
    changes.push(change);
    cells.waiting.delete(key);
    if (waiting.kind === 'remove') cells.known.delete(key);
    else cells.known.add(key);
  }
  return changes;
}

function changeOf(key: CellKey, waiting: Waiting, value: unknown): Change {
  switch (waiting.kind) {
    case 'set':
      return { kind: 'set', key, value };
    case 'append':
      return { kind: 'append', key, text: waiting.text };
    case 'remove':
      return { kind: 'remove', key };
  }
}

const encoder = new TextEncoder();
const utf8Bytes = (text: string): number => encoder.encode(text).length;
