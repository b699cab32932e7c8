import { memo, useId, useState, type ReactNode } from 'react';
import type { QuestionCell } from '../../src/protocol/runPanel.ts';
import { Button } from '../parts/Button.tsx';
import { TextBox } from '../parts/TextBox.tsx';
import { useCell, useHead, usePanel } from '../panel.ts';
import { capital, citedText } from '../words.ts';
import { usePending } from './usePending.ts';

/**
 * One open question: its choices, which are all there are, or words of one's own with the answer that was suggested. Radio buttons and the check box
 * are the browser's: the kit's radio buttons are check boxes to a screen reader, and two stops each for the Tab key.
 */
export const QuestionForm = memo(function QuestionForm({ name }: { readonly name: string }): ReactNode {
  const { bridge } = usePanel();
  const question = useCell('question', name);
  const isFollowed = useHead((head) => head.owner) === 'elsewhere';
  const [chosen, choose] = useState<string>();
  const [words, setWords] = useState('');
  const [isIntoSpec, setIntoSpec] = useState(false);
  const [isPending, begin] = usePending();
  const group = useId();
  if (question === undefined || question.answer !== null) return null;
  const takesWords = question.options.length === 0;
  const answer = (takesWords ? words.trim() : chosen) ?? '';
  const send = (text: string): void => {
    begin();
    bridge.post({ kind: 'answer', question: question.id, answer: text, ...(isIntoSpec ? { intoSpec: true } : {}) });
  };
  return (
    <fieldset className="need question" disabled={isFollowed}>
      <legend dir="auto">
        <span className="quiet">
          {question.id}, {capital(question.stage)}
          {question.facts === undefined ? '' : `, ${question.facts.magnitude}`}:
        </span>{' '}
        {question.text}
      </legend>
      {[...new Set(question.options)].map((option) => (
        <label key={option} className="option">
          <input type="radio" name={group} checked={chosen === option} onChange={() => choose(option)} />
          <span dir="auto">{option}</span>
        </label>
      ))}
      <Suggestion question={question} isDisabled={isFollowed || isPending} onAccept={send} />
      {takesWords ? (
        <TextBox
          label={`Answer to ${question.id}`}
          placeholder="Your answer"
          value={words}
          onChange={setWords}
          isDisabled={isFollowed}
        />
      ) : null}
      {question.facts === undefined ? null : (
        <label className="option">
          <input type="checkbox" checked={isIntoSpec} onChange={() => setIntoSpec(!isIntoSpec)} />
          <span>Write the answer into spec.md too; what was made of it is done anew</span>
        </label>
      )}
      <div className="actions">
        <Button isPrimary isDisabled={isFollowed || isPending || answer === ''} onPress={() => send(answer)}>
          Answer
        </Button>
      </div>
    </fieldset>
  );
});

interface SuggestionProps {
  readonly question: QuestionCell;
  readonly isDisabled: boolean;
  readonly onAccept: (suggestion: string) => void;
}

/** The answer that was suggested, what it cites and why it is asked all the same; taken by one press. */
function Suggestion({ question: { facts }, isDisabled, onAccept }: SuggestionProps): ReactNode {
  if (facts === undefined) return null;
  const { suggestion, citation, why } = facts;
  return (
    <>
      {suggestion === null ? null : (
        <div className="suggestion">
          <p dir="auto">Suggested: {suggestion}</p>
          {citation === null ? null : (
            <p className="quiet" dir="auto">
              {citedText(citation)}
            </p>
          )}
          <Button isDisabled={isDisabled} onPress={() => onAccept(suggestion)}>
            Accept Suggestion
          </Button>
        </div>
      )}
      {why === '' ? null : (
        <p className="quiet" dir="auto">
          {why}
        </p>
      )}
    </>
  );
}
