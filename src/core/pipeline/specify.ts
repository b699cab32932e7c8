import type { RunContext } from './context.ts';
import { ask } from './ask.ts';
import { briefSchema, type Brief } from './outputs.ts';
import { longestText, schemaText } from './promptFor.ts';
import { decide, proceedOrStop } from './gate.ts';
import { repositoryListText } from './fileList.ts';
import { roomOf } from './room.ts';
import { requirementIdsText } from './prose.ts';
import { constitutionConflicts } from './constitution.ts';
import { briefDocument } from './documents.ts';
import { questionsOf } from './questions.ts';
import { nobodyLeft } from './nobodyLeft.ts';
import { hasClarification } from '../spec/addClarification.ts';
import { vaguePlaces } from '../maieutic/vagueness.ts';
import { clarify } from './clarify.ts';
import type { Settled } from './clarifyCheck.ts';

/** What later stages get from specify. */
export interface Specified {
  readonly brief: Brief;
  readonly files: readonly string[];
  /** Questions and their answers: a person's in the order asked, then those that were settled without one. */
  readonly answers: readonly Settled[];
}

/** Stage specify: the spec is linted, the architect writes the brief, open questions and conflicts with the constitution go to a person. */
export async function specify(context: RunContext): Promise<Specified> {
  const files = await context.workspace.list('specify/files');
  const errors = context.spec.problems.filter(
    (problem) => problem.severity === 'error' && problem.rule !== 'open-clarification',
  );
  const conflicts = constitutionConflicts(context);
  const markers = context.spec.spec.clarifications;
  const lint = {
    kind: 'specLint' as const,
    errors: errors.map((problem) => `${problem.path}:${problem.line} ${problem.message}`),
  };
  const marked = markers.map((marker) => ({ id: marker.id, text: marker.question }));
  if (lint.errors.length > 0 || marked.length > 0) {
    // A model's reading of an unsound spec would be paid for and thrown away.
    const address = { key: 'specify/gate/spec', stage: 'specify' as const };
    const verdict = decide(context, address, [
      lint,
      { kind: 'openQuestions', blocking: marked },
      { kind: 'constitution', conflicts: [...conflicts] },
    ]);
    proceedOrStop(context, address, verdict);
  }
  const brief = context.size === 'hotfix' ? hotfixBrief(context) : await askForBrief(context, files);
  const { open, facts, settled } = await clarify(context, {
    key: 'specify',
    stage: 'specify',
    prefix: 'brief',
    made: brief,
    places: vaguePlaces(context.spec.spec, context.spec.problems),
    plan: undefined,
    before: [],
    check: 'mayAsk',
  });
  const answers = [...answeredOf(context), ...settled.filter(({ by }) => by !== 'person')];
  const address = { key: 'specify/gate', stage: 'specify' as const, facts };
  const verdict = decide(context, address, [
    lint,
    { kind: 'openQuestions', blocking: [...open] },
    { kind: 'constitution', conflicts: [...conflicts, ...brief.constitution_conflicts] },
  ]);
  proceedOrStop(context, address, verdict);
  await context.documents.write('task_brief.md', briefDocument(context.spec, brief, answers));
  return { brief, files, answers };
}

/** What a person has answered about the brief and does not stand in the spec by now, in the order asked. */
function answeredOf({ log, spec }: RunContext): readonly Settled[] {
  return questionsOf(log.events).flatMap(({ about, text, answer }) => {
    if (!about.startsWith('brief-') || answer === undefined) return [];
    if (hasClarification(spec.text, { question: text, answer })) return [];
    return [{ text, answer, by: 'person' as const, isNews: true }];
  });
}

async function askForBrief(context: RunContext, files: readonly string[]): Promise<Brief> {
  const found = context.spec.problems
    .filter((problem) => problem.severity !== 'info')
    .slice(0, 40)
    .map((problem) => `- ${problem.severity} ${problem.path}:${problem.line} ${problem.message}`);
  const fixed = {
    requirement_ids: requirementIdsText(context),
    problems: found.length === 0 ? '(nothing)' : found.join('\n'),
  };
  const around = [longestText(context, 'specify'), schemaText(briefSchema), ...Object.values(fixed)];
  const room = roomOf(context, { key: 'specify/brief', stage: 'specify' }, around);
  const answered = await ask(context, {
    key: 'specify/brief',
    stage: 'specify',
    role: 'architect',
    name: 'brief',
    schema: briefSchema,
    prompt: { id: 'specify', values: { ...fixed, files: repositoryListText(context, files, room) } },
    passOver: [],
  });
  if (answered === undefined) throw nobodyLeft(context, { key: 'specify/brief', role: 'architect', wanted: 'a brief' });
  return answered.value;
}

/** A hotfix needs no model to be understood: its brief is what its author wrote. */
function hotfixBrief(context: RunContext): Brief {
  const { spec, title } = context.spec;
  return {
    summary: title,
    in_scope: spec.files.map((file) => file.file),
    out_of_scope: ['every other file'],
    acceptance: spec.requirements.map((requirement) => ({
      requirement: requirement.id,
      restated: requirement.text.slice(0, 600),
    })),
    relevant_files: spec.files.map((file) => file.file),
    risks: [],
    constitution_conflicts: [],
    confidence: 1,
    open_questions: [],
  };
}
