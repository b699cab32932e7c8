import { z } from 'zod';
import type { Json } from '../../base/json.ts';
import { CITABLE, MAGNITUDES, RESOLVABILITIES } from '../run/questionFacts.ts';

/*
 * One schema per stage output: it is shown in the prompt, constrains decoding where the server can, validates the answer and types what
 * the documents are rendered from. Lists are capped here, so that nothing unbounded reaches a later prompt.
 */

/** Text cut to `length` with a mark at the cut: an answer that is right and long is not paid for twice. Half a surrogate pair becomes U+FFFD. */
const cutText = (length: number) =>
  z.string().overwrite((value) => (value.length > length ? `${value.slice(0, length - 1).toWellFormed()}…` : value));
/** A list cut to its first entries. `maxItems` only says so: a longer one is not refused. */
const cutList = <Item extends z.ZodType>(item: Item, entries: number) =>
  z
    .array(item)
    .overwrite((list) => (list.length > entries ? list.slice(0, entries) : list))
    .meta({ maxItems: entries });

const text = cutText(4_000);
const line = cutText(800);
const path = z.string().max(300);
const id = z.string().max(40);
const confidence = z
  .number()
  .min(0)
  .max(1)
  .describe('from 0 to 1: 0.9 when everything asked for is covered and clear, 0.5 when half of it is a guess');
const openQuestions = cutList(
  z.object({ text: line, blocking: z.boolean().describe('true only when no sensible default exists') }),
  8,
).describe(
  'what a person would have to decide, with the default you take when it is not blocking; empty when nothing is open',
);

export const briefSchema = z.object({
  summary: text.describe('what is to be built and why, in three to six sentences'),
  in_scope: cutList(line, 20),
  out_of_scope: cutList(line, 20),
  acceptance: z
    .array(
      z.object({
        requirement: id.describe('one of the requirement ids listed in the prompt'),
        restated: cutText(2_000).describe('the requirement in your own words, testable, in at most 2000 characters'),
      }),
    )
    .max(60)
    .describe('one entry for each of the requirement ids listed in the prompt'),
  relevant_files: cutList(path, 30).describe('existing files the work touches or must respect'),
  risks: cutList(line, 10),
  constitution_conflicts: z
    .array(z.object({ rule: id, text: line }))
    .max(10)
    .describe("where the spec contradicts the project's constitution; empty when it does not"),
  confidence,
  open_questions: openQuestions,
});
export type OpenQuestion = Brief['open_questions'][number];
export type Brief = z.infer<typeof briefSchema>;

export const planSchema = z.object({
  summary: text.describe('the approach in two to five sentences'),
  files: z
    .array(z.object({ path, action: z.enum(['create', 'modify', 'delete']), why: line }))
    .min(1)
    .max(40)
    .describe('every file that will change, test files too; a change to any other file is refused later'),
  steps: z
    .array(
      z.object({
        id: id.describe('S1, S2, ...'),
        title: line.describe('what is done in this step, in one sentence'),
        requirements: cutList(id, 40).describe('ids from the spec that this step covers'),
        files: cutList(path, 20),
        success_signal: line.describe('how one can tell that the step is done'),
      }),
    )
    .min(1)
    .max(20),
  tests: z
    .array(
      z.object({
        requirement: id.describe('one requirement id, or the id of one acceptance scenario'),
        file: path,
        what: line,
      }),
    )
    .max(60)
    .describe('which test file shows which requirement, at least one entry for each, and which acceptance scenario'),
  risks: cutList(z.object({ risk: line, mitigation: line }), 10).describe('the gravest first'),
  confidence,
  open_questions: openQuestions,
});
export type Plan = z.infer<typeof planSchema>;

export const tasksSchema = z.object({
  tasks: z
    .array(
      z.object({
        id: id.describe('T1, T2, ...'),
        title: line,
        description: text.describe('what to do, and what to take care of, beside what the plan says'),
        requirements: cutList(id, 40),
        files: z.array(path).min(1).max(15).describe('files this task may change; all of them are in the plan'),
        depends_on: cutList(id, 10).describe('tasks that must be done before'),
        criteria: cutList(line, 12).describe('when the task is done'),
      }),
    )
    .min(1)
    .max(20),
  confidence,
  open_questions: openQuestions,
});
export type Tasks = z.infer<typeof tasksSchema>;
export type Task = Tasks['tasks'][number];

export const critiqueSchema = z.object({
  findings: z
    .array(
      z.object({
        severity: z
          .enum(['blocking', 'advisory'])
          .describe('blocking only for what makes the result wrong, unsafe or incomplete'),
        message: line,
        reference: line.describe('requirement id, file or line that it is about'),
      }),
    )
    .max(12)
    .describe('empty when you found nothing'),
  confidence,
});
export type Critique = z.infer<typeof critiqueSchema>;

