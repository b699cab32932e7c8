import { useState, type ReactNode } from 'react';
import type { RunHead } from '../../src/protocol/runPanel.ts';
import { LeftOut } from '../parts/LeftOut.tsx';
import { useHead } from '../panel.ts';
import { Announcer } from './Announcer.tsx';
import { EvidenceList } from './EvidenceList.tsx';
import { Guidance } from './Guidance.tsx';
import { NeedsYou } from './NeedsYou.tsx';
import { Notice } from './Notice.tsx';
import { RunHeader } from './RunHeader.tsx';
import { StageDetail } from './StageDetail.tsx';
import { StageRail } from './StageRail.tsx';
import { Timeline } from './Timeline.tsx';

/** The panel of one run: what needs a person first, then the stages and the one at work, then what folds away. */
export function RunPanel(): ReactNode {
  const isKnown = useHead(() => true) === true;
  return (
    <div className="panel">
      <Announcer />
      <Notice />
      {isKnown ? <KnownRun /> : <p className="empty">Waiting for the run’s log.</p>}
      <LeftOut />
    </div>
  );
}

type Stage = RunHead['stage'];

function KnownRun(): ReactNode {
  // Undefined: the stage at work is shown, whichever it is.
  const [selected, select] = useState<Stage>();
  return (
    <>
      <RunHeader />
      <NeedsYou />
      <div className="body">
        <StageRail selected={selected} onSelect={select} />
        <main className="detail">
          <StageDetail selected={selected} onFollow={() => select(undefined)} />
          <Guidance />
          <EvidenceList />
          <Timeline />
        </main>
      </div>
    </>
  );
}
