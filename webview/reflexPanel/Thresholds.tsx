import { memo, type ReactNode } from 'react';
import type { ShownStanding } from '../../src/protocol/reflexPanel.ts';
import { Bars } from '../parts/Bars.tsx';
import { State } from '../parts/Icon.tsx';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';
import { useCell } from '../panel.ts';
import type { Look } from '../words.ts';

type Threshold = ShownStanding['thresholds'][number];

/** What a bake-off has to find, beside what the newest one about this server found. */
export const Thresholds = memo(function Thresholds(): ReactNode {
  const standing = useCell('reflexStanding');
  if (standing === undefined) return null;
  const { model, endpoint, thresholds, measuredAt } = standing;
  const drawn = thresholds.filter(({ amount }) => amount !== null);
  const about =
    measuredAt === null
      ? `No bake-off has measured ${model} at ${endpoint}.`
      : `Of ${model} at ${endpoint}, as the bake-off of ${measuredAt.slice(0, 16).replace('T', ' ')} (UTC) found it.`;
  const picture = (
    <Bars
      label={`Measured, and needed: ${drawn.map(({ name, measured, needed }) => `${name} ${measured}, needed ${needed}`).join('; ')}.`}
      bars={drawn.map(barOf)}
      legend={[
        ...(drawn.some(({ isMet }) => isMet !== false) ? [{ look: 'solid' as const, word: 'measured' }] : []),
        ...(drawn.some(({ isMet }) => isMet === false) ? [{ look: 'over' as const, word: 'measured, missed' }] : []),
        { look: 'needed', word: 'needed' },
      ]}
    />
  );
  return (
    <Part id="thresholds" title="What it has to reach" about={about} {...(drawn.length === 0 ? {} : { picture })}>
      <Table
        caption="Thresholds of [reflex] and what was measured"
        columns={[{ title: 'Threshold' }, { title: 'Needed' }, { title: 'Measured' }, { title: 'State' }]}
        rows={thresholds.map((threshold) => ({
          key: threshold.name,
          cells: [
            threshold.name,
            threshold.needed,
            threshold.measured,
            <State key="state" look={lookOf(threshold.isMet)} />,
          ],
        }))}
      />
    </Part>
  );
});

const barOf = ({ name, amount, isMet, limit }: Threshold) => ({
  key: name,
  name,
  pieces: [{ look: isMet === false ? ('over' as const) : ('solid' as const), amount: amount ?? 0 }],
  limit,
  // The line of what is needed stands inside the bar, not at its end.
  whole: Math.max(amount ?? 0, limit * 1.25),
});

function lookOf(isMet: boolean | null): Look {
  if (isMet === null) return { icon: 'question', word: 'unknown', tone: 'quiet' };
  return isMet ? { icon: 'check', word: 'reached', tone: 'good' } : { icon: 'error', word: 'missed', tone: 'bad' };
}
