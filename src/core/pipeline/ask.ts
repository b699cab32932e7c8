import { z } from 'zod';
import { estimateRequestTokens } from '../ledger/estimate.ts';
import { renderPrompt } from '../prompt/template.ts';
import type { Message, ModelError } from '../ports.ts';
import { faultText, letsStandIn } from '../router/recovery.ts';
import { attemptsPerWorker } from '../router/rungs.ts';
import type { RouteRequest } from '../router/routeRequest.ts';
import { route, type RouteChoice } from '../router/route.ts';
import type { Payload } from '../run/event.ts';
import type { Role, Stage } from '../run/stage.ts';
import { callModel } from './callModel.ts';
import type { RunContext } from './context.ts';
import { wireSchema } from './outputs.ts';
import { longestText, prompt, promptFor, schemaFor, schemaText } from './promptFor.ts';
import { RunStopped } from './stopped.ts';

/** An answer of the wanted shape, and who gave it. */
export interface Answered<Value> {
  readonly value: Value;
  readonly worker: string;
  readonly local: boolean;
}

/**
 * One structured question to a role. `key` is the step path; `passOver` names workers whose answers a gate has refused already. `prompt` is rendered for
 * the worker that is chosen; its input `schema` is put in here, because what of it a worker has to read hangs on its provider.
 */
export interface Question<Value> {
  readonly key: string;
  readonly stage: Stage;
  readonly role: Role;
  readonly name: string;
  readonly schema: z.ZodType<Value>;
  readonly prompt: { readonly id: string; readonly values: Readonly<Record<string, string>> };
  readonly passOver: readonly string[];
}

/**
 * Asks the role's cheapest worker that may answer; validates; asks once more with what was wrong; then climbs to the next worker.
 * Returns undefined when nobody is left: the caller says what that means (nobodyLeft.ts for an owner; a person stands in for a judge and for a
 * critic). Throws RunStopped for what no other worker could mend.
 */
export async function ask<Value>(context: RunContext, question: Question<Value>): Promise<Answered<Value> | undefined> {
  const passOver = [...question.passOver];
  const unreached: string[] = [];
  let fallback: FailedCall | undefined;
  for (;;) {
    const worker = chooseWorker(
      context,
      { ...question, estimatedTokens: tokensOf(context, question), needsTools: false, unreached },
      passOver,
      fallback,
    );
    if (worker === undefined) return undefined;
    fallback = undefined;
    passOver.push(worker);
    // Who stood in for a worker goes on standing in: a resumed run does not ask again who was passed over.
    if (fallbackFrom(context, question.key, worker) !== undefined) {
      unreached.push(worker);
      continue;
    }
    const value = await askWorker(context, question, worker);
    if (value.kind === 'value')
      return { value: value.value, worker, local: context.configuration.workers[worker]?.local ?? false };
    if (value.kind === 'callFailed' && letsStandIn(value.error)) {
      unreached.push(worker);
      fallback = { key: question.key, worker, error: value.error };
    } else
      context.steps.note('Escalation', {
        key: question.key,
        stage: question.stage,
        from: worker,
        to: 'the next worker',
        text: `${worker} gave no usable answer`,
      });
  }
}

/** What the router is asked. `estimatedTokens` is the request without its answer. */
export interface RoutedQuestion {
  readonly key: string;
  readonly stage: Stage;
  readonly role: Role;
  readonly estimatedTokens: number;
  readonly needsTools: boolean;
  /** Those of the workers passed over that could not be reached. */
  readonly unreached: readonly string[];
  /** Of the change, where it is known. */
  readonly risk?: RouteRequest['risk'] & {};
  /** Why the attempt is not reflex's, where the policy has reflex, and how long the last look at its server took. */
  readonly cloud?: { readonly rule: string; readonly text: string; readonly latencyMs: number | null };
}

/** A worker whose call failed in a way that passes. `key` is that of the question or the attempt. */
export interface FailedCall {
  readonly key: string;
  readonly worker: string;
  readonly error: ModelError;
}

