import { memo, type ReactNode } from 'react';
import { useCell } from '../panel.ts';
import { counted, dollars, tokensText } from '../words.ts';
import { Bars } from '../parts/Bars.tsx';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';
import { priceText } from './words.ts';

interface GroupsProps {
  readonly by: 'stage' | 'model' | 'role' | 'spec';
}

/** Bars that are drawn: the dearest. The table has more. */
const MOST_BARS = 8;

/** What was spent by stage, model, role or spec. */
export const Groups = memo(function Groups({ by }: GroupsProps): ReactNode {
  const groups = useCell('costGroups', `costGroups/${by}`);
  if (groups === undefined || groups.rows.length === 0) return null;
  const { rows, rest } = groups;
  // A spec alone is what the whole panel is of.
  if (by === 'spec' && rows.length === 1) return null;
  const paid = rows.filter(({ spent }) => spent > 0).slice(0, MOST_BARS);
  const picture = (
    <Bars
      label={`Spent by ${by}: ${paid.map(({ name, spent }) => `${name} ${dollars(spent)}`).join(', ')}.`}
      bars={paid.map(({ name, spent }) => ({ key: name, name, pieces: [{ look: 'solid', amount: spent }] }))}
    />
  );
  return (
    <Part id={`by-${by}`} title={`By ${by}`} {...(paid.length === 0 ? {} : { picture })}>
      <Table
        caption={`Costs by ${by}`}
        columns={[
          { title: by.slice(0, 1).toUpperCase() + by.slice(1) },
          { title: 'Spent', isFigure: true },
          { title: 'Calls', isFigure: true },
          { title: 'Tokens in', isFigure: true },
          { title: 'Cached', isFigure: true },
          { title: 'Tokens out', isFigure: true },
        ]}
        rows={rows.map((row) => ({
          key: row.name,
          cells: [
            row.name,
            row.held === 0 ? priceText(row) : `${priceText(row)} + ${dollars(row.held)} held`,
            row.calls,
            tokensText(row.inputTokens),
            tokensText(row.cachedTokens),
            tokensText(row.outputTokens),
          ],
        }))}
        rest={
          rest === null ? undefined : `and ${rest.groups} more: ${priceText(rest)} in ${counted(rest.calls, 'call')}`
        }
      />
    </Part>
  );
});
