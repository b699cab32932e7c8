import type { ToolResult } from '../agent/tool.ts';
import { pathProblem } from '../patch/patchPath.ts';
import { fileRuleOf, type FileRule } from '../policy/scope/fileRules.ts';
import { cutMiddle } from '../run/normalise.ts';
import type { RepositoryPath } from '../ports.ts';
import { ask, type Answered } from './ask.ts';
import type { RunContext } from './context.ts';
import { fileFactsOf } from './fileFacts.ts';
import { amendmentSchema, type Amendment, type Plan, type Task } from './outputs.ts';
import { contentsText, fileListText, planText, taskText } from './prose.ts';
import { askPerson, questionsOf } from './questions.ts';
import { RunStopped } from './stopped.ts';

/** How often the workers at one task may ask for a file, together. */
const ASKS = 4;
/** Characters of the file asked for that the architect is shown, and of the reason. */
const CONTENTS_CAP = 30_000;
const REASON_CAP = 1_000;

/**
 * The files one task may change: those it names, and those that were added since. What was asked and answered is known again after a kill, because the
 * task's turns are gone through again in their order: the log's answers are read there where they were given.
 */
export interface TaskScope {
  readonly files: readonly RepositoryPath[];
  readonly asksLeft: number;
  /** Whether a person has been asked for this file and said no: the architect's no is not the last word. */
  isRefusedByPerson(path: RepositoryPath): boolean;
  /** Adds a file to the plan of this task, and records it. */
  grant(path: RepositoryPath, why: string, by: string): void;
  /** A worker asks for a file. Throws RunStopped while a person has to answer. */
  askForFile(key: string, path: RepositoryPath, reason: string): Promise<ToolResult>;
}

interface Asked {
  readonly key: string;
  readonly path: RepositoryPath;
  readonly reason: string;
  /** Counts from 1 within the task. */
  readonly number: number;
}

export function createTaskScope(context: RunContext, task: Task, plan: Plan): TaskScope {
  const files = [...task.files];
  const answers = new Map<RepositoryPath, ToolResult>();
  const refusedByPerson = new Set<RepositoryPath>();
  let nAsks = 0;

  function grant(path: RepositoryPath, why: string, by: string): void {
    files.push(path);
    const key = `amendment/${task.id}/${path}`;
    context.steps.note('PlanAmendment', { key, path, why: cutMiddle(why, 2_000), by, task: task.id });
  }

  async function decide(asked: Asked): Promise<ToolResult> {
    const { key, path } = asked;
    const outcome = await decisionOn(context, { task, plan, files }, asked);
    if (outcome.kind === 'granted') {
      grant(path, `${asked.reason} ${outcome.why}`.trim(), outcome.by);
      return { outcome: 'ok', text: `Yes: you may change ${path} now, with apply_patch. ${outcome.why}`.trim() };
    }
    const { by, why } = outcome;
    if (outcome.isPersons) refusedByPerson.add(path);
    const reason = `No: ${path} stays as it is. ${why} Do the task without it.`;
    context.steps.note('CallRefused', {
      key,
      role: 'implementer',
      call: 'ask',
      paths: [path],
      rule: 'amendment-refused',
      reason: cutMiddle(`${asked.reason} ${why}`.trim(), 2_000),
      by,
    });
    return { outcome: 'refused', text: reason };
  }

  return {
    files,
    get asksLeft() {
      return ASKS - nAsks;
    },
    isRefusedByPerson: (path) => refusedByPerson.has(path),
    grant,
    async askForFile(key, path, reason) {
      const problem = pathProblem(path);
      if (problem !== undefined)
        return { outcome: 'failed', text: `${problem}. Give the path relative to the repository's root.` };
      if (files.includes(path)) return { outcome: 'ok', text: `You may change ${path} already, with apply_patch.` };
      const known = answers.get(path);
      if (known !== undefined) return known;
      nAsks += 1;
      const answer = await decide({ key, path, reason: cutMiddle(reason.trim(), REASON_CAP), number: nAsks });
      answers.set(path, answer);
      return answer;
    },
  };
}

