import { memo, type ReactNode } from 'react';
import { useCell } from '../panel.ts';
import { counted, capital, dollars, tokensText } from '../words.ts';
import { Bars, type Bar } from '../parts/Bars.tsx';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';
import { BILLING_WORDS, percentText } from './words.ts';

/** What was local, against what was paid by the token. */
export const Billings = memo(function Billings(): ReactNode {
  const billings = useCell('costBillings');
  if (billings === undefined) return null;
  const rows = billings.rows.filter(({ calls }) => calls > 0);
  const tokens = (row: (typeof rows)[number]): number => row.inputTokens + row.outputTokens;
  const all = { calls: total(rows.map(({ calls }) => calls)), tokens: total(rows.map(tokens)) };
  const bar = (name: string, amount: (row: (typeof rows)[number]) => number, whole: number): Bar => ({
    key: name,
    name,
    pieces: rows.map((row) => ({ look: row.billing, amount: amount(row) })),
    whole,
  });
  return (
    <Part
      id="billings"
      title="Local against cloud"
      picture={
        <Bars
          label={`Of ${counted(all.calls, 'call')}: ${rows.map((row) => `${BILLING_WORDS[row.billing]} ${row.calls}`).join(', ')}.`}
          bars={[bar('Calls', ({ calls }) => calls, all.calls), bar('Tokens', tokens, all.tokens)]}
          legend={rows.map(({ billing }) => ({ look: billing, word: BILLING_WORDS[billing] }))}
        />
      }
    >
      <Table
        caption="Calls by who pays for them"
        columns={[
          { title: 'Calls are' },
          { title: 'Calls', isFigure: true },
          { title: 'of all', isFigure: true },
          { title: 'Tokens', isFigure: true },
          { title: 'of those', isFigure: true },
          { title: 'Spent', isFigure: true },
        ]}
        rows={rows.map((row) => ({
          key: row.billing,
          cells: [
            capital(BILLING_WORDS[row.billing]),
            row.calls,
            percentText(row.calls, all.calls),
            tokensText(tokens(row)),
            percentText(tokens(row), all.tokens),
            row.billing === 'cloud' ? dollars(row.spent) : 'nothing',
          ],
        }))}
      />
    </Part>
  );
});

const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);