/** That another worker has stood in for this one at this question or attempt, as the log says. */
export function fallbackFrom(
  context: RunContext,
  key: string,
  worker: string,
): Payload<'FallbackActivated'> | undefined {
  const found = context.log.events.findLast(
    (event) => event.kind === 'FallbackActivated' && event.payload.key === key && event.payload.from === worker,
  );
  return found?.kind === 'FallbackActivated' ? found.payload : undefined;
}

/**
 * The router's choice for one call, recorded with its reasons. A choice the log holds already is kept: what was spent or went down since then
 * must not make a resumed run take another way through its own past. Where the worker stands in for one whose call failed, or whose endpoint is left
 * alone, that is recorded too. Throws RunStopped where a person has to put the configuration right.
 */
export function chooseWorker(
  context: RunContext,
  question: RoutedQuestion,
  passOver: readonly string[],
  fallback?: FailedCall,
): string | undefined {
  const key = `${question.key}/route-${passOver.length + 1}`;
  const recorded = context.log.events.findLast(
    (event) => event.kind === 'RoutingDecision' && event.payload.key === key,
  );
  if (
    recorded?.kind === 'RoutingDecision' &&
    recorded.payload.worker !== null &&
    recorded.payload.mode !== 'reflex' &&
    !passOver.includes(recorded.payload.worker)
  )
    return recorded.payload.worker;
  const attempts = attemptsPerWorker(question.stage, context.configuration);
  const failed = passOver.filter((worker) => !question.unreached.includes(worker));
  const choice = route(
    {
      role: question.role,
      stage: question.stage,
      failures: Object.fromEntries(failed.map((worker) => [worker, attempts])),
      unreached: question.unreached,
      attempt: passOver.length + 1,
      estimatedTokens: question.estimatedTokens,
      needsTools: question.needsTools,
      ...(question.risk === undefined ? {} : { risk: question.risk }),
    },
    context.configuration,
    Object.fromEntries(Object.keys(context.configuration.workers).map((worker) => [worker, context.health(worker)])),
    context.spending.totals(question.stage),
  );
  // First, so that a process that is killed here leaves no choice behind whose reason is missing.
  if (choice.kind === 'worker') noteFallback(context, question, choice, fallback);
  const { cloud } = question;
  context.steps.note('RoutingDecision', {
    key,
    stage: question.stage,
    role: question.role,
    worker: choice.kind === 'worker' ? choice.worker : null,
    rung: choice.kind === 'worker' ? choice.rung : 0,
    reasons: [...choice.reasons, ...(cloud === undefined ? [] : [{ rule: cloud.rule, text: cloud.text }])],
    refused: [...choice.refused],
    ...(cloud === undefined ? {} : { mode: 'cloud', reason: cloud.rule, latencyMs: cloud.latencyMs }),
  });
  const [reason] = choice.reasons;
  if (choice.kind === 'none' && reason?.rule === 'key-missing')
    throw new RunStopped(
      'configuration',
      `${reason.text}.\nNo other worker stands in for a missing key: set it, or take the worker out of its chain.`,
    );
  return choice.kind === 'worker' ? choice.worker : undefined;
}

function noteFallback(
  context: RunContext,
  { key, stage, role }: RoutedQuestion,
  { worker: to, reasons, refused }: Extract<RouteChoice, { kind: 'worker' }>,
  failed: FailedCall | undefined,
): void {
  const about = { stage, role, to };
  if (failed !== undefined)
    context.steps.note('FallbackActivated', {
      ...about,
      key: failed.key,
      from: failed.worker,
      fault: failed.error.kind,
      text: faultText(failed.error),
    });
  // Who is tried again because nobody else is left stands in for nobody.
  if (reasons.some(({ rule }) => rule === 'last-resort')) return;
  for (const { worker: from, rule, text } of refused)
    if (rule === 'circuit-open')
      context.steps.note('FallbackActivated', { ...about, key: `${key}/route`, from, fault: 'circuitOpen', text });
}

