import { memo, type ReactNode } from 'react';
import type { RunHead } from '../../src/protocol/runPanel.ts';
import { useCells } from '../panel.ts';
import { settledText } from '../words.ts';

/** What was asked in a stage, and what the answer was. Open questions stand in the band above. */
export const AnsweredQuestions = memo(function AnsweredQuestions(props: {
  readonly stage: RunHead['stage'];
}): ReactNode {
  const answered = useCells('question').filter(({ cell }) => cell.stage === props.stage && cell.answer !== null);
  if (answered.length === 0) return null;
  return (
    <div className="card">
      <h3>Answered</h3>
      <dl>
        {answered.map(({ key, cell }) => (
          <div key={key} dir="auto">
            <dt>
              {cell.id} {cell.text}
            </dt>
            <dd>
              {cell.answer === '' ? 'Left open.' : cell.answer}
              {cell.settled === undefined ? null : <span className="quiet"> {settledText(cell)}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
});
