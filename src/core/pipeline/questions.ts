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
}

/** All questions of a run in the order they were asked. */
export function questionsOf(events: readonly RunEvent[]): readonly AskedQuestion[] {
  const answers = new Map<string, string>();
  for (const event of events) if (event.kind === 'QuestionAnswer') answers.set(event.payload.id, event.payload.answer);
  return events.flatMap((event) =>
    event.kind === 'QuestionAsk' ? [{ ...event.payload, answer: answers.get(event.payload.id) }] : [],
  );
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
    (other) => other.about === question.about && other.text === question.text && other.stage === question.stage,
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
