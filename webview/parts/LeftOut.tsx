import { useCallback, useSyncExternalStore, type ReactNode } from 'react';
import { usePanel } from '../panel.ts';
import { counted } from '../words.ts';

/** Says that changes could not be read, where there were some. */
export function LeftOut(): ReactNode {
  const { store } = usePanel();
  const subscribe = useCallback((listener: () => void) => store.subscribe('dropped', listener), [store]);
  const count = useSyncExternalStore(subscribe, () => store.dropped());
  if (count === 0) return null;
  return <p className="quiet leftOut">{counted(count, 'change')} could not be read and were left out of this view.</p>;
}
