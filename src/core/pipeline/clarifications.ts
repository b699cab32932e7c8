import { sha256 } from '../../base/hash.ts';
import type { Payload } from '../run/event.ts';
import { withClarification, type ClarificationEntry } from '../spec/clarify.ts';
import type { RunContext } from './context.ts';
import { questionsOf } from './questions.ts';

/**
 * Brings every answer of this run into clarifications.md, each once: what was settled without a person is written here, and what a person answered
 * where a process was killed between recording it and writing it down. What stands there already is never touched.
 */
export async function landClarifications(context: RunContext): Promise<void> {
  const settled = context.log.events.flatMap((event) =>
    event.kind === 'QuestionSettle' ? [settledEntry(event.payload, event.time)] : [],
  );
  for (const entry of [...answeredEntries(context), ...settled])
    await context.documents.add(
      'clarifications.md',
      sha256(`${entry.markerId}\n${entry.question}\n${entry.answer}`).slice(0, 12),
      (existing) => withClarification(existing, entry),
    );
}

const dayOf = (time: string): string => time.slice(0, 10);

function answeredEntries(context: RunContext): readonly ClarificationEntry[] {
  const questions = new Map(questionsOf(context.log.events).map((question) => [question.id, question]));
  return context.log.events.flatMap((event) => {
    if (event.kind !== 'QuestionAnswer') return [];
    const question = questions.get(event.payload.id);
    if (question === undefined) return [];
    return [answeredEntry(question, event.payload, dayOf(event.time))];
  });
}

/** A person's answer as clarifications.md holds it. */
export function answeredEntry(
  { id, about, text }: { readonly id: string; readonly about: string; readonly text: string },
  { answer, by }: Pick<Payload<'QuestionAnswer'>, 'answer' | 'by'>,
  answeredOn: string,
): ClarificationEntry {
  return { markerId: about.startsWith('CLR-') ? about : id, question: text, answer, answeredOn, answeredBy: by };
}

function settledEntry(
  { id, text, answer, by, worker, facts, why }: Payload<'QuestionSettle'>,
  time: string,
): ClarificationEntry {
  const { citation } = facts;
  const cited = citation === null ? '' : `, citing ${citation.document}: "${citation.quote}"`;
  const who = {
    rule: `by rule (${why}), suggested by ${worker}`,
    model: `${worker}${cited}`,
    noted: `noted (${why}), nobody was asked`,
  };
  const nothing = by === 'noted' && answer === '' ? '(left open)' : answer;
  return { markerId: id, question: text, answer: nothing, answeredOn: dayOf(time), answeredBy: who[by] };
}