const sureness = z.number().min(0).max(1).describe('how sure you are of what you say here, from 0 to 1');
const reviewed = {
  severity: z
    .enum(['blocking', 'advisory'])
    .describe('blocking only for what must not reach a user as it stands; everything else is advisory'),
  message: line.describe('what is wrong, in one sentence'),
  reference: line.describe('the file, and the function or the line it is in, e.g. src/login.js mayEnter'),
};

export const securityReviewSchema = z.object({
  findings: cutList(
    z.object({
      ...reviewed,
      attack: line.describe('who sends or does what, and what they gain by it; without that it is no finding'),
    }),
    20,
  ).describe('empty when you found nothing'),
  confidence: sureness,
});

export const performanceReviewSchema = z.object({
  findings: cutList(
    z.object({
      ...reviewed,
      cost: line.describe('what it grows with and how fast, or how often it happens; without that it is no finding'),
    }),
    20,
  ).describe('empty when you found nothing'),
  confidence: sureness,
});

export const lessonSchema = z.object({
  cause: cutText(1_200).describe(
    'why the checks fail, in one to four sentences; name the line of the output that shows it',
  ),
  place: line.describe('the file and line or function where the mistake is'),
  next: cutText(1_200).describe('what to do differently, in one to four sentences; no patch'),
  confidence: sureness,
});

/** Files that a librarian can choose. */
const CHOSEN_FILES = 30;

export const fileChoiceSchema = z.object({
  files: cutList(
    z.object({
      path: path.describe('a path of the list, letter by letter'),
      why: cutText(200).describe('what it is needed for, in a few words'),
    }),
    CHOSEN_FILES,
  ).describe('most needed first; empty when no file is needed more than the others'),
});
export type FileChoice = z.infer<typeof fileChoiceSchema>;

/** Questions of one maieutic check. */
const CHECKED_QUESTIONS = 16;

export const clarifySchema = z.object({
  questions: cutList(
    z.object({
      about: id.describe('the id of the point it is about, or new'),
      text: line.describe('the question'),
      magnitude: z.enum(MAGNITUDES),
      resolvability: z.enum(RESOLVABILITIES),
      confidence,
      suggestion: line.describe('the answer you would give; empty when you have none'),
      document: z.enum([...CITABLE, 'none']).describe('where the quote stands'),
      quote: line.describe('the words that give the answer, letter by letter; empty when none do'),
      why: line.describe('why this is the answer, or why it matters, in one sentence'),
      plan_holds: z.boolean(),
    }),
    CHECKED_QUESTIONS,
  ).describe('empty when nothing is open'),
});
export type ClarifyAnswer = z.infer<typeof clarifySchema>;

export const patchSchema = z.object({
  patch: z.string().max(200_000).describe('one patch in the apply_patch format'),
  notes: line,
  confidence,
});

export const amendmentSchema = z.object({
  decision: z.enum(['grant', 'refuse', 'ask_person']),
  why: line.describe('one or two sentences for the implementer, and for the person who reviews the change'),
  confidence,
});
export type Amendment = z.infer<typeof amendmentSchema>;

export const auditSchema = z.object({
  recommendation: z.enum(['unlock', 'block']),
  summary: text.describe('three to five sentences: what the change does, what shows it works, what remains a risk'),
  requirements: z
    .array(z.object({ requirement: id, met: z.boolean(), evidence: line }))
    .max(60)
    .describe('one entry for each of the requirement ids listed in the prompt'),
  findings: z
    .array(z.object({ severity: z.enum(['blocking', 'advisory']), file: path, message: line }))
    .max(20)
    .describe('defects you see in the change; empty when there are none'),
  confidence,
  open_questions: openQuestions,
});
export type Audit = z.infer<typeof auditSchema>;

/**
 * The JSON Schema sent with a request: draft 2020-12 without the `$schema` member, every property required and no others allowed (strict modes
 * ask for that), and without length and range limits, which grammar compilers reject; those are checked when the answer is read. How many entries a
 * list may have is said in its description instead: nobody keeps to a limit that only the reader of the answer knows.
 */
export function wireSchema(schema: z.ZodType): Json {
  return strip(z.toJSONSchema(schema) as Json);
}

const LIMITS = new Set([
  '$schema',
  'maxLength',
  'minLength',
  'maximum',
  'minimum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'maxItems',
  'minItems',
  'pattern',
  'format',
]);

function strip(value: Json): Json {
  if (Array.isArray(value)) return value.map(strip);
  if (value === null || typeof value !== 'object') return value;
  const schema = value as { readonly [key: string]: Json };
  const stripped = Object.fromEntries(
    Object.entries(schema)
      .filter(([key, member]) => !LIMITS.has(key) || typeof member === 'object')
      .map(([key, member]) => [key, strip(member)]),
  );
  const { maxItems: most, description } = schema;
  if (typeof most !== 'number') return stripped;
  return {
    ...stripped,
    description: `at most ${most} entries${typeof description === 'string' ? `: ${description}` : ''}`,
  };
}
