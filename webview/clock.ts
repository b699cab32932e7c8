import { useSyncExternalStore } from 'react';

/*
 * One tick a second for every clock of the page, and none while no clock is shown.
 */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let second = 0;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    second = Math.floor(Date.now() / 1000);
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds now, whole seconds; the component is drawn again each second. */
export function useNow(): number {
  useSyncExternalStore(subscribe, () => second);
  return Date.now();
}
