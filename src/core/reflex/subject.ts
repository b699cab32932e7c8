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
  /** Which server and version, e.g. `vllm 0.33.0`, as far as it tells; null where it tells nothing. */
  readonly server: string | null;
  /** All prompts of the run; which of them reflex is asked with: `reflexPrompts`. */
  readonly prompts: ReadonlyMap<string, PromptTemplate>;
}
