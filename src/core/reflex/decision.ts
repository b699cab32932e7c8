import { counted } from '../../base/counted.ts';
import type { Stage } from '../run/stage.ts';
import type { Promotion } from './subject.ts';

/** What was last seen of the local server. `ageMs` counts from then. */
export type ReflexServer =
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'down'; readonly why: string; readonly latencyMs?: number }
  | {
      readonly kind: 'healthy';
      /** Whether it lists the configured model; undefined where nobody knows. */
      readonly isListed: boolean | undefined;
      /** Tokens of a request and its answer that fit, as it says itself. */
      readonly contextTokens: number | undefined;
      /** Which server and version, e.g. `vllm 0.33.0`, as far as it tells; null where it tells nothing. */
      readonly version: string | null;
      /** How long its list of models took. */
      readonly latencyMs: number;
      readonly ageMs: number;
    };

/** Whose turn a task is: reflex makes its first attempts, and does not come back to it once somebody else has begun. */
export type ReflexTurn = 'due' | 'callFailed' | 'failedBefore' | 'notFirst';

/**
 * Everything the decision hangs on. A fact that is not known is undefined, and what is undefined never speaks for reflex.
 */
export interface ReflexFacts {
  readonly stage: Stage | undefined;
  readonly enabled: boolean | undefined;
  readonly model: string;
  /** `single`: the work has one attempt in all (a hotfix). */
  readonly attempts: 'several' | 'single' | undefined;
  readonly server: ReflexServer | undefined;
  readonly promotion: Promotion | undefined;
  readonly risk: { readonly level: 'low' | 'medium' | 'high'; readonly reasons: readonly string[] } | undefined;
  /** Estimated tokens of the request and of the longest answer. */
  readonly tokens: number | undefined;
  readonly failures: number | undefined;
  readonly maxFailures: number | undefined;
  /** Why it must not be called (budgets, [calls]); null when it may. */
  readonly refusal: { readonly rule: string; readonly text: string } | null | undefined;
  readonly turn: ReflexTurn | undefined;
}

/** Why a task's attempt is not made by reflex. The names are stable: they stand in logs and reports. */
export const CLOUD_RULES = [
  'not_implement_stage',
  'reflex_disabled',
  'single_attempt',
  'server_unhealthy',
  'model_not_available',
  'not_promoted',
  'high_risk',
  'context_too_small',
  'too_many_failures',
  'not_allowed',
  'call_failed',
  'failed_before',
  'not_first',
] as const;
export type CloudRule = (typeof CLOUD_RULES)[number];

export interface CloudReason {
  readonly rule: CloudRule;
  readonly text: string;
}

/** Implementer(mode): whether an attempt is reflex's, or that of the workers of routing.implementer. */
export type ReflexDecision =
  | { readonly mode: 'reflex'; readonly rule: 'healthy_and_promoted'; readonly text: string }
  | ({ readonly mode: 'cloud' } & CloudReason);

/** A look at the server that is older than this says nothing of it any more. */
export const STALE_MS = 60_000;

/** Decides at once, from facts alone: the first thing that stands against reflex, or nothing does. */
export function decideReflex(facts: ReflexFacts): ReflexDecision {
  const [first] = againstReflex(facts);
  if (first !== undefined) return { mode: 'cloud', ...first };
  const text = `${facts.model} is healthy, and its bake-off has passed.`;
  return { mode: 'reflex', rule: 'healthy_and_promoted', text };
}

/** Everything that stands against reflex, in the order in which it counts; empty when nothing does. */
export function againstReflex(facts: ReflexFacts): readonly CloudReason[] {
  return RUNGS.flatMap(([rule, against]) => {
    const text = against(facts);
    return text === undefined ? [] : [{ rule, text }];
  });
}

