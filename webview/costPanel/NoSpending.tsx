import type { ReactNode } from 'react';
import { useCell } from '../panel.ts';

/** What will be here once something has been spent, and how that comes about. */
export function NoSpending(): ReactNode {
  const total = useCell('costTotal');
  const isNarrowed = total !== undefined && (total.choice.period !== 'all' || total.choice.whose === 'spec');
  return (
    <section className="card part" aria-labelledby="nothing">
      <h2 id="nothing">Nothing spent yet</h2>
      <p>No model was called in this time, so there is nothing to add up.</p>
      {isNarrowed ? <p>Choose another time, or all repositories, to look further.</p> : null}
      <p>
        “SpecKit: Auto” starts a run. Each of its calls is entered here as it is made: first the most it can cost, and
        when it has ended what it came to. Then you see
      </p>
      <ul className="expected">
        <li>what each stage, model and role has spent, and over time,</li>
        <li>what ran locally, was included in a subscription or recorded, against what was paid by the token,</li>
        <li>what caches saved, and where a stronger worker had to be asked.</li>
      </ul>
    </section>
  );
}
