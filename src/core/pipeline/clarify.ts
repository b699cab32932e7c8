import type { Question } from '../gates/verdict.ts';
import { factsTold, settle, type Settlement } from '../maieutic/settle.ts';
import type { QuestionFacts } from '../run/questionFacts.ts';
import { landClarifications } from './clarifications.ts';
import { raiseQuestions, textsOf, type ClarifyRequest, type Raised, type Settled } from './clarifyCheck.ts';
import type { RunContext } from './context.ts';
import { questionsOf } from './questions.ts';

/** What became of the questions: those for a person that have no answer yet, with their facts by id, and those that have one. */
export interface Clarified {
  readonly open: readonly Question[];
  readonly facts: ReadonlyMap<string, QuestionFacts>;
  readonly settled: readonly Settled[];
}

/** The maieutic step: what is open is put as questions, settled by rule or by a citation where the matrix allows, and a person's otherwise. */
export async function clarify(context: RunContext, request: ClarifyRequest): Promise<Clarified> {
  const { questions, worker } = await raiseQuestions(context, request);
  const { clarify_depth: depth, min_confidence: minConfidence } = context.configuration.gates;
  const texts = textsOf(context, request);
  const outcomes = questions.map((question) => {
    const settlement = settle(question, { depth, minConfidence, texts });
    const facts = factsTold(question, texts);
    if (settlement.by !== 'person') noteSettled(context, request, { question, settlement, facts, worker });
    return { question, settlement, facts, answer: answerOf(context, request, { question, settlement }) };
  });
  await landClarifications(context);
  const open = outcomes.filter(({ answer }) => answer === undefined);
  return {
    open: open.map(({ question }) => ({ id: question.about, text: question.text })),
    facts: new Map(
      open.map(({ question, settlement, facts }) => [
        question.about,
        { ...facts, why: [facts.why, `(${settlement.why})`].filter(Boolean).join(' ') },
      ]),
    ),
    settled: outcomes.flatMap(({ answer }) => answer ?? []),
  };
}

interface Settling {
  readonly question: Raised;
  readonly settlement: Settlement;
}

function noteSettled(
  context: RunContext,
  { key, stage }: ClarifyRequest,
  settling: {
    readonly question: Raised;
    readonly settlement: Exclude<Settlement, { by: 'person' }>;
    readonly facts: QuestionFacts;
    readonly worker: string;
  },
): void {
  const { question, settlement, facts, worker } = settling;
  const settled = context.log.events.flatMap((event) => (event.kind === 'QuestionSettle' ? [event.payload] : []));
  const address = `${key}/clarify/${question.about}`;
  const same = settled.find((other) => other.key === address);
  context.steps.note('QuestionSettle', {
    key: address,
    id: same?.id ?? `R${settled.length + 1}`,
    stage,
    text: question.text,
    about: question.about,
    facts,
    worker,
    ...settlement,
  });
}

/** The answer a question has; undefined while a person has not given it. */
function answerOf(
  context: RunContext,
  { stage, prefix }: ClarifyRequest,
  { question: { text, holds, facts }, settlement }: Settling,
): Settled | undefined {
  if (settlement.by !== 'person')
    return { text, answer: settlement.answer, by: settlement.by, isNews: settlement.by !== 'noted' && !holds };
  const { answer } =
    questionsOf(context.log.events).find(
      (asked) =>
        asked.stage === stage &&
        asked.about.startsWith(`${prefix}-`) &&
        asked.text === text &&
        asked.answer !== undefined,
    ) ?? {};
  if (answer === undefined) return undefined;
  return { text, answer, by: 'person', isNews: !(holds && answer === facts.suggestion) };
}
