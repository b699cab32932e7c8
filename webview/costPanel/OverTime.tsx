import { memo, type ReactNode } from 'react';
import type { Cell } from '../../src/protocol/runPanel.ts';
import { useCell } from '../panel.ts';
import { counted, dollars, tokensText } from '../words.ts';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';
import { partText } from './words.ts';

type Time = Cell<'costTime'>;

const HIGH = 100;
/** Units of the drawing for one part of the time, and how wide its column is. */
const STEP = 10;
const COLUMN = 7;
/** Parts that there is room for at least: a few columns are not drawn as walls. */
const LEAST_PARTS = 14;

/** What was spent in each hour, day or month. */
export const OverTime = memo(function OverTime(): ReactNode {
  const time = useCell('costTime');
  if (time === undefined) return null;
  const { unit, bars, left } = time;
  const busy = bars.filter(({ calls }) => calls > 0);
  return (
    <Part id="over-time" title="Over time" about={`By ${unit}, in UTC.`} picture={<Columns time={time} />}>
      <Table
        caption={`Costs by ${unit}`}
        columns={[
          { title: unit.slice(0, 1).toUpperCase() + unit.slice(1) },
          { title: 'Spent', isFigure: true },
          { title: 'Calls', isFigure: true },
          { title: 'Tokens paid', isFigure: true },
          { title: 'Other tokens', isFigure: true },
        ]}
        rows={busy.toReversed().map(({ at, calls, spent, cloudTokens, otherTokens }) => ({
          key: at,
          cells: [
            unit === 'day' ? at : partText(at, unit),
            // What cost nothing by its nature is told by its tokens.
            spent === 0 && cloudTokens === 0 ? 'nothing' : dollars(spent),
            calls,
            tokensText(cloudTokens),
            tokensText(otherTokens),
          ],
        }))}
        rest={[
          busy.length < bars.length ? `No call in the other ${counted(bars.length - busy.length, unit)}.` : '',
          left === 0 ? '' : `${counted(left, `earlier ${unit}`)} not shown.`,
        ]
          .filter((text) => text !== '')
          .join(' ')}
      />
    </Part>
  );
});

function Columns({ time: { unit, bars } }: { readonly time: Time }): ReactNode {
  const most = Math.max(...bars.map(({ spent }) => spent));
  const dearest = bars.find(({ spent }) => spent === most);
  const [first, last] = [bars[0], bars.at(-1)];
  const parts = Math.max(LEAST_PARTS, bars.length);
  if (first === undefined || last === undefined || dearest === undefined) return null;
  const label =
    most === 0
      ? `Nothing was paid from ${first.at} to ${last.at}.`
      : `Spent by ${unit} from ${first.at} to ${last.at}; most was ${dollars(most)}, at ${dearest.at}.`;
  return (
    <figure className="picture" role="img" aria-label={label}>
      <div className="axis quiet figures">{dollars(most)}</div>
      <svg className="columns" viewBox={`0 0 ${parts * STEP} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
        {bars.map(({ at, spent, calls }, index) => {
          const high = most === 0 ? 0 : (spent / most) * HIGH;
          const shown = spent === 0 ? (calls === 0 ? 0 : 1) : Math.max(2, high);
          return (
            <rect
              key={at}
              className={spent === 0 ? 'piece pale' : 'piece solid'}
              x={index * STEP + (STEP - COLUMN) / 2}
              width={COLUMN}
              y={HIGH - shown}
              height={shown}
            >
              <title>{`${at}: ${dollars(spent)}`}</title>
            </rect>
          );
        })}
        <line className="ground" x1={0} x2={parts * STEP} y1={HIGH} y2={HIGH} vectorEffect="non-scaling-stroke" />
      </svg>
      <div className="ends quiet figures" style={{ minWidth: `${(bars.length / parts) * 100}%` }}>
        <span>{partText(first.at, unit)}</span>
        {bars.length === 1 ? null : <span>{partText(last.at, unit)}</span>}
      </div>
    </figure>
  );
}
