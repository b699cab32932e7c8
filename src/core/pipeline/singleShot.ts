import { estimateRequestTokens, estimateTokens } from '../ledger/estimate.ts';
import { renderPrompt } from '../prompt/template.ts';
import type { Message } from '../ports.ts';
import {
  bulletList,
  failedText,
  outsideOf,
  requirementTexts,
  type Attempt,
  type AttemptBasis,
  type AttemptPlace,
} from './attempt.ts';
import { readAnswer, systemPrompt } from './ask.ts';
import { callModel } from './callModel.ts';
import type { RunContext } from './context.ts';
import { guidanceBefore } from './guidance.ts';
import { patchSchema, wireSchema, type Task } from './outputs.ts';
import { longestText, promptFor, schemaFor, schemaText } from './promptFor.ts';
import {
  checksText,
  contentsText,
  evidenceText,
  fileListText,
  mentionedFiles,
  relatedFiles,
  taskText,
} from './prose.ts';
import { roomAfter, roomOf } from './room.ts';
import { agentWorkspace, type PatchRecord } from './taskWorkspace.ts';

/** Characters of files that reflex is shown beside those it changes: its server holds less than the others'. */
const RELATED_CAP = 12_000;

/**
 * One request, one patch: what a hotfix gets, and every attempt of reflex. Reflex sees beforehand what it cannot go and read, its messages are only
 * ever appended to (the server keeps what it has read of them), and an answer that is no JSON is sent back once.
 */
export async function singleShot(
  context: RunContext,
  task: Task,
  basis: AttemptBasis,
  { key, worker, mode }: AttemptPlace,
): Promise<Attempt> {
  const isReflex = mode?.mode === 'reflex';
  const guided = { worker, seen: new Set(basis.previous?.heard) };
  const asked = await messagesOf(context, task, basis, { key, worker, mode });
  const guidance = guidanceBefore(context, `${key}/patch`, guided);
  const messages: Message[] = [...asked, ...(guidance === undefined ? [] : [guidance])];
  const patches: PatchRecord[] = [];
  const ended = (end: Attempt['end'], text: string): Attempt => ({
    worker,
    end,
    text,
    messages,
    heard: guided.seen,
    patches,
    outside: outsideOf(patches),
    evidence: [],
    reasons: [],
  });
  const { use } = promptFor(context, 'implement-single', worker);
  const request = {
    system: systemPrompt(context),
    tools: [],
    outputSchema: { name: 'patch', schema: wireSchema(patchSchema) },
  };
  const call = (callKey: string) =>
    callModel(
      context,
      { key: callKey, stage: 'implement', role: 'implementer', worker, template: use, mode },
      { ...request, messages: [...messages] },
    );
  const read = (text: string) => readAnswer(patchSchema, text, isReflex ? 'bare' : 'fenced');
  let answer = await call(`${key}/patch`);
  if (answer.kind === 'error') return { ...ended('callFailed', failedText(answer.error.kind)), error: answer.error };
  messages.push({ role: 'assistant', text: answer.value.text, toolCalls: [] });
  let found = read(answer.value.text);
  if (found.kind === 'unusable' && isReflex) {
    const { template } = promptFor(context, 'repair', worker);
    messages.push({ role: 'user', text: renderPrompt(template, { problems: found.problems }) });
    answer = await call(`${key}/patch/repair`);
    if (answer.kind === 'error') return { ...ended('callFailed', failedText(answer.error.kind)), error: answer.error };
    messages.push({ role: 'assistant', text: answer.value.text, toolCalls: [] });
    found = read(answer.value.text);
  }
  if (found.kind === 'unusable') return ended('finished', found.problems);
  const workspace = agentWorkspace(context, {
    task: task.id,
    worker,
    role: 'implementer',
    scope: basis.scope,
    onPatch: (record) => void patches.push(record),
  });
  await workspace.applyPatch(`${key}/apply`, found.value.patch);
  return ended('finished', found.value.notes);
}

/** Estimated tokens of an attempt's request and its answer, before what it shows is gathered. */
export async function neededTokens(
  context: RunContext,
  task: Task,
  basis: Pick<AttemptBasis, 'scope' | 'previous'>,
  answerTokens: number,
): Promise<number> {
  const system = systemPrompt(context);
  const { previous, scope } = basis;
  if (previous !== undefined) {
    const again = `${previous.reasons.join('\n')}${evidenceText(previous.evidence)}`;
    return (
      estimateRequestTokens({ system, messages: previous.messages, tools: [] }) + estimateTokens(again) + answerTokens
    );
  }
  const { tree } = context.workspace.current;
  const files = await Promise.all(scope.files.map((path) => context.tree.readAt(tree, path)));
  const texts = files.flatMap((file) => (file?.kind === 'text' ? [file.text] : []));
  const fixed = [
    longestText(context, 'implement-single'),
    schemaText(patchSchema),
    taskText(task),
    checksText(context),
  ];
  const estimated = [system, ...fixed, ...texts].reduce((sum, text) => sum + estimateTokens(text), 0);
  return estimated + Math.ceil(RELATED_CAP / 3) + answerTokens;
}

/** The question, or the conversation so far with what stands against the last answer: another patch for the files as they were shown. */
async function messagesOf(
  context: RunContext,
  task: Task,
  basis: AttemptBasis,
  { key, worker, mode }: AttemptPlace,
): Promise<readonly Message[]> {
  const { previous } = basis;
  if (previous !== undefined) {
    const text = renderPrompt(promptFor(context, 'retry-single', worker).template, {
      reasons: bulletList(previous.reasons.slice(0, 12)),
      output: evidenceText(previous.evidence),
      scope: fileListText(basis.scope.files),
    });
    return [...previous.messages, { role: 'user', text }];
  }
  const fixed = {
    task: taskText(task),
    scope: fileListText(basis.scope.files),
    checks: checksText(context),
    schema: schemaFor(context, patchSchema, worker),
  };
  const { template } = promptFor(context, 'implement-single', worker);
  const room = roomOf(context, { key, stage: 'implement' }, [template.text, ...Object.values(fixed)]);
  const contents = await contentsText(context, `${key}/contents`, basis.scope.files, { room });
  if (mode?.mode !== 'reflex') return [{ role: 'user', text: renderPrompt(template, { ...fixed, contents }) }];
  const files = await context.workspace.list(`${key}/files`);
  const made = basis.done.flatMap(({ task: earlier }) => earlier.files);
  const spoken = mentionedFiles([fixed.task, ...requirementTexts(context, task)].join('\n'), files);
  const near = await context.workspace.near(`${key}/near`, basis.scope.files);
  const related = relatedFiles(basis.scope.files, [...spoken, ...made, ...basis.relevant], files, near);
  if (related.length === 0) return [{ role: 'user', text: renderPrompt(template, { ...fixed, contents }) }];
  const limits = { cap: RELATED_CAP, room: roomAfter(room, contents), first: 'whole' } as const;
  const beside = await contentsText(context, `${key}/related`, related, limits);
  return [{ role: 'user', text: renderPrompt(template, { ...fixed, contents: `${contents}\n\n${beside}` }) }];
}
