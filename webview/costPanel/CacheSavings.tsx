import { memo, type ReactNode } from 'react';
import { useCell } from '../panel.ts';
import { dollars, tokensText } from '../words.ts';
import { Bars } from '../parts/Bars.tsx';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';
import { percentText } from './words.ts';

const WHY = { unpriced: 'unknown: it has no price', otherPrices: 'unknown: prices have changed since' } as const;

/** What the providers' caches have saved, where that is known. */
export const CacheSavings = memo(function CacheSavings(): ReactNode {
  const cache = useCell('costCache');
  if (cache === undefined) return null;
  if (cache.tokens === 0)
    return (
      <Part id="cache" title="Saved by caches">
        <p>No token came from a cache.</p>
      </Part>
    );
  const { full, paid, knownTokens, freeTokens, unknown, unknownTokens } = cache;
  const saved = full - paid;
  const named = total(unknown.map(({ tokens }) => tokens));
  const picture = (
    <Bars
      label={`Calls with cached tokens cost ${dollars(paid)}; without caches they would have cost ${dollars(full)}.`}
      bars={[
        { key: 'full', name: 'Without', pieces: [{ look: 'pale', amount: full }] },
        { key: 'paid', name: 'As paid', pieces: [{ look: 'solid', amount: paid }] },
      ]}
    />
  );
  return (
    <Part
      id="cache"
      title="Saved by caches"
      about="What cached input tokens would have cost at the full input price, less what they did. Of the calls alone that had some."
      {...(knownTokens === 0 ? {} : { picture })}
    >
      <Table
        caption="Tokens from caches and what they saved"
        columns={[{ title: 'Cached tokens' }, { title: 'Tokens', isFigure: true }, { title: 'Saved', isFigure: true }]}
        rows={[
          ...(knownTokens === 0
            ? []
            : [
                {
                  key: 'known',
                  cells: [
                    'paid by the token',
                    tokensText(knownTokens),
                    `${dollars(saved)} of ${dollars(full)} (${percentText(saved, full)})`,
                  ],
                },
              ]),
          ...(freeTokens === 0
            ? []
            : [{ key: 'free', cells: ['local, included or recorded', tokensText(freeTokens), 'nothing to save'] }]),
          ...unknown.map(({ model, tokens, why }) => ({
            key: `unknown ${model}`,
            cells: [model, tokensText(tokens), WHY[why]],
          })),
        ]}
        rest={
          named === unknownTokens ? undefined : `${tokensText(unknownTokens - named)} more of other models, unknown.`
        }
      />
    </Part>
  );
});

const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);
