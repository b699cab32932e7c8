import { setTimeout as wait } from 'node:timers/promises';

/** Work of which only the newest counts when it comes faster than it is done. */
export interface NewestOnly<Item> {
  /** Done at once when nothing is under way; otherwise the newest `most` of those that came meanwhile are, after a rest. */
  add(items: readonly Item[]): void;
}

/** Does the work in the order of the items, one at a time, at most `most` of them in each `restMs` milliseconds. A failure is told and the next begins. */
export function newestOnly<Item>(
  { most, restMs }: { readonly most: number; readonly restMs: number },
  work: (item: Item) => Promise<void>,
  told: { readonly onProblem: (error: unknown) => void; readonly signal: AbortSignal },
): NewestOnly<Item> {
  let waiting: Item[] = [];
  let isAtWork = false;

  async function workOff(): Promise<void> {
    while (waiting.length > 0 && !told.signal.aborted) {
      const taken = waiting;
      waiting = [];
      for (const item of taken) await work(item).catch(told.onProblem);
      await wait(restMs, undefined, { signal: told.signal }).catch(() => undefined);
    }
    isAtWork = false;
  }

  return {
    add: (items) => {
      waiting = [...waiting, ...items].slice(-most);
      if (isAtWork || waiting.length === 0) return;
      isAtWork = true;
      void workOff();
    },
  };
}