/** Every rung with what it says against; undefined where it lets pass. Comparisons are written so that what is no number does not pass. */
const RUNGS: readonly (readonly [CloudRule, (facts: ReflexFacts) => string | undefined])[] = [
  [
    'not_implement_stage',
    ({ stage }) => (stage === 'implement' ? undefined : 'Reflex is for the implement stage alone.'),
  ],
  ['reflex_disabled', ({ enabled }) => (enabled === true ? undefined : 'reflex.enabled is not true.')],
  [
    'single_attempt',
    ({ attempts }) => (attempts === 'several' ? undefined : 'A hotfix has one attempt: nobody could mend after it.'),
  ],
  ['server_unhealthy', serverProblem],
  [
    'model_not_available',
    ({ server, model }) =>
      server?.kind === 'healthy' && server.isListed === true
        ? undefined
        : server?.kind === 'healthy' && server.isListed === false
          ? `The server does not list ${model}: \`speckit reflex models\` shows what it lists, and model under [reflex] names the one to ask for.`
          : `The server does not say whether it has ${model}.`,
  ],
  [
    'not_promoted',
    ({ promotion }) =>
      promotion?.kind === 'promoted'
        ? undefined
        : `It is not promoted: ${promotion?.kind === 'none' ? promotion.why : 'nothing is known of a bake-off'}.`,
  ],
  ['high_risk', riskProblem],
  ['context_too_small', contextProblem],
  [
    'too_many_failures',
    ({ failures, maxFailures }) =>
      isCount(failures) && isCount(maxFailures) && failures < maxFailures
        ? undefined
        : `It left ${failures === undefined ? 'an unknown number of calls' : counted(failures, 'call')} in a row without an answer; it is left alone until it is found healthy again.`,
  ],
  [
    'not_allowed',
    ({ refusal }) => (refusal === null ? undefined : (refusal?.text ?? 'Whether it may be called is not known.')),
  ],
  ['call_failed', ({ turn }) => (turn === 'callFailed' ? 'It did not answer for this task.' : undefined)],
  ['failed_before', ({ turn }) => (turn === 'failedBefore' ? 'Its attempts at this task have failed.' : undefined)],
  [
    'not_first',
    ({ turn }) =>
      turn === 'due' || turn === 'callFailed' || turn === 'failedBefore'
        ? undefined
        : 'Another worker has begun this task.',
  ],
];

/** Facts come from a server's answers and from settings: what is not a number of at least 0 is not known. */
const isCount = (value: number | undefined): value is number => typeof value === 'number' && value >= 0;

function serverProblem({ server }: ReflexFacts): string | undefined {
  if (server?.kind !== 'healthy') return `The server cannot be used: ${server?.why ?? 'nothing is known of it'}.`;
  if (isCount(server.ageMs) && server.ageMs <= STALE_MS) return undefined;
  return `The server was not looked at for ${Math.round(server.ageMs / 1_000)} s.`;
}

function riskProblem({ risk }: ReflexFacts): string | undefined {
  if (risk?.level === 'low' || risk?.level === 'medium') return undefined;
  if (risk?.level !== 'high') return 'How risky the change is, is not known.';
  return `The change is of high risk: ${risk.reasons.slice(0, 5).join(' ')}`;
}

function contextProblem({ server, tokens }: ReflexFacts): string | undefined {
  const holds = server?.kind === 'healthy' ? server.contextTokens : undefined;
  if (!isCount(holds)) return 'How many tokens the server holds is not known.';
  if (!isCount(tokens)) return 'How many tokens the task needs is not known.';
  if (tokens <= holds) return undefined;
  return `The server holds ${holds} tokens; ${tokens} are needed, the answer counted.`;
}

/** Rules by which reflex would be due and cannot be used. With reflex.fallback.to_cloud = false they stop a run. */
const UNAVAILABLE: ReadonlySet<string> = new Set<CloudRule>([
  'server_unhealthy',
  'model_not_available',
  'not_promoted',
  'high_risk',
  'context_too_small',
  'too_many_failures',
  'not_allowed',
  'call_failed',
]);

/** Whether it was reflex's turn, and only the server, its proof or the work's nature keep it from it. */
export const isUnavailable = (rule: string): boolean => UNAVAILABLE.has(rule);
