import { memo, type ReactNode } from 'react';
import { FIGURES } from '../../src/protocol/reflexFigures.ts';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';
import { useCell } from '../panel.ts';
import { useLastReading } from './readings.ts';

/** Every figure as it is now, as in the status bar's tooltip; what is not known says so. */
export const Figures = memo(function Figures(): ReactNode {
  const now = useCell('reflexNow');
  const reading = useLastReading();
  if (now === undefined || now === null || reading === undefined) return null;
  return (
    <Part
      id="now"
      title="Now"
      picture={
        <ul className="plain serverFacts">
          {now.facts.map((fact, index) => (
            <li key={index} dir="auto">
              {fact}
            </li>
          ))}
        </ul>
      }
    >
      <Table
        caption="Figures of the last reading"
        columns={[{ title: 'Figure' }, { title: 'Now', isFigure: true }]}
        rows={FIGURES.map(({ name, text }) => ({ key: name, cells: [name, text(reading)] }))}
      />
    </Part>
  );
});
