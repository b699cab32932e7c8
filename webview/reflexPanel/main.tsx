import './reflexPanel.css';
import { start } from '../start.tsx';
import { ReflexPanel } from './ReflexPanel.tsx';

start(<ReflexPanel />);
