import { memo, type ReactNode } from 'react';
import { STAGE_NAMES, type RunHead } from '../../src/protocol/runPanel.ts';
import { Clock } from '../parts/Clock.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useCell, useHead } from '../panel.ts';
import { capital, dollars, STAGE_LOOKS } from '../words.ts';

type Stage = RunHead['stage'];

interface StageRailProps {
  readonly selected: Stage | undefined;
  readonly onSelect: (stage: Stage) => void;
}

/** The seven stages in their order; choosing one shows it. */
export const StageRail = memo(function StageRail({ selected, onSelect }: StageRailProps): ReactNode {
  const present = useHead((head) => head.stage);
  return (
    <nav className="rail" aria-label="Stages">
      <ol>
        {STAGE_NAMES.map((stage) => (
          <li key={stage}>
            <StageRow
              stage={stage}
              isShown={stage === (selected ?? present)}
              isPresent={stage === present}
              onSelect={onSelect}
            />
          </li>
        ))}
      </ol>
    </nav>
  );
});

interface StageRowProps {
  readonly stage: Stage;
  readonly isShown: boolean;
  readonly isPresent: boolean;
  readonly onSelect: (stage: Stage) => void;
}

const StageRow = memo(function StageRow({ stage, isShown, isPresent, onSelect }: StageRowProps): ReactNode {
  const cell = useCell('stage', `stage/${stage}`);
  const look = STAGE_LOOKS[cell?.state ?? 'waiting'];
  const isUnusual = look.tone === 'warn' || look.tone === 'bad';
  return (
    <button
      type="button"
      className="stageRow"
      aria-pressed={isShown}
      aria-current={isPresent ? 'step' : undefined}
      onClick={() => onSelect(stage)}
    >
      <span className={`state ${look.tone}`}>
        <Icon name={look.icon} />
      </span>
      <span className="name">
        {capital(stage)}
        <span className={isUnusual ? `word ${look.tone}` : 'forReaders'}> {look.word}</span>
      </span>
      <span className="figures quiet">
        {cell === undefined || cell.startedAt === null || (cell.endedAt === null && cell.state !== 'running') ? null : (
          <Clock since={cell.startedAt} until={cell.endedAt} />
        )}
        {cell === undefined || cell.microdollars === 0 ? null : <span> {dollars(cell.microdollars)}</span>}
      </span>
      {cell === undefined || (cell.text === '' && cell.workers.length === 0) ? null : (
        <span className="what quiet" dir="auto">
          {[cell.workers.join(', '), cell.text].filter((text) => text !== '').join(': ')}
        </span>
      )}
    </button>
  );
});
