import { runAgent } from '../agent/loop.ts';
import { createTools, TOOL_NAMES, type ToolName } from '../agent/tools.ts';
import { renderPrompt } from '../prompt/template.ts';
import { isKept, unkeptText } from '../run/capture.ts';
import { cutMiddle } from '../run/normalise.ts';
import type { Message, ModelError } from '../ports.ts';
import type { TaskScope } from './amendment.ts';
import { systemPrompt } from './ask.ts';
import { callModel, type CallMode } from './callModel.ts';
import type { RunContext } from './context.ts';
import type { Evidence } from './evidence.ts';
import { guidanceBefore, isGuidanceWaiting } from './guidance.ts';
import type { DoneTask, ImplementBasis } from './implement.ts';
import type { Task } from './outputs.ts';
import { prompt, promptFor } from './promptFor.ts';
import {
  adviceText,
  checksText,
  contentsText,
  evidenceText,
  fileListText,
  mentionedFiles,
  planText,
  relatedFiles,
  taskText,
} from './prose.ts';
import { roomAfter, roomOf } from './room.ts';
import { agentWorkspace, type PatchRecord } from './taskWorkspace.ts';

/** What the next worker is told of an attempt whose call failed with that kind of error. */
export const failedText = (kind: string): string => `the call failed: ${kind}`;

/** One worker's attempt at one task. `outside` are files it wanted to change and the plan does not name. */
export interface Attempt {
  readonly worker: string;
  readonly end: 'finished' | 'turnsUsedUp' | 'callFailed';
  readonly text: string;
  readonly messages: readonly Message[];
  /** Ids of the notes of a person that this conversation has heard. */
  readonly heard: ReadonlySet<string>;
  readonly patches: readonly PatchRecord[];
  readonly outside: readonly string[];
  /** Results of the checks after the attempt; filled in by the gate's side. */
  evidence: readonly Evidence[];
  reasons: readonly string[];
  /** Why its last call failed, where it did. */
  readonly error?: ModelError;
}

export interface AttemptBasis extends ImplementBasis {
  readonly scope: TaskScope;
  /** The last failed attempt, whoever made it: its failing output is the next worker's input. */
  readonly handedOn: Attempt | undefined;
  /** What a tutor says of that attempt, for a worker that begins anew. */
  readonly lesson: Message | undefined;
  /** The same worker's last attempt: its conversation goes on, so that the prefix stays cached. */
  readonly previous: Attempt | undefined;
}

/** Which attempt of whom. `mode` stands there where the policy has reflex. */
export interface AttemptPlace {
  readonly key: string;
  readonly worker: string;
  readonly mode?: CallMode | undefined;
}

/** Runs the built-in agent on one task. Never throws for what a model does. */
export async function agentAttempt(
  context: RunContext,
  task: Task,
  basis: AttemptBasis,
  { key, worker, mode }: AttemptPlace,
): Promise<Attempt> {
  const patches: PatchRecord[] = [];
  const workspace = agentWorkspace(context, {
    task: task.id,
    worker,
    role: 'implementer',
    scope: basis.scope,
    onPatch: (record) => patches.push(record),
  });
  const tools = createTools(workspace, 'implementer', toolDescriptions(context));
  const system = systemPrompt(context);
  const guided = { worker, seen: new Set(basis.previous?.heard) };
  const start =
    basis.previous === undefined
      ? await firstMessages(context, task, basis, { key, worker })
      : [...basis.previous.messages, retryMessage(context, basis.previous)];
  const { use: template } = promptFor(context, 'implement', worker);
  const end = await runAgent(key, start, tools, context.configuration.limits.turns_per_attempt, {
    call: (callKey, messages) =>
      callModel(
        context,
        { key: callKey, stage: 'implement', role: 'implementer', worker, template, mode },
        { system, messages, tools: tools.map((tool) => tool.definition) },
      ),
    before: (callKey) => guidanceBefore(context, callKey, guided),
    isMoreToHear: (callKey, next) => isGuidanceWaiting(context, { key: callKey, next }, guided),
    onTool: (toolKey, name, argumentsText, result) => {
      const told = toolTexts(context, argumentsText, result.text);
      context.steps.note('ToolCall', { key: toolKey, name, arguments: told.arguments });
      context.steps.note('ToolResult', { key: toolKey, outcome: result.outcome, text: told.result });
    },
  });
  const text =
    end.kind === 'finished'
      ? end.text
      : end.kind === 'callFailed'
        ? failedText(end.error.kind)
        : 'it used up its turns';
  return {
    worker,
    end: end.kind,
    text,
    messages: end.messages,
    heard: guided.seen,
    patches,
    outside: outsideOf(patches),
    evidence: [],
    reasons: [],
    ...(end.kind === 'callFailed' ? { error: end.error } : {}),
  };
}

