import { z } from 'zod';
import type { Order } from '../router/scorecard.ts';
import type { ComparedStage } from '../settings.ts';
import { ask } from './ask.ts';
import type { RunContext } from './context.ts';

/** What two workers made of one stage, as texts that name neither. `firstRead` is whom the judge reads first when it is asked first. */
export interface Pair {
  readonly stage: ComparedStage;
  readonly a: string;
  readonly b: string;
  readonly firstRead: 'a' | 'b';
  /** Workers that must not judge: those of the model that would gain by it. */
  readonly passOver: readonly string[];
}

/** Characters of one answer that are shown to the judge; of a longer one the end is missing, for both alike. */
const SHOWN = 60_000;

const score = z.object({
  why: z.string().max(1_500).describe('one to three sentences: what the score is from'),
  score: z.int().min(0).max(10),
});
const scoresSchema = z.object({ first: score, second: score });

/** Keys of the calls that judge, apart from those of the stages. */
export const JUDGING = 'eval';

/**
 * Asks a judge twice, once for each order of reading, without telling it who wrote what. Undefined when none gave usable scores both times. Both calls
 * are durable steps of the run they are made in.
 */
export async function judgePair(context: RunContext, pair: Pair): Promise<readonly Order[] | undefined> {
  const other = pair.firstRead === 'a' ? 'b' : 'a';
  const orders: Order[] = [];
  for (const first of [pair.firstRead, other] as const) {
    const order = await askOnce(context, pair, first);
    if (order === undefined) return undefined;
    orders.push(order);
  }
  return orders;
}

async function askOnce(context: RunContext, pair: Pair, first: 'a' | 'b'): Promise<Order | undefined> {
  const key = `${JUDGING}/${first}-first`;
  const second = first === 'a' ? 'b' : 'a';
  const values = { stage: pair.stage, first: pair[first].slice(0, SHOWN), second: pair[second].slice(0, SHOWN) };
  const answered = await ask(context, {
    key,
    stage: 'audit',
    role: 'judge',
    name: 'scores',
    schema: scoresSchema,
    prompt: { id: 'judge-pair', values },
    passOver: pair.passOver,
  });
  if (answered === undefined) return undefined;
  const call = context.log.events.findLast(
    (event) => event.kind === 'LLMCall' && event.payload.key.startsWith(`${key}/`) && event.payload.answer !== null,
  );
  if (call?.kind !== 'LLMCall' || call.payload.answer === null) return undefined;
  const scores = { [first]: answered.value.first.score, [second]: answered.value.second.score };
  return {
    first,
    judge: answered.worker,
    model: call.payload.model,
    answer: call.payload.answer.sha256,
    scores: { a: scores['a'] ?? 0, b: scores['b'] ?? 0 },
  };
}
