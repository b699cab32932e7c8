import { z } from 'zod';
import { err, ok, type Result } from '../../base/result.ts';

/** One answer of an answers file. `question`: the words it answers, where the file pins them. */
export interface GivenAnswer {
  readonly id: string;
  readonly answer: string;
  readonly question: string | undefined;
  readonly isIntoSpec: boolean;
}

/** Answers that one file may hold. */
const MOST_ANSWERS = 200;

const answerText = z.string().trim().min(1, 'is empty').max(4_000);
const fileSchema = z.record(
  z.string().regex(/^(?:Q\d{1,4}|CLR-\d{1,4})$/, 'is no id of a question (Q1, CLR-001)'),
  z.union([
    answerText,
    z.strictObject({ answer: answerText, question: z.string().min(1).optional(), into_spec: z.boolean().optional() }),
  ]),
);

/** Reads an answers file: a JSON object, answers by the ids of their questions. The problem is a sentence's end: `holds …`. */
export function parseAnswers(text: string): Result<readonly GivenAnswer[], string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return err(`is not JSON: ${error.message}`);
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') ?? '';
    const what = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message;
    return err(
      place === ''
        ? 'holds no JSON object of answers by id, like {"Q1": "in memory"}'
        : `cannot be used: ${place} ${what}`,
    );
  }
  const entries = Object.entries(parsed.data);
  if (entries.length > MOST_ANSWERS) return err(`holds ${entries.length} answers; at most ${MOST_ANSWERS} are read`);
  return ok(
    entries.map(([id, given]) =>
      typeof given === 'string'
        ? { id, answer: given, question: undefined, isIntoSpec: false }
        : { id, answer: given.answer, question: given.question, isIntoSpec: given.into_spec ?? false },
    ),
  );
}

/** A question of a run, as far as answers are held against it. */
export interface Answerable {
  readonly id: string;
  readonly about: string;
  readonly text: string;
  readonly options: readonly string[];
  readonly answer: string | undefined;
}

/** What a file's answers come to at one moment of a run. */
export interface MatchedAnswers {
  readonly answers: readonly { readonly id: string; readonly answer: string; readonly isIntoSpec: boolean }[];
  /** Ids that no question has, so far. */
  readonly unknown: readonly string[];
  /** Open questions without an answer in the file. */
  readonly missing: readonly string[];
  /** Why an answer cannot be taken, as sentences. */
  readonly problems: readonly string[];
}

/**
 * Holds the answers of a file against the questions of a run. `seen` are the ids of questions that were asked before the file was handed in: what has
 * fixed choices is a decision, which nobody takes before it was asked, unless the file pins the question's words.
 */
export function matchAnswers(
  given: readonly GivenAnswer[],
  questions: readonly Answerable[],
  seen: ReadonlySet<string>,
): MatchedAnswers {
  const answers: MatchedAnswers['answers'][number][] = [];
  const problems: string[] = [];
  const unknown: string[] = [];
  const named = new Set<string>();
  for (const { id, answer, question: words, isIntoSpec } of given) {
    const question = questions.find((candidate) => candidate.id === id) ?? questions.find(({ about }) => about === id);
    if (question === undefined) {
      unknown.push(id);
      continue;
    }
    const problem = problemOf(question, answer, words);
    if (problem !== undefined) problems.push(problem);
    else if (question.options.length > 0 && !seen.has(question.id) && words === undefined) continue;
    else {
      named.add(question.id);
      if (question.answer === undefined) answers.push({ id: question.id, answer, isIntoSpec });
    }
  }
  const missing = questions.filter(({ id, answer }) => answer === undefined && !named.has(id)).map(({ id }) => id);
  return { answers, unknown, missing, problems };
}

function problemOf(question: Answerable, answer: string, words: string | undefined): string | undefined {
  const { id, text, options } = question;
  if (words !== undefined && words.trim() !== text.trim())
    return `${id} is another question than the one answered: ${text}`;
  if (question.answer !== undefined && question.answer !== answer)
    return `${id} was answered already, otherwise: ${question.answer}`;
  if (options.length > 0 && !options.includes(answer)) return `${id} takes one of: ${options.join(', ')}`;
  return undefined;
}
