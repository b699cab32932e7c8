import { memo, type ReactNode } from 'react';
import type { Cell } from '../../src/protocol/runPanel.ts';
import { useCell } from '../panel.ts';
import { counted, dollars } from '../words.ts';
import { Line } from '../parts/Line.tsx';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';

type Model = Cell<'costDrift'>['models'][number];

/** What a call of each model came to over time: whether the same work gets dearer. */
export const Drift = memo(function Drift(): ReactNode {
  const drift = useCell('costDrift');
  if (drift === undefined || drift.models.length === 0) return null;
  const { unit, bars, models, left } = drift;
  return (
    <Part
      id="drift"
      title="Cost of a call"
      about={`The mean of each model’s settled calls, by ${unit}; each line is drawn against its own dearest ${unit}.`}
      picture={
        <figure
          className="picture"
          role="img"
          aria-label={`Mean cost of a call: ${models.map(({ model, first, last }) => `${model} from ${dollars(first)} to ${dollars(last)}`).join('; ')}.`}
        >
          {models.map((model) => (
            <div key={model.model} className="barRow">
              <span className="barName" dir="auto">
                {model.model}
              </span>
              <Line pieces={[pieceOf(model, bars)]} />
            </div>
          ))}
        </figure>
      }
    >
      <Table
        caption="Mean cost of a call by model"
        columns={[
          { title: 'Model' },
          { title: 'Calls', isFigure: true },
          { title: 'Mean', isFigure: true },
          { title: `First ${unit}`, isFigure: true },
          { title: `Last ${unit}`, isFigure: true },
          { title: 'Change', isFigure: true },
        ]}
        rows={models.map(({ model, calls, mean, first, last, points }) => ({
          key: model,
          cells: [model, calls, dollars(mean), dollars(first), dollars(last), changeText(first, last, points.length)],
        }))}
        rest={left === 0 ? undefined : `Not shown: ${counted(left, 'cheaper model')}.`}
      />
    </Part>
  );
});

function changeText(first: number, last: number, points: number): string {
  if (points < 2 || first === 0) return '–';
  const change = Math.round(((last - first) / first) * 100);
  return `${change > 0 ? '+' : ''}${change} %`;
}

/** A model's means, each in the middle of its part of the time. */
function pieceOf({ points }: Model, bars: number): readonly { readonly x: number; readonly y: number }[] {
  const most = Math.max(1, ...points.map(({ mean }) => mean));
  return points.map(({ bar, mean }) => ({ x: (bar + 0.5) / bars, y: mean / most }));
}
