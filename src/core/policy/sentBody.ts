import type { WorkerSettings } from '../settings.ts';

/** A member of a worker's extra_body that is not sent, and why, as a sentence about it. */
export interface LeftOutParameter {
  readonly parameter: string;
  readonly text: string;
}

/** Refused with a 400 by Anthropic's API of version 2026-10-21, which its SDK speaks: models of their own choose how to sample. */
const SAMPLING: readonly string[] = ['temperature', 'top_p', 'top_k'];

/**
 * The further members of a worker's requests without those that its provider is known to refuse: a call that is answered by a 400 helps nobody. Only what is
 * known is left out; a server that speaks the same protocol for other models takes them.
 */
export function sentBody(settings: Pick<WorkerSettings, 'provider' | 'model' | 'base_url' | 'extra_body'>): {
  readonly body: WorkerSettings['extra_body'];
  readonly leftOut: readonly LeftOutParameter[];
} {
  const { extra_body: body, model } = settings;
  if (!isAnthropics(settings)) return { body, leftOut: [] };
  const isRefused = (name: string): boolean =>
    SAMPLING.includes(name) || (name === 'thinking' && alwaysThinks(model) && isDisabled(body[name]));
  const names = Object.keys(body).filter(isRefused);
  const leftOut = names.map((parameter) => ({
    parameter,
    text: `${parameter} is not sent to ${model}: Anthropic's current API refuses it. Take it out of extra_body.`,
  }));
  return { body: Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name))), leftOut };
}

function isAnthropics({ provider, model, base_url: url }: Pick<WorkerSettings, 'provider' | 'model' | 'base_url'>) {
  return provider === 'anthropic' && (url === undefined || /(?:^|[/.])claude-/u.test(model));
}

/** Refuses to be told not to think. */
const alwaysThinks = (model: string): boolean => /(?:^|[/.])claude-opus-5-5(?:$|-)/u.test(model);

const isDisabled = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'disabled';
