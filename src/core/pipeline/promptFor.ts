import type { z } from 'zod';
import { canonicalJson } from '../../base/json.ts';
import { inVariant, type PromptTemplate } from '../prompt/template.ts';
import { workerPrompt, type WorkerPrompt } from '../prompt/workerPrompt.ts';
import type { Payload } from '../run/event.ts';
import type { RunContext } from './context.ts';
import { wireSchema } from './outputs.ts';
import { RunStopped } from './stopped.ts';

/** Which text a call begins with, as its event says it. */
export type PromptUse = NonNullable<Payload<'LLMCall'>['template']>;

/** A prompt that reads the same for every worker, by its id. Throws when it is missing, or has variants: that is a fault of the package, not of the run. */
export function prompt(context: RunContext, id: string): PromptTemplate {
  const template = templateOf(context, id);
  if (Object.keys(template.variants).length === 0) return template;
  throw new Error(`prompts: ${id} has variants, and nobody says here which worker reads it`);
}

/** A prompt as this worker reads it, and which text of it that is. Throws when the prompt is missing. */
export function promptFor(
  context: RunContext,
  id: string,
  worker: string,
): { readonly template: PromptTemplate; readonly use: PromptUse } {
  const template = templateOf(context, id);
  const { variant } = howAsked(context, worker);
  const isVariant = variant !== undefined && template.variants[variant] !== undefined;
  return {
    template: inVariant(template, variant),
    use: { id, version: template.version, variant: isVariant ? variant : null },
  };
}

/** The longest text of a prompt: for room that is counted before it is known who reads it. Throws when the prompt is missing. */
export function longestText(context: RunContext, id: string): string {
  const { text, variants } = templateOf(context, id);
  return Object.values(variants).reduce((longest, other) => (other.length > longest.length ? other : longest), text);
}

/** The schema as it stands in a prompt. */
export function schemaText(schema: z.ZodType): string {
  return canonicalJson(wireSchema(schema));
}

/** Stands in the place of a schema that the worker's provider shows it anyway. */
const SENT_ALONG = '(the schema that is sent with this request as the format of the answer)';

/** The schema as this worker's prompt tells it. */
export function schemaFor(context: RunContext, schema: z.ZodType, worker: string): string {
  return howAsked(context, worker).schema === 'withRequest' ? SENT_ALONG : schemaText(schema);
}

/** A worker that the configuration does not name is refused by callModel.ts; until then it reads the main text. */
function howAsked({ configuration }: RunContext, worker: string): WorkerPrompt {
  const settings = configuration.workers[worker];
  return settings === undefined ? { variant: undefined, schema: 'inPrompt' } : workerPrompt(settings);
}

function templateOf(context: RunContext, id: string): PromptTemplate {
  const template = context.prompts.get(id);
  if (template === undefined)
    throw new RunStopped('infrastructure', `The prompt ${id} is missing from this installation.`);
  return template;
}
