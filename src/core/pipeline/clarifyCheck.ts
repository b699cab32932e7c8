import type { CitableTexts } from '../maieutic/citation.ts';
import { UNRATED, type RaisedQuestion } from '../maieutic/settle.ts';
import type { VaguePlace } from '../maieutic/vagueness.ts';
import { isCheckWanted } from '../maieutic/wanted.ts';
import type { QuestionFacts, SettledBy } from '../run/questionFacts.ts';
import { ask } from './ask.ts';
import type { RunContext } from './context.ts';
import { clarifySchema, type ClarifyAnswer, type OpenQuestion, type Plan } from './outputs.ts';
import { planText } from './prose.ts';

/*
 * What is open in what a stage has made, and the maieutic check that rates it.
 */

/** A question with its answer, and who gave it. */
export interface Settled {
  readonly text: string;
  readonly answer: string;
  readonly by: SettledBy | 'person';
  /** What was made before the answer may not hold with it. */
  readonly isNews: boolean;
}

/** What a stage has made, and what is open in it. `key` names this version of it. */
export interface ClarifyRequest {
  readonly key: string;
  readonly stage: 'specify' | 'plan';
  readonly prefix: 'brief' | 'plan';
  readonly made: { readonly open_questions: readonly OpenQuestion[]; readonly confidence: number };
  readonly places: readonly VaguePlace[];
  readonly plan: Plan | undefined;
  /** What was settled before this version was made. */
  readonly before: readonly Settled[];
  /** Whether the check may still be asked, or only the owner's own questions count. */
  readonly check: 'mayAsk' | 'asksNoMore';
}

/** One thing that is open. `words`: what stands in the spec there. */
interface Point {
  readonly id: string;
  readonly text: string;
  readonly words: string;
  readonly kind: 'blocking' | 'open' | 'vague';
}

/** What is open by itself: the owner's blocking questions, at depth high all of them, and the vague places. What was answered before is not. */
function pointsOf(context: RunContext, { prefix, made, places, before }: ClarifyRequest): readonly Point[] {
  const isAll = context.configuration.gates.clarify_depth === 'high';
  const owned = made.open_questions.flatMap(({ text, blocking }, index): readonly Point[] => {
    if ((!blocking && !isAll) || before.some((known) => known.text === text)) return [];
    return [{ id: `${prefix}-${index + 1}`, text, words: '', kind: blocking ? 'blocking' : 'open' }];
  });
  const vague = places.map(({ line, message, words }, index): Point => ({
    id: `place-${index + 1}`,
    text: `${context.spec.path}:${line} ${message}`,
    words,
    kind: 'vague',
  }));
  return [...owned, ...vague];
}

/** The questions of a version of the work, rated where the check was asked and answered. `worker`: who rated them. */
export async function raiseQuestions(
  context: RunContext,
  request: ClarifyRequest,
): Promise<{ readonly questions: readonly Raised[]; readonly worker: string }> {
  const points = pointsOf(context, request);
  const checked = isWanted(context, request, points) ? await askCheck(context, request, points) : NOTHING_CHECKED;
  return { questions: raisedBy(request, points, checked), worker: checked.worker };
}

function isWanted(context: RunContext, { made, check }: ClarifyRequest, points: readonly Point[]): boolean {
  // A hotfix has two model calls in all.
  if (context.size === 'hotfix' || check === 'asksNoMore') return false;
  const { clarify_depth: depth, min_confidence: minConfidence } = context.configuration.gates;
  return isCheckWanted(depth, {
    nBlocking: points.filter(({ kind }) => kind === 'blocking').length,
    nVague: points.filter(({ kind }) => kind === 'vague').length,
    confidence: made.confidence,
    minConfidence,
  });
}

interface Checked {
  readonly worker: string;
  readonly questions: ClarifyAnswer['questions'];
}

const NOTHING_CHECKED: Checked = { worker: '', questions: [] };

/** Asks the check. Where nobody can be asked, what blocks is a person's: nothing is settled by silence. */
async function askCheck(context: RunContext, request: ClarifyRequest, points: readonly Point[]): Promise<Checked> {
  const { key, stage, plan } = request;
  const lines = points.map(
    ({ id, kind, text, words }) => `- ${id} (${kind}): ${text}${words === '' ? '' : `\n  ${words.trim()}`}`,
  );
  const values = {
    points: lines.length === 0 ? '(none)' : lines.join('\n'),
    answers: textsOf(context, request).answers || '(none)',
    plan: plan === undefined ? '(none yet)' : planText(plan),
  };
  const answered = await ask(context, {
    key: `${key}/clarify`,
    stage,
    role: 'architect',
    name: 'clarify',
    schema: clarifySchema,
    prompt: { id: 'clarify', values },
    passOver: [],
  });
  return answered === undefined ? NOTHING_CHECKED : { worker: answered.worker, questions: answered.value.questions };
}

/** What may be cited, whole. Of answers only those of a person count. */
export function textsOf(context: RunContext, { plan, before }: ClarifyRequest): CitableTexts {
  const answers = before.filter(({ by }) => by === 'person').map(({ text, answer }) => `${text} -> ${answer}`);
  return {
    spec: context.spec.text,
    constitution: context.constitution,
    answers: answers.join('\n'),
    plan: plan === undefined ? '' : planText(plan),
  };
}

export interface Raised extends RaisedQuestion {
  readonly about: string;
  readonly text: string;
  /** What was made can stay as it is with the suggestion. */
  readonly holds: boolean;
}

/** The owner's questions, rated where the check rated them, then those of the check. A point counts as rated by its first rating. */
function raisedBy({ prefix }: ClarifyRequest, points: readonly Point[], { questions }: Checked): readonly Raised[] {
  const rated = new Map(questions.toReversed().map((question) => [question.about, question]));
  const owned = points.flatMap(({ id, text, kind }): readonly Raised[] => {
    const rating = rated.get(id);
    const isBlocking = kind === 'blocking';
    if (kind === 'vague' || (rating === undefined && !isBlocking)) return [];
    const known =
      rating === undefined ? { facts: UNRATED, holds: false } : { facts: factsOf(rating), holds: rating.plan_holds };
    return [{ about: id, text, isBlocking, inQuestion: '', ...known }];
  });
  const others = questions.flatMap((question, index): readonly Raised[] => {
    const point = points.find(({ id }) => id === question.about);
    if (question.text.trim() === '' || (point !== undefined && point.kind !== 'vague')) return [];
    const about = `${prefix}-c${index + 1}`;
    const inQuestion = point?.words ?? '';
    return [
      {
        about,
        text: question.text,
        isBlocking: false,
        inQuestion,
        facts: factsOf(question),
        holds: question.plan_holds,
      },
    ];
  });
  return [...owned, ...others];
}

function factsOf(rating: ClarifyAnswer['questions'][number]): QuestionFacts {
  const { magnitude, resolvability, confidence, document, quote, why } = rating;
  const suggestion = rating.suggestion.trim();
  return {
    magnitude,
    resolvability,
    confidence,
    suggestion: suggestion === '' ? null : suggestion,
    citation: document === 'none' || quote.trim() === '' ? null : { document, quote },
    why,
  };
}
