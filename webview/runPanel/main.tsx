import './runPanel.css';
import { createRoot } from 'react-dom/client';
import { createCellStore } from '../../src/protocol/cellStore.ts';
import { connect } from '../bridge.ts';
import { PanelContext } from '../panel.ts';
import { RunPanel } from './RunPanel.tsx';

const root = document.querySelector<HTMLElement>('#root');
if (root === null) throw new Error('the page has no root');
const store = createCellStore();
const panel = { store, bridge: connect(root, store) };
createRoot(root).render(
  <PanelContext value={panel}>
    <RunPanel />
  </PanelContext>,
);