/** A call's arguments are a part of the model's answer, and what came of it is a part of the next request: as the capture mode keeps those. */
function toolTexts(context: RunContext, argumentsText: string, result: string) {
  const { mode } = context.configuration.capture;
  return {
    arguments: isKept(mode, 'answer') ? cutMiddle(argumentsText, 4_000) : unkeptText(argumentsText),
    result: isKept(mode, 'request') ? cutMiddle(result, 2_000) : unkeptText(result),
  };
}

/** Only what happened in the tree counts: paths refused in this attempt, without repetition. */
export const outsideOf = (patches: readonly PatchRecord[]): readonly string[] =>
  [...new Set(patches.flatMap((record) => record.outside))].sort();

/** What the spec says of the requirements a task serves. */
export const requirementTexts = ({ spec }: RunContext, task: Task): readonly string[] =>
  spec.spec.requirements.flatMap(({ id, text }) => (task.requirements.includes(id) ? [text] : []));

async function firstMessages(
  context: RunContext,
  task: Task,
  basis: AttemptBasis,
  { key, worker }: AttemptPlace,
): Promise<readonly Message[]> {
  const files = await context.workspace.list(`${key}/files`);
  const made = basis.done.flatMap(({ task: earlier }) => earlier.files);
  const spoken = mentionedFiles([taskText(task), ...requirementTexts(context, task)].join('\n'), files);
  const near = await context.workspace.near(`${key}/near`, basis.scope.files);
  const related = relatedFiles(basis.scope.files, [...spoken, ...made, ...basis.relevant], files, near);
  const fixed = {
    plan: planText(basis.plan),
    advice: adviceText(basis.advice),
    checks: checksText(context),
    done: doneText(basis.done),
    task: taskText(task),
    scope: fileListText(basis.scope.files),
  };
  const { template } = promptFor(context, 'implement', worker);
  const around = [template.text, ...Object.values(toolDescriptions(context)), ...Object.values(fixed)];
  const room = roomOf(context, { key, stage: 'implement' }, around);
  // What the task changes goes before what it only reads.
  const contents = await contentsText(context, `${key}/contents`, basis.scope.files, { room });
  const limits = { cap: RELATED_CAP, room: roomAfter(room, contents), first: 'whole' } as const;
  const shown = await contentsText(context, `${key}/related`, related, limits);
  const text = renderPrompt(template, { ...fixed, contents, related: shown });
  const messages: Message[] = [{ role: 'user', text }];
  if (basis.handedOn !== undefined) messages.push(handOver(context, basis.handedOn, worker));
  if (basis.lesson !== undefined) messages.push(basis.lesson);
  return messages;
}

function retryMessage(context: RunContext, previous: Attempt): Message {
  return {
    role: 'user',
    text: renderPrompt(promptFor(context, 'retry', previous.worker).template, {
      reasons: bulletList(previous.reasons.slice(0, 12)),
      output: evidenceText(previous.evidence),
    }),
  };
}

function handOver(context: RunContext, last: Attempt, worker: string): Message {
  return {
    role: 'user',
    text: renderPrompt(promptFor(context, 'hand-over', worker).template, {
      reasons: bulletList(last.reasons.slice(0, 12)),
      output: evidenceText(last.evidence),
      said: cutMiddle(last.text, SAID_CAP) || '(nothing)',
    }),
  };
}

/** Characters of what a worker said at the end that the next one is shown. */
const SAID_CAP = 2_000;

/** Characters of files that are shown beside those a task changes. */
const RELATED_CAP = 40_000;

function doneText(done: readonly DoneTask[]): string {
  if (done.length === 0) return '(none)';
  return done
    .map(({ task, said }) => `- ${task.id} ${task.title} (${task.files.join(', ')}): ${cutMiddle(said, 600)}`)
    .join('\n');
}

export const bulletList = (items: readonly string[]): string =>
  items.length === 0 ? '- (nothing was said)' : items.map((item) => `- ${item}`).join('\n');

function toolDescriptions(context: RunContext): Record<ToolName, string> {
  return Object.fromEntries(TOOL_NAMES.map((name) => [name, renderPrompt(prompt(context, name), {})])) as Record<
    ToolName,
    string
  >;
}
