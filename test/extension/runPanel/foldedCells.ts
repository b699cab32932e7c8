import type { EventKind, Payload, RunEvent } from '../../../src/core/run/event.ts';
import { createRunCells, type RunCells } from '../../../src/extension/runPanel/cells.ts';
import type { RunFacts } from '../../../src/extension/runPanel/runFacts.ts';
import { appended, createFeed, feedMessageSchema, SHORTEST_MS } from '../../../src/protocol/feed.ts';

export const NOBODY: RunFacts = { owner: 'nobody', requested: null, stale: null, budget: 2_000_000, unpriced: [] };
export const HERE: RunFacts = { ...NOBODY, owner: 'here' };

/** A run's cells as a panel has them that draws every message at once. `settle` sends what waits. */
export interface FoldedCells {
  readonly run: RunCells;
  readonly shown: Map<string, unknown>;
  readonly sent: { messages: number; bytes: number; largest: number };
  readonly take: (event: RunEvent) => void;
  readonly settle: () => void;
}

/** Folds events as the engine does: facts first, each event, the texts it asks for, a tick and a flush. */
export function foldedCells(facts: RunFacts, texts: Readonly<Record<string, string>> = {}): FoldedCells {
  const shown = new Map<string, unknown>();
  const sent = { messages: 0, bytes: 0, largest: 0 };
  const feed = createFeed((message) => {
    feedMessageSchema.parse(message);
    const bytes = Buffer.byteLength(JSON.stringify(message));
    sent.messages += 1;
    sent.bytes += bytes;
    sent.largest = Math.max(sent.largest, bytes);
    for (const change of message.changes) {
      if (change.kind === 'set') shown.set(change.key, change.value);
      else if (change.kind === 'append') shown.set(change.key, appended(shown.get(change.key), change.text));
      else shown.delete(change.key);
    }
    feed.acknowledge(message.seq);
  });
  const run = createRunCells(feed, facts);
  let now = 0;
  const flush = (): void => {
    run.tick();
    feed.flush((now += SHORTEST_MS));
  };
  return {
    run,
    shown,
    sent,
    take: (event) => {
      for (const wanted of run.event(event)) {
        const text = texts[wanted.blob.sha256];
        if (text !== undefined) run.text(wanted, text);
      }
      flush();
    },
    settle: () => {
      for (let time = 0; time < 40; time += 1) flush();
    },
  };
}

let seq = 10_000;
/** An event as a log would hold it. */
export function event<Kind extends EventKind>(kind: Kind, payload: Payload<Kind>): RunEvent {
  seq += 1;
  const hash = '0'.repeat(64);
  return { seq, time: '2026-01-02T00:00:00.000Z', kind, payload, previous: hash, hash } as RunEvent;
}
