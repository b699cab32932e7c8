import { memo, type ReactNode } from 'react';
import { FIGURES } from '../../src/protocol/reflexFigures.ts';
import { Part } from '../parts/Part.tsx';
import { useCell } from '../panel.ts';
import { useReadings } from './readings.ts';

/** Every figure as it is now, as in the status bar's tooltip, and what else the server and its GPUs tell; what is not known says so. */
export const Figures = memo(function Figures(): ReactNode {
  const now = useCell('reflexNow');
  const reading = useReadings().at(-1)?.cell;
  if (now === undefined || now === null || reading === undefined) return null;
  return (
    <Part id="now" title="Now">
      <dl className="measured">
        {FIGURES.map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figures">{text(reading)}</dd>
          </div>
        ))}
      </dl>
      <ul className="plain">
        {now.facts.map((fact, index) => (
          <li key={index} dir="auto">
            {fact}
          </li>
        ))}
      </ul>
    </Part>
  );
});
