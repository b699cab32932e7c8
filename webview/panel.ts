import { createContext, useCallback, useContext, useRef, useSyncExternalStore } from 'react';
import type { CellStore } from '../src/protocol/cellStore.ts';
import type { Cell, CellKind, RunHead } from '../src/protocol/runPanel.ts';
import type { Bridge } from './bridge.ts';

/** What every component of a panel may reach. It never changes, so that reading it draws nothing anew. */
export interface Panel {
  readonly store: CellStore;
  readonly bridge: Bridge;
}

export const PanelContext = createContext<Panel | undefined>(undefined);

export function usePanel(): Panel {
  const panel = useContext(PanelContext);
  if (panel === undefined) throw new Error('a component stands outside of its panel');
  return panel;
}

/** One cell; the component is drawn again only when this cell changes. */
export function useCell<Kind extends CellKind>(kind: Kind, key: string = kind): Cell<Kind> | undefined {
  const { store } = usePanel();
  const subscribe = useCallback((listener: () => void) => store.subscribe(key, listener), [store, key]);
  return useSyncExternalStore(subscribe, () => store.cell(kind, key));
}

/** Keys of a kind, oldest first; drawn again when a cell comes or goes, not when one changes. */
export function useKeys(kind: CellKind): readonly string[] {
  const { store } = usePanel();
  const subscribe = useCallback((listener: () => void) => store.subscribe(`keys:${kind}`, listener), [store, kind]);
  return useSyncExternalStore(subscribe, () => store.keys(kind));
}

/** One plain value of the head; drawn again only when this value changes, not with every token that the head counts. */
export function useHead<Value extends string | boolean | undefined>(
  select: (head: RunHead) => Value,
): Value | undefined {
  const { store } = usePanel();
  const subscribe = useCallback((listener: () => void) => store.subscribe('head', listener), [store]);
  return useSyncExternalStore(subscribe, () => {
    const head = store.cell('head');
    return head === undefined ? undefined : select(head);
  });
}

export interface Keyed<Kind extends CellKind> {
  readonly key: string;
  readonly cell: Cell<Kind>;
}

/** All cells of a kind; drawn again when any of them changes, so only for what is decided over all of them. */
export function useCells<Kind extends CellKind>(kind: Kind): readonly Keyed<Kind>[] {
  const { store } = usePanel();
  const last = useRef<readonly Keyed<Kind>[]>([]);
  const subscribe = useCallback((listener: () => void) => store.subscribe(`all:${kind}`, listener), [store, kind]);
  return useSyncExternalStore(subscribe, () => {
    const old = last.current;
    const keys = store.keys(kind);
    const cells = keys.flatMap((key, index) => {
      const cell = store.cell(kind, key);
      if (cell === undefined) return [];
      const before = old[index];
      return [before?.key === key && before.cell === cell ? before : { key, cell }];
    });
    if (cells.length !== old.length || cells.some((entry, index) => entry !== old[index])) last.current = cells;
    return last.current;
  });
}