interface Outcome {
  readonly kind: 'granted' | 'refused';
  readonly by: string;
  readonly isPersons: boolean;
  readonly why: string;
}

interface Around {
  readonly task: Task;
  readonly plan: Plan;
  /** What the task may change now. */
  readonly files: readonly RepositoryPath[];
}

/** The architect reads every question first; where its word is not enough a person answers. */
async function decisionOn(context: RunContext, around: Around, asked: Asked): Promise<Outcome> {
  const rule = fileRuleOf(await fileFactsOf(context, asked.path, around.files));
  if (rule.amendedBy === 'nobody')
    return {
      kind: 'refused',
      by: `the rule ${rule.id}`,
      isPersons: false,
      why: `Nobody adds it to a plan: ${rule.says}.`,
    };
  const answered = await askArchitect(context, around, asked);
  if (answered?.value.decision === 'refuse')
    return { kind: 'refused', by: `the architect ${answered.worker}`, isPersons: false, why: answered.value.why };
  const isSure = answered?.value.decision === 'grant' && answered.value.confidence >= minimum(context);
  if (rule.amendedBy === 'architect' && isSure)
    return { kind: 'granted', by: `the architect ${answered.worker}`, isPersons: false, why: answered.value.why };
  return askThePerson(context, around, asked, personsPart(rule, answered?.value));
}

const minimum = (context: RunContext): number => context.configuration.gates.min_confidence;

async function askArchitect(
  context: RunContext,
  { task, plan, files }: Around,
  { path, reason, number }: Asked,
): Promise<Answered<Amendment> | undefined> {
  const key = `plan/amendment/${task.id}/${number}`;
  const values = {
    plan: planText(plan),
    task: taskText(task),
    scope: fileListText(files),
    path,
    reason,
    contents: cutMiddle(await contentsText(context, `${key}/contents`, [path]), CONTENTS_CAP),
  };
  const prompt = { id: 'amendment', values };
  const about = { key, stage: 'plan', role: 'architect', name: 'amendment' } as const;
  return ask(context, { ...about, schema: amendmentSchema, prompt, passOver: [] });
}

/** Why a person is asked, in words. */
function personsPart({ id, says }: FileRule, amendment: Amendment | undefined): string {
  const said =
    amendment === undefined
      ? 'No architect could be called.'
      : `The architect ${amendment.decision === 'grant' ? 'would grant it' : 'leaves it to you'}: ${amendment.why}`;
  return id === 'near' || id === 'elsewhere'
    ? said
    : `${said} Such a file only a person adds to a plan (${id}: ${says}).`;
}

function askThePerson(context: RunContext, { task }: Around, { path, reason }: Asked, why: string): Outcome {
  const about = amendmentOf(task.id, path);
  const text = `${task.id} ${task.title} asks to change ${path} as well, which its task does not name: ${reason} ${why}`;
  const answer = askPerson(context, { stage: 'implement', about, text, options: ['allow', 'refuse'] });
  if (answer === undefined)
    throw new RunStopped('needsInput', `${task.id} asks for ${path}, which its task does not name.`);
  const by = answererOf(context, about) ?? 'a person';
  if (answer === 'allow') return { kind: 'granted', by, isPersons: true, why: '' };
  return { kind: 'refused', by, isPersons: true, why: `${by} decided so.` };
}

/** What a question about a file outside the plan is about. */
export const amendmentOf = (task: string, path: RepositoryPath): string => `amend-plan:${task}:${path}`;

/** Who answered the last question about this. */
export function answererOf(context: RunContext, about: string): string | undefined {
  const id = questionsOf(context.log.events).findLast((question) => question.about === about)?.id;
  const event = context.log.events.findLast((other) => other.kind === 'QuestionAnswer' && other.payload.id === id);
  return event?.kind === 'QuestionAnswer' ? event.payload.by : undefined;
}
