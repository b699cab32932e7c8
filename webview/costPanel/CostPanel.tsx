import { type ReactNode } from 'react';
import { Icon } from '../parts/Icon.tsx';
import { LeftOut } from '../parts/LeftOut.tsx';
import { useCell } from '../panel.ts';
import { Stripes } from './Bars.tsx';
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
  const notice = useCell('notice');
  return (
    <div className="panel costs">
      <Stripes />
      {notice === undefined || notice === null ? null : (
        <div className="notice" role="alert">
          <Icon name="warning" />
          <p dir="auto">{notice.text}</p>
        </div>
      )}
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
