import { memo, useId, useState, type ReactNode } from 'react';
import { Button } from '../parts/Button.tsx';
import { TextBox } from '../parts/TextBox.tsx';
import { useCell, useHead, usePanel } from '../panel.ts';
import { capital } from '../words.ts';
import { usePending } from './usePending.ts';

/** The choice that opens the text box; an option of a question is never empty. */
const OWN_WORDS = '';

/**
 * One open question: its options, or words of one's own. Radio buttons are the browser's: the kit's are check boxes to a screen reader, and two stops
 * each for the Tab key.
 */
export const QuestionForm = memo(function QuestionForm({ name }: { readonly name: string }): ReactNode {
  const { bridge } = usePanel();
  const question = useCell('question', name);
  const isFollowed = useHead((head) => head.owner) === 'elsewhere';
  const [chosen, choose] = useState<string>();
  const [words, setWords] = useState('');
  const [isPending, begin] = usePending();
  const group = useId();
  if (question === undefined || question.answer !== null) return null;
  const takesWords = question.options.length === 0 || chosen === OWN_WORDS;
  const answer = (takesWords ? words.trim() : chosen) ?? '';
  return (
    <fieldset className="need question" disabled={isFollowed}>
      <legend dir="auto">
        <span className="quiet">
          {question.id}, {capital(question.stage)}:
        </span>{' '}
        {question.text}
      </legend>
      {question.options.length === 0
        ? null
        : [...new Set(question.options), OWN_WORDS].map((option) => (
            <label key={option} className="option">
              <input type="radio" name={group} checked={chosen === option} onChange={() => choose(option)} />
              <span dir="auto">{option === OWN_WORDS ? 'Something else' : option}</span>
            </label>
          ))}
      {takesWords ? (
        <TextBox
          label={`Answer to ${question.id}`}
          placeholder="Your answer"
          value={words}
          onChange={setWords}
          isDisabled={isFollowed}
        />
      ) : null}
      <div className="actions">
        <Button
          isPrimary
          isDisabled={isFollowed || isPending || answer === ''}
          onPress={() => {
            begin();
            bridge.post({ kind: 'answer', question: question.id, answer });
          }}
        >
          Answer
        </Button>
      </div>
    </fieldset>
  );
});
