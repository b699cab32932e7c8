import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { EventKind, Payload, RunEvent } from '../../src/core/run/event.ts';
import type { Step } from './scriptedStep.ts';
import {
  FILES,
  GOOD,
  GOOD_CODE,
  GOOD_TEST,
  replaceFile,
  tool,
  type CallName,
  type CommandResult,
  type ScriptedProject,
} from './scriptedProject.ts';

/*
 * Small builders of what a scripted model answers, and readers of what a run came to. For tests of the whole command line.
 */

/** A good answer of that name with some of its members changed. */
export function changed(
  name: Exclude<CallName, 'implement' | 'implement-single' | 'judge-pair'>,
  members: object,
): Step {
  const good = GOOD[name][0]?.text ?? '{}';
  return { text: JSON.stringify({ ...JSON.parse(good), ...members }) };
}

/** A critic's answer with one blocking finding. */
export const objection = (message: string): Step =>
  changed('critic-plan', { findings: [{ severity: 'blocking', message, reference: 'FR-001' }] });

/** A judge's answer that blocks with one finding. */
export const block = (message: string): Step =>
  changed('audit', { recommendation: 'block', findings: [{ severity: 'blocking', file: 'src/greet.js', message }] });

/** The call that replaces a whole file, or adds it where `before` is undefined. */
export const patchCall = (file: string, before: string | undefined, after: string): Step =>
  tool('apply_patch', { patch: replaceFile(file, before, after) });

export const OLD_CODE = FILES['src/greet.js'] as string;
export const OLD_TEST = FILES['test/shape.test.js'] as string;
/** Forgets that a stranger is greeted too. */
export const WRONG_CODE = 'export function greet(name) {\n  return `Hello, ${name}!`;\n}\n';
export const said = (text: string): Step => ({ text });

export const goodCode = (): Step => patchCall('src/greet.js', OLD_CODE, GOOD_CODE);
export const goodTest = (): Step => patchCall('test/greet.test.js', undefined, GOOD_TEST);

/** The plan's files, and the one task's, with these beside the usual ones. */
export function withFiles(...more: readonly string[]): { plan: readonly Step[]; tasks: readonly Step[] } {
  const plan = JSON.parse(GOOD.plan[0]?.text ?? '{}') as { files: object[] };
  const tasks = JSON.parse(GOOD.tasks[0]?.text ?? '{}') as { tasks: { files: string[] }[] };
  return {
    plan: [
      changed('plan', {
        files: [...plan.files, ...more.map((file) => ({ path: file, action: 'modify', why: 'asked for' }))],
      }),
    ],
    tasks: [changed('tasks', { tasks: tasks.tasks.map((task) => ({ ...task, files: [...task.files, ...more] })) })],
  };
}

/** What `--json` prints for a run, as far as tests look at it. */
export interface RunResult {
  readonly outcome: string;
  readonly stage: string;
  readonly text: string;
  readonly verdict: string | null;
  readonly reasons: readonly { readonly rule: string; readonly text: string }[];
  readonly files: readonly { readonly path: string; readonly change: string }[];
  readonly questions: readonly { readonly id: string; readonly text: string; readonly options: readonly string[] }[];
  readonly spend: Readonly<Record<string, number>>;
}

export interface Ran extends CommandResult {
  readonly result: RunResult;
  /** The facts one compares: the rule is the reason that decided, where the gate did not simply proceed. */
  readonly facts: Facts;
}

export interface Facts {
  readonly exit: number | null;
  readonly outcome: string;
  readonly stage: string;
  readonly verdict: string | null;
  readonly rule: string | undefined;
}

/** One verb with --json. Fails with what the process said when that is not one JSON object. */
export async function ran(project: ScriptedProject, ...words: readonly string[]): Promise<Ran> {
  const command = await project.speckit('--json', ...words);
  let result: RunResult;
  try {
    result = JSON.parse(command.stdout) as RunResult;
  } catch {
    throw new Error(`no JSON from ${words.join(' ')}: ${command.stdout}\n${command.stderr}`);
  }
  const { outcome, stage, verdict, reasons } = result;
  const rule = verdict === 'proceed' ? undefined : reasons?.[0]?.rule;
  return { ...command, result, facts: { exit: command.exit, outcome, stage, verdict, rule } };
}

/** `speckit auto` on the project's spec as run-1. */
export const auto = (project: ScriptedProject, ...more: readonly string[]): Promise<Ran> =>
  ran(project, 'auto', 'SPEC-001', '--run-id', 'run-1', ...more);

export const resume = (project: ScriptedProject, ...more: readonly string[]): Promise<Ran> =>
  ran(project, 'resume', 'run-1', ...more);

/** Answers a question of run-1 and throws when the command line does not take the answer. */
export async function answer(project: ScriptedProject, id: string, text: string): Promise<void> {
  const given = await project.speckit('clarify', 'run-1', '--answer', `${id}=${text}`);
  if (given.exit !== 0) throw new Error(`the answer was refused: ${given.stderr}`);
}

/** The payloads of one kind in the log of a run. */
export function payloads<Kind extends EventKind>(
  project: ScriptedProject,
  kind: Kind,
  runId = 'run-1',
): readonly Payload<Kind>[] {
  const file = path.join(project.root, '.git/speckit/runs', runId, 'events.jsonl');
  const events = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  return events.flatMap((event) => (event.kind === kind ? [event.payload as Payload<Kind>] : []));
}

/** The text of the messages of the n-th request (from 1) of that name, without the system message. */
export function requestText(project: ScriptedProject, name: CallName, nth: number): string {
  const index = project.calls.flatMap((call, at) => (call === name ? [at] : []))[nth - 1];
  const body = index === undefined ? undefined : (project.server.requests[index]?.body as RequestBody | undefined);
  if (body === undefined) throw new Error(`there was no request ${nth} of ${name}: ${project.calls.join(' ')}`);
  return body.messages
    .filter((message) => message.role !== 'system' && message.role !== 'developer')
    .map((message) => (typeof message.content === 'string' ? message.content : JSON.stringify(message.content)))
    .join('\n\n');
}

/** The model each request was sent to, in order: the chain's rungs by their model ids. */
export const modelsAsked = (project: ScriptedProject): readonly string[] =>
  project.server.requests.map((request) => (request.body as RequestBody).model);

interface RequestBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}
