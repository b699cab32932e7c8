import type { CheckSettings, Configuration } from '../settings.ts';
import type { Role, Stage } from '../run/stage.ts';
import { attemptsPerWorker } from '../router/rungs.ts';
import { type Effect, type Finding, reasonText, type Verdict } from './verdict.ts';

/** What a gate is asked about, beside the signals. */
export interface GateRequest {
  readonly stage: Stage;
  /** The evidence tree judged here. A check's result measured on another tree is stale. */
  readonly treeHash: string;
  /** The checks the project has configured, whether they ran or not. */
  readonly checks: readonly ConfiguredCheck[];
  /** The advisers asked at this gate. One that did not answer is not taken for one that found nothing. */
  readonly advisers: readonly { readonly role: Role; readonly answered: boolean }[];
  /** The verdicts this gate gave before for the same thing (plan, task or audit of this run), in any order. */
  readonly earlier: readonly Verdict[];
  /** Reasons of earlier verdicts that a person accepted, word for word. See ACCEPTABLE_RULES in accept.ts. */
  readonly accepted: readonly { readonly rule: string; readonly text: string }[];
}

export interface ConfiguredCheck {
  readonly name: string;
  readonly checkKind: CheckSettings['kind'];
}

/** The numbers gates decide by. `minConfidence` is 0..1, the others are counts or percent. */
export interface GatePolicy {
  readonly minConfidence: number;
  readonly attemptsPerWorker: number;
  /** The least test coverage in percent; none is asked for when it is left out. */
  readonly minTestCoverage?: number | undefined;
  /** How often an audit that blocks sends the work back to implement before a person is asked. */
  readonly auditRetries: number;
}

/** The gate policy of a configuration at a stage: its tier may have more or fewer attempts. */
export function gatePolicyOf(configuration: Configuration, stage: Stage): GatePolicy {
  return {
    minConfidence: configuration.gates.min_confidence,
    attemptsPerWorker: attemptsPerWorker(stage, configuration),
    minTestCoverage: configuration.gates.min_test_coverage,
    auditRetries: 1,
  };
}

/** What every rule may look at beside its own signal. `attempts` is undefined when no usable signal told. */
export interface GateContext {
  readonly gate: GateRequest;
  readonly policy: GatePolicy;
  readonly attempts: { readonly failedHere: number; readonly workersLeft: number } | undefined;
}

export const PROCEED: Effect = { kind: 'proceed' };
export const RETRY: Effect = { kind: 'retry' };
export const STOP: Effect = { kind: 'stop' };

/**
 * The way up after a failed attempt: the same worker again until it failed `attemptsPerWorker` times (this attempt counted), then the
 * next worker, then a person. Without a count of attempts it is a person.
 */
export function climb(context: GateContext): Effect {
  const { attempts, policy } = context;
  if (attempts === undefined) return { kind: 'escalate', to: 'person' };
  if (attempts.failedHere + 1 < policy.attemptsPerWorker) return RETRY;
  return nextOwner(context);
}

/** The next worker where one is left, else a person. */
export function nextOwner(context: GateContext): Effect {
  const left = context.attempts?.workersLeft ?? 0;
  return { kind: 'escalate', to: left > 0 ? 'nextWorker' : 'person' };
}

/** The finding sends the work back while earlier verdicts did so for this rule fewer than `times` times, then asks a person. */
export function retryThenAsk(context: GateContext, rule: string, text: string, times: number): Finding {
  const sentBack = context.gate.earlier.filter(
    (verdict) =>
      (verdict.kind === 'retry' || verdict.kind === 'escalate') && verdict.reasons.some((r) => r.rule === rule),
  ).length;
  return sentBack < times ? { effect: RETRY, rule, text } : ask(rule, text);
}

/** A finding that asks a person one question. It reads as the reason will, cut alike, so that an answer to it can be matched (accept.ts). */
export function ask(rule: string, text: string): Finding {
  return { effect: { kind: 'ask', questions: [{ id: rule, text: reasonText(text) }] }, rule, text };
}

/** Entries named in one reason; the rest is counted. */
const NAMED_CAP = 5;

/** The first entries of a list in words: `a; b and 3 more`. */
export function listed(items: readonly string[]): string {
  const rest = items.length - NAMED_CAP;
  return items.slice(0, NAMED_CAP).join('; ') + (rest > 0 ? ` and ${rest} more` : '');
}
