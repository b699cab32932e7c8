import { type ReactNode } from 'react';
import { Stripes } from '../parts/Bars.tsx';
import { LeftOut } from '../parts/LeftOut.tsx';
import { ReadProblem } from '../parts/ReadProblem.tsx';
import { useCell } from '../panel.ts';
import { Billings } from './Billings.tsx';
import { Budgets } from './Budgets.tsx';
import { CacheSavings } from './CacheSavings.tsx';
import { Climbs } from './Climbs.tsx';
import { CostHeader } from './CostHeader.tsx';
import { Drift } from './Drift.tsx';
import { Groups } from './Groups.tsx';
import { NoSpending } from './NoSpending.tsx';
import { OverTime } from './OverTime.tsx';

/** What was spent: the sum and the limits first, then where it went, each as a picture with its table beside it. */
export function CostPanel(): ReactNode {
  const total = useCell('costTotal');
  return (
    <div className="panel costs">
      <Stripes />
      <ReadProblem />
      {total === undefined ? <p className="empty">Reading the ledger.</p> : <KnownCosts calls={total.calls} />}
      <LeftOut />
    </div>
  );
}

function KnownCosts({ calls }: { readonly calls: number }): ReactNode {
  return (
    <>
      <CostHeader />
      <main className="parts">
        <Budgets />
        {calls === 0 ? (
          <NoSpending />
        ) : (
          <>
            <Groups by="stage" />
            <Groups by="model" />
            <Groups by="role" />
            <Groups by="spec" />
            <OverTime />
            <Billings />
            <CacheSavings />
            <Drift />
          </>
        )}
        <Climbs />
      </main>
    </>
  );
}
