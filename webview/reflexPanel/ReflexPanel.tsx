import type { ReactNode } from 'react';
import { LeftOut } from '../parts/LeftOut.tsx';
import { ReadProblem } from '../parts/ReadProblem.tsx';
import { useCell } from '../panel.ts';
import { Bakeoffs } from './Bakeoffs.tsx';
import { Figures } from './Figures.tsx';
import { History } from './History.tsx';
import { NextStep } from './NextStep.tsx';
import { ServerHeader } from './ServerHeader.tsx';
import { Thresholds } from './Thresholds.tsx';

/** The local server: how it is and what can be done first, then its figures over time, what it has to reach, and what its bake-offs found. */
export function ReflexPanel(): ReactNode {
  const now = useCell('reflexNow');
  return (
    <div className="panel reflex">
      <ReadProblem />
      {now === undefined ? (
        <p className="empty">Looking at the local server.</p>
      ) : (
        <>
          <ServerHeader />
          <main className="parts">
            <NextStep />
            <Figures />
            <History />
            <Thresholds />
            <Bakeoffs />
          </main>
        </>
      )}
      <LeftOut />
    </div>
  );
}
