import { memo, type ReactNode } from 'react';
import type { RunHead } from '../../src/protocol/runPanel.ts';
import { Button } from '../parts/Button.tsx';
import { Evidence } from '../parts/Evidence.tsx';
import { State } from '../parts/Icon.tsx';
import { useCell, useHead } from '../panel.ts';
import { capital, STAGE_LOOKS } from '../words.ts';
import { AttemptList } from './AttemptList.tsx';
import { CallList } from './CallList.tsx';
import { DocumentView } from './DocumentView.tsx';
import { NowLine } from './NowLine.tsx';
import { PlanSection } from './PlanSection.tsx';
import { ProposalCard } from './ProposalCard.tsx';
import { Routing } from './Routing.tsx';
import { StreamText } from './StreamText.tsx';
import { TaskGraph } from './TaskGraph.tsx';
import { VerdictList } from './VerdictList.tsx';
import { AnsweredQuestions } from './AnsweredQuestions.tsx';

type Stage = RunHead['stage'];

interface StageDetailProps {
  readonly selected: Stage | undefined;
  readonly onFollow: () => void;
}

/** The stage at work, or the one that was chosen: what it is doing, what it made, and what its gate decided. */
export const StageDetail = memo(function StageDetail({ selected, onFollow }: StageDetailProps): ReactNode {
  const present = useHead((head) => head.stage);
  const stage = selected ?? present;
  const cell = useCell('stage', `stage/${stage ?? 'specify'}`);
  if (stage === undefined) return null;
  return (
    <section className="stage" aria-labelledby="stageTitle">
      <div className="stageTitle">
        <h2 id="stageTitle">{capital(stage)}</h2>
        <State look={STAGE_LOOKS[cell?.state ?? 'waiting']} />
        {cell === undefined || cell.document === null ? null : <Evidence place={cell.document}>Open document</Evidence>}
        {selected === undefined || selected === present ? null : <Button onPress={onFollow}>Show Stage at Work</Button>}
      </div>
      {cell === undefined || cell.text === '' ? null : (
        <p className="quiet" dir="auto">
          {cell.text}
        </p>
      )}
      {stage === present ? <NowLine /> : null}
      <StageWork stage={stage} />
      {stage === present ? <StreamText /> : null}
      <CallList stage={stage} isPresent={stage === present} />
      <VerdictList stage={stage} />
      <AnsweredQuestions stage={stage} />
      {stage === present ? <Routing /> : null}
    </section>
  );
});

/** What a stage made, in the form that suits it. */
function StageWork({ stage }: { readonly stage: Stage }): ReactNode {
  const hasPlan = useCell('plan') !== undefined;
  switch (stage) {
    case 'plan':
      return hasPlan ? <PlanSection /> : <DocumentView name="plan" />;
    case 'tasks':
      return (
        <>
          <TaskGraph />
          <DocumentView name="tasks" isFolded />
        </>
      );
    case 'implement':
      return (
        <>
          <AttemptList />
          <TaskGraph />
        </>
      );
    case 'unlock':
      return (
        <>
          <ProposalCard />
          <DocumentView name="unlock" />
        </>
      );
    case 'specify':
    case 'validate':
    case 'audit':
      return <DocumentView name={stage} />;
  }
}
