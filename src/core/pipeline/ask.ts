import { z } from 'zod';
import { canonicalJson } from '../../base/json.ts';
import { estimateRequestTokens } from '../ledger/estimate.ts';
import { renderPrompt } from '../prompt/template.ts';
import type { Message } from '../ports.ts';
import { route } from '../router/route.ts';
import type { Role, Stage } from '../run/stage.ts';
import { callModel } from './callModel.ts';
import type { RunContext } from './context.ts';
import { wireSchema } from './outputs.ts';
import { RunStopped } from './stopped.ts';

/** An answer of the wanted shape, and who gave it. */
export interface Answered<Value> {
  readonly value: Value;
  readonly worker: string;
  readonly local: boolean;
}

/** One structured question to a role. `key` is the step path; `passOver` names workers whose answers a gate has refused already. */
export interface Question<Value> {
  readonly key: string;
  readonly stage: Stage;
  readonly role: Role;
  readonly name: string;
  readonly schema: z.ZodType<Value>;
  readonly messages: readonly Message[];
  readonly passOver: readonly string[];
}

/**
 * Asks the role's cheapest worker that may answer; validates; asks once more with what was wrong; then climbs to the next worker.
 * Returns undefined when nobody is left: the caller says what that means (nobodyLeft.ts for an owner; a person stands in for a judge and for a
 * critic). Throws RunStopped for what no other worker could mend.
 */
export async function ask<Value>(context: RunContext, question: Question<Value>): Promise<Answered<Value> | undefined> {
  const passOver = [...question.passOver];
  for (;;) {
    const worker = chooseWorker(
      context,
      { ...question, estimatedTokens: tokensOf(context, question), needsTools: false },
      passOver,
    );
    if (worker === undefined) return undefined;
    const value = await askWorker(context, question, worker);
    if (value.kind === 'value')
      return { value: value.value, worker, local: context.configuration.workers[worker]?.local ?? false };
    passOver.push(worker);
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
}

/**
 * The router's choice for one call, recorded with its reasons. A choice the log holds already is kept: what was spent or went down since then
 * must not make a resumed run take another way through its own past.
 */
export function chooseWorker(
  context: RunContext,
  question: RoutedQuestion,
  passOver: readonly string[],
): string | undefined {
  const key = `${question.key}/route-${passOver.length + 1}`;
  const recorded = context.log.events.findLast(
    (event) => event.kind === 'RoutingDecision' && event.payload.key === key,
  );
  if (
    recorded?.kind === 'RoutingDecision' &&
    recorded.payload.worker !== null &&
    !passOver.includes(recorded.payload.worker)
  )
    return recorded.payload.worker;
  const attempts = context.configuration.gates.attempts_per_worker;
  const choice = route(
    {
      role: question.role,
      stage: question.stage,
      failures: Object.fromEntries(passOver.map((worker) => [worker, attempts])),
      attempt: passOver.length + 1,
      estimatedTokens: question.estimatedTokens,
      needsTools: question.needsTools,
    },
    context.configuration,
    Object.fromEntries(Object.keys(context.configuration.workers).map((worker) => [worker, context.health(worker)])),
    context.spending.totals(question.stage),
  );
  context.steps.note('RoutingDecision', {
    key,
    stage: question.stage,
    role: question.role,
    worker: choice.kind === 'worker' ? choice.worker : null,
    rung: choice.kind === 'worker' ? choice.rung : 0,
    reasons: [...choice.reasons],
    refused: [...choice.refused],
  });
  return choice.kind === 'worker' ? choice.worker : undefined;
}

function tokensOf<Value>(context: RunContext, question: Question<Value>): number {
  return estimateRequestTokens({ system: systemPrompt(context), tools: [], messages: question.messages });
}

type WorkerAnswer<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'unusable'; readonly problems: string }
  | { readonly kind: 'callFailed' };

async function askWorker<Value>(
  context: RunContext,
  question: Question<Value>,
  worker: string,
): Promise<WorkerAnswer<Value>> {
  const address = { stage: question.stage, role: question.role, worker };
  const request = {
    system: systemPrompt(context),
    tools: [],
    outputSchema: { name: question.name, schema: wireSchema(question.schema) },
  };
  const first = await callModel(
    context,
    { ...address, key: `${question.key}/${worker}` },
    { ...request, messages: question.messages },
  );
  if (first.kind === 'error') return { kind: 'callFailed' };
  const read = readAnswer(question.schema, first.value.text);
  if (read.kind === 'value') return read;
  // A hotfix has two model calls in all: one change and one audit.
  if (context.size === 'hotfix') return read;
  const repair = renderPrompt(prompt(context, 'repair'), { problems: read.problems });
  const messages: Message[] = [
    ...question.messages,
    { role: 'assistant', text: first.value.text, toolCalls: [] },
    { role: 'user', text: repair },
  ];
  const second = await callModel(
    context,
    { ...address, key: `${question.key}/${worker}/repair` },
    { ...request, messages },
  );
  if (second.kind === 'error') return { kind: 'callFailed' };
  return readAnswer(question.schema, second.value.text);
}

/** The system text of every call of a run: the same bytes from the first call to the last, for the sake of prefix caches. */
export function systemPrompt(context: RunContext): string {
  return renderPrompt(prompt(context, 'preamble'), {
    constitution: context.constitution === '' ? '(none)' : context.constitution,
    spec_path: context.spec.path,
    spec: context.spec.text,
  });
}

/** A prompt of the product by its id. Throws when it is missing: that is a fault of the package, not of the run. */
export function prompt(context: RunContext, id: string) {
  const template = context.prompts.get(id);
  if (template === undefined)
    throw new RunStopped('infrastructure', `The prompt ${id} is missing from this installation.`);
  return template;
}

/** The schema as it stands in a prompt. */
export function schemaText(schema: z.ZodType): string {
  return canonicalJson(wireSchema(schema));
}

/** Reads JSON that may stand in one Markdown fence, and validates it. `problems` are words for the model, at most 1,500 characters. */
export function readAnswer<Value>(
  schema: z.ZodType<Value>,
  text: string,
): { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'unusable'; readonly problems: string } {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text);
  let value: unknown;
  try {
    value = JSON.parse(fenced?.[1] ?? text);
  } catch (error) {
    const said = text.trim() === '' ? 'The answer was empty.' : `It is not JSON: ${(error as SyntaxError).message}`;
    return { kind: 'unusable', problems: said.slice(0, 1_500) };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'value', value: parsed.data };
  return { kind: 'unusable', problems: z.prettifyError(parsed.error).slice(0, 1_500) };
}