function tokensOf<Value>(context: RunContext, question: Question<Value>): number {
  const parts = [longestText(context, question.prompt.id), ...Object.values(question.prompt.values)];
  const text = [...parts, schemaText(question.schema)].join('\n');
  return estimateRequestTokens({ system: systemPrompt(context), tools: [], messages: [{ role: 'user', text }] });
}

type WorkerAnswer<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'unusable'; readonly problems: string }
  | { readonly kind: 'callFailed'; readonly error: ModelError };

async function askWorker<Value>(
  context: RunContext,
  question: Question<Value>,
  worker: string,
): Promise<WorkerAnswer<Value>> {
  const { template, use } = promptFor(context, question.prompt.id, worker);
  const address = { stage: question.stage, role: question.role, worker, template: use };
  const schema = schemaFor(context, question.schema, worker);
  const asked: Message = { role: 'user', text: renderPrompt(template, { ...question.prompt.values, schema }) };
  const request = {
    system: systemPrompt(context),
    tools: [],
    outputSchema: { name: question.name, schema: wireSchema(question.schema) },
  };
  const first = await callModel(
    context,
    { ...address, key: `${question.key}/${worker}` },
    { ...request, messages: [asked] },
  );
  if (first.kind === 'error') return { kind: 'callFailed', error: first.error };
  const read = readAnswer(question.schema, first.value.text);
  if (read.kind === 'value') return read;
  // A hotfix has two model calls in all: one change and one audit.
  if (context.size === 'hotfix') return read;
  const repair = renderPrompt(promptFor(context, 'repair', worker).template, { problems: read.problems });
  const messages: Message[] = [
    asked,
    { role: 'assistant', text: first.value.text, toolCalls: [] },
    { role: 'user', text: repair },
  ];
  const second = await callModel(
    context,
    { ...address, key: `${question.key}/${worker}/repair` },
    { ...request, messages },
  );
  if (second.kind === 'error') return { kind: 'callFailed', error: second.error };
  return readAnswer(question.schema, second.value.text);
}

/**
 * The system text of every call of a run: the same bytes from the first call to the last, for the sake of prefix caches. What a project says to every
 * run stands before the spec.
 */
export function systemPrompt(context: RunContext): string {
  const values = {
    constitution: context.constitution === '' ? '(none)' : context.constitution,
    spec_path: context.spec.path,
    spec: context.spec.text,
  };
  const { projectGuidance: guidance } = context;
  return guidance === ''
    ? renderPrompt(prompt(context, 'preamble'), values)
    : renderPrompt(prompt(context, 'preamble-guided'), { ...values, guidance });
}

/** Reads JSON that may stand in one Markdown fence (`bare`: must not), and validates it. `problems` are words for the model, at most 1,500 characters. */
export function readAnswer<Value>(
  schema: z.ZodType<Value>,
  text: string,
  form: 'fenced' | 'bare' = 'fenced',
): { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'unusable'; readonly problems: string } {
  const fenced = form === 'bare' ? undefined : /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1];
  let value: unknown;
  try {
    value = JSON.parse(fenced ?? text);
  } catch (error) {
    const said = text.trim() === '' ? 'The answer was empty.' : notJson(text, form, error as SyntaxError);
    return { kind: 'unusable', problems: said.slice(0, 1_500) };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'value', value: parsed.data };
  return { kind: 'unusable', problems: z.prettifyError(parsed.error).slice(0, 1_500) };
}

function notJson(text: string, form: 'fenced' | 'bare', error: SyntaxError): string {
  const start = form === 'bare' ? text.trimStart() : '';
  if (start.startsWith('```')) return 'It stands in a Markdown fence. It has to be the JSON object alone.';
  if (start.includes('{') && !start.startsWith('{'))
    return 'Words stand before the JSON object. It has to stand alone.';
  return `It is not JSON: ${error.message}`;
}
