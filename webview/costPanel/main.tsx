import './costPanel.css';
import { start } from '../start.tsx';
import { CostPanel } from './CostPanel.tsx';

start(<CostPanel />);
