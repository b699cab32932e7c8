import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { createCellStore } from '../src/protocol/cellStore.ts';
import { connect } from './bridge.ts';
import { PanelContext } from './panel.ts';

/** Draws a panel into its page and connects it with its host. Throws in a page that has no root. */
export function start(drawn: ReactNode): void {
  const root = document.querySelector<HTMLElement>('#root');
  if (root === null) throw new Error('the page has no root');
  const store = createCellStore();
  const panel = { store, bridge: connect(root, store) };
  createRoot(root).render(<PanelContext value={panel}>{drawn}</PanelContext>);
}
