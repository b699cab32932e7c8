import './runPanel.css';
import { start } from '../start.tsx';
import { RunPanel } from './RunPanel.tsx';

start(<RunPanel />);
