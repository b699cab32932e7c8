import { memo, type ReactNode } from 'react';
import type { Cell } from '../../src/protocol/runPanel.ts';
import { Button } from '../parts/Button.tsx';
import { State } from '../parts/Icon.tsx';
import { useCell, usePanel } from '../panel.ts';
import { counted, dollars, type Look } from '../words.ts';
import { Bars, type Bar } from '../parts/Bars.tsx';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';
import { percentText } from './words.ts';

type Row = Cell<'costBudgets'>['rows'][number];

const TITLES: Readonly<Record<Row['scope'], string>> = { day: 'Day', month: 'Month', spec: 'Spec' };

/** What the limits of more than one run count, and how much of each is used. */
export const Budgets = memo(function Budgets(): ReactNode {
  const { bridge } = usePanel();
  const budgets = useCell('costBudgets');
  if (budgets === undefined) return null;
  const { rows, left } = budgets;
  const limited = rows.filter(({ limit }) => limit !== null);
  return (
    <Part
      id="budgets"
      title="Limits"
      about="Day and month are yours, over all repositories (UTC). A spec’s counts all its runs here."
      picture={
        <Bars
          label={`Used of each limit: ${limited.map((row) => `${nameOf(row)} ${usedText(row)}`).join(', ')}.`}
          bars={limited.map(barOf)}
          legend={[
            { look: 'solid', word: 'spent' },
            ...(limited.some(isOver) ? [{ look: 'over' as const, word: 'spent, at the limit' }] : []),
            { look: 'pale', word: 'reserved or in doubt' },
          ]}
        />
      }
    >
      <Table
        caption="Limits and what is used of them"
        columns={[
          { title: 'Limit of' },
          { title: 'Limit', isFigure: true },
          { title: 'Spent', isFigure: true },
          { title: 'Reserved', isFigure: true },
          { title: 'In doubt', isFigure: true },
          { title: 'Used', isFigure: true },
          { title: 'State' },
        ]}
        rows={rows.map((row) => ({
          key: `${row.scope} ${row.name}`,
          cells: [
            nameOf(row),
            row.limit === null ? 'none' : dollars(row.limit),
            dollars(row.spent),
            dollars(row.reserved),
            dollars(row.inDoubt),
            usedText(row),
            <State key="state" look={lookOf(row)} />,
          ],
        }))}
        rest={left === 0 ? undefined : `Not shown: ${counted(left, 'spec')} with less used.`}
      />
      <div className="actions">
        <Button onPress={() => bridge.post({ kind: 'openConfiguration' })}>Change Limits</Button>
      </div>
    </Part>
  );
});

const nameOf = ({ scope, name }: Row): string => `${TITLES[scope]} ${name}`;
const isOver = ({ alerts }: Row): boolean => alerts.includes(100);
const usedOf = ({ spent, reserved, inDoubt }: Row): number => spent + reserved + inDoubt;

function usedText(row: Row): string {
  if (row.limit === null) return '–';
  if (row.limit === 0) return usedOf(row) === 0 ? '0 %' : '> 100 %';
  return usedOf(row) > 9.99 * row.limit ? '> 999 %' : percentText(usedOf(row), row.limit);
}

function lookOf({ limit, alerts }: Row): Look {
  const reached = alerts.at(-1);
  if (limit === null) return { icon: 'circle-outline', word: 'no limit', tone: 'quiet' };
  if (reached === undefined) return { icon: 'check', word: 'within', tone: 'good' };
  if (reached >= 100) return { icon: 'error', word: 'limit reached', tone: 'bad' };
  return { icon: 'warning', word: `${reached} % reached`, tone: 'warn' };
}

/** Each bar against its own limit, which is its end unless more was spent. */
function barOf(row: Row): Bar {
  const limit = row.limit ?? 0;
  const used = usedOf(row);
  return {
    key: `${row.scope} ${row.name}`,
    name: nameOf(row),
    pieces: [
      { look: isOver(row) ? 'over' : 'solid', amount: row.spent },
      { look: 'pale', amount: row.reserved + row.inDoubt },
    ],
    whole: Math.max(limit, used),
    ...(used > limit ? { limit } : {}),
  };
}
