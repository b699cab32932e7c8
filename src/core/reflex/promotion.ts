import { hashOf } from '../../base/hash.ts';
import type { PromptTemplate } from '../prompt/template.ts';
import type { Configuration } from '../settings.ts';

/** Whether a bake-off has shown that the local server may make first attempts. Anything but a passing, unexpired report of exactly this subject is `none`. */
export type Promotion = { readonly kind: 'promoted' } | { readonly kind: 'none'; readonly why: string };

/** What a promotion is about: it holds for exactly these. */
export interface PromotionSubject {
  /** Absolute: the repository whose `.speckit/eval` holds the reports. */
  readonly root: string;
  /** Endpoint, model and thresholds. */
  readonly reflex: Configuration['reflex'];
  /** As the server tells it; undefined where it does not, and then nothing is promoted. */
  readonly serverVersion: string | undefined;
  /** Of the prompts that reflex is asked with: `reflexPromptVersion`. */
  readonly promptVersion: string;
}

/** The prompts of a first attempt: what every request begins with, what is asked, and how an answer that cannot be used is sent back. */
const PROMPTS = ['preamble', 'preamble-guided', 'implement-single', 'repair'] as const;

/** The SHA-256 of the prompts that reflex is asked with: another one is another subject. */
export function reflexPromptVersion(prompts: ReadonlyMap<string, Pick<PromptTemplate, 'text'>>): string {
  return hashOf(Object.fromEntries(PROMPTS.map((id) => [id, prompts.get(id)?.text ?? null])));
}
