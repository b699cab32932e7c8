import type { RunEvent } from '../run/event.ts';
import type { QuestionFacts } from '../run/questionFacts.ts';
import type { Stage } from '../run/stage.ts';
import type { RunContext } from './context.ts';

/** A question as the log holds it, with its answer where a person has given one. */
export interface AskedQuestion {
  readonly id: string;
  readonly stage: Stage;
  readonly about: string;
  readonly text: string;
  readonly options: readonly string[];
  readonly facts?: QuestionFacts | undefined;
  readonly answer: string | undefined;
  /** It has lost its reason: nobody is asked any more. */
  readonly isWithdrawn: boolean;
}

/** All questions of a run in the order they were asked. */
export function questionsOf(events: readonly RunEvent[]): readonly AskedQuestion[] {
  const answers = new Map<string, string>();
  const withdrawn = new Set<string>();
  for (const event of events) {
    if (event.kind === 'QuestionAnswer') answers.set(event.payload.id, event.payload.answer);
    if (event.kind === 'QuestionWithdraw') withdrawn.add(event.payload.id);
  }
  return events.flatMap((event) => {
    if (event.kind !== 'QuestionAsk') return [];
    const { id } = event.payload;
    return [{ ...event.payload, answer: answers.get(id), isWithdrawn: withdrawn.has(id) }];
  });
}

/** Nobody is asked this any more; `why` says what became of its reason. Its answer, if one comes all the same, counts for nothing. */
export function withdraw(context: RunContext, { id }: Pick<AskedQuestion, 'id'>, why: string): void {
  context.steps.note('QuestionWithdraw', { key: `question/${id}/withdrawn`, id, text: why });
}

/**
 * Asks a person, once: the same text about the same thing keeps its id and its answer. Returns the answer, or undefined while there is none.
 * Ids count from Q1 in the order of asking.
 */
export function askPerson(
  context: RunContext,
  question: {
    readonly stage: Stage;
    readonly about: string;
    readonly text: string;
    readonly options: readonly string[];
    readonly facts?: QuestionFacts | undefined;
  },
): string | undefined {
  const asked = questionsOf(context.log.events);
  const same = asked.find(
    (other) =>
      !other.isWithdrawn &&
      other.about === question.about &&
      other.text === question.text &&
      other.stage === question.stage,
  );
  if (same !== undefined) return same.answer;
  const id = `Q${asked.length + 1}`;
  const { facts, ...asking } = question;
  context.steps.note('QuestionAsk', {
    key: `question/${id}`,
    id,
    ...asking,
    options: [...question.options],
    ...(facts === undefined ? {} : { facts }),
  });
  return undefined;
}
