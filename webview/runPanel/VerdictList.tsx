import { memo, type ReactNode } from 'react';
import type { RunHead } from '../../src/protocol/runPanel.ts';
import { Fold } from '../parts/Fold.tsx';
import { useCells } from '../panel.ts';
import { counted } from '../words.ts';
import { VerdictCard } from './VerdictCard.tsx';

/** The verdicts of one stage's gate: the newest shown, those before it folded. */
export const VerdictList = memo(function VerdictList({ stage }: { readonly stage: RunHead['stage'] }): ReactNode {
  const keys = useCells('verdict')
    .filter(({ cell }) => cell.stage === stage)
    .map(({ key }) => key);
  const last = keys.at(-1);
  if (last === undefined) return null;
  const earlier = keys.slice(0, -1);
  return (
    <>
      <VerdictCard key={last} name={last} />
      {earlier.length === 0 ? null : (
        <Fold id={`verdicts/${stage}`} title={counted(earlier.length, 'earlier verdict')} level={3}>
          {() => earlier.toReversed().map((key) => <VerdictCard key={key} name={key} />)}
        </Fold>
      )}
    </>
  );
});
