import {
  decideReflex,
  isUnavailable,
  type ReflexDecision,
  type ReflexServer,
  type ReflexTurn,
} from '../reflex/decision.ts';
import type { ReflexMode } from '../reflex/mode.ts';
import { REFLEX } from '../reflex/worker.ts';
import { refusalOf } from '../router/refusal.ts';
import type { AttemptBasis } from './attempt.ts';
import type { RoutedQuestion } from './ask.ts';
import type { RunContext } from './context.ts';
import type { Task } from './outputs.ts';
import { neededTokens } from './singleShot.ts';
import { RunStopped } from './stopped.ts';

/** An attempt that is about to be made. `routeKey` is that of its RoutingDecision. */
export interface NextAttempt {
  readonly attemptKey: string;
  readonly routeKey: string;
  readonly risk: NonNullable<RoutedQuestion['risk']>;
  readonly turn: ReflexTurn;
  readonly basis: Pick<AttemptBasis, 'scope' | 'previous'>;
}

/** Whose the attempt is: reflex's, or that of a worker whom the router chooses, which is then told why. */
export type AttemptMode =
  | { readonly mode: 'reflex' }
  | { readonly mode: 'cloud'; readonly cloud: NonNullable<RoutedQuestion['cloud']> };

/**
 * Decides whether reflex makes this attempt; undefined where the policy of the run has no reflex. What the log says is kept, but for a reflex that was
 * switched off before it was called. Throws RunStopped where it cannot be used and nobody is to stand in for it.
 */
export async function attemptMode(
  context: RunContext,
  task: Task,
  next: NextAttempt,
): Promise<AttemptMode | undefined> {
  const { reflex } = context;
  if (reflex === undefined) return undefined;
  const recorded = recordedMode(context, reflex, next);
  if (recorded?.mode === 'reflex') return recorded;
  if (recorded !== undefined) return orStop(context, task, next, recorded.cloud);
  const { mode, rule, text } = await decide(context, reflex, task, next);
  const latencyMs = latencyOf(reflex.server());
  if (mode === 'cloud') return orStop(context, task, next, { rule, text, latencyMs });
  context.steps.note('RoutingDecision', {
    key: next.routeKey,
    stage: 'implement',
    role: 'implementer',
    worker: REFLEX,
    rung: 0,
    reasons: [{ rule, text }],
    refused: [],
    mode,
    reason: rule,
    latencyMs,
  });
  return { mode };
}

/** Somebody else's attempt, unless nobody is to stand in. */
function orStop(
  context: RunContext,
  task: Task,
  next: NextAttempt,
  cloud: NonNullable<RoutedQuestion['cloud']>,
): AttemptMode {
  const isStopped = !context.configuration.reflex.fallback.to_cloud && isUnavailable(cloud.rule);
  if (isStopped) throw nobodyElse(context, task, next, cloud);
  return { mode: 'cloud', cloud };
}

function recordedMode(
  { log }: RunContext,
  { enabled, kind: reflexKind }: ReflexMode,
  { attemptKey, routeKey }: NextAttempt,
): AttemptMode | undefined {
  const found = log.events.findLast((event) => event.kind === 'RoutingDecision' && event.payload.key === routeKey);
  if (found?.kind !== 'RoutingDecision') return undefined;
  // Where nobody could be asked, who goes on looks again; a replay comes to the same end.
  if (found.payload.worker === null && reflexKind === 'live') return undefined;
  const { mode, reason = '', reasons, latencyMs = null } = found.payload;
  if (mode === 'cloud') {
    const text = reasons.find(({ rule }) => rule === reason)?.text ?? '';
    return { mode, cloud: { rule: reason, text, latencyMs } };
  }
  if (mode === undefined) return undefined;
  const isMade = log.events.some(
    ({ kind, payload }) =>
      kind === 'StepEnd' && payload.key.startsWith(`${attemptKey}/patch`) && payload.outcome === 'done',
  );
  return enabled || isMade ? { mode } : undefined;
}

async function decide(
  context: RunContext,
  reflex: ReflexMode,
  task: Task,
  { risk, turn, basis }: NextAttempt,
): Promise<ReflexDecision> {
  const { configuration } = context;
  const worker = configuration.workers[REFLEX];
  const tokens = worker === undefined ? undefined : await neededTokens(context, task, basis, worker.max_output_tokens);
  const request = {
    role: 'implementer' as const,
    stage: 'implement' as const,
    attempt: 1,
    failures: {},
    estimatedTokens: tokens ?? 0,
    needsTools: false,
  };
  const health = { [REFLEX]: context.health(REFLEX) };
  const refusal = refusalOf(REFLEX, {
    request,
    policy: configuration,
    health,
    spend: context.spending.totals('implement'),
  });
  return decideReflex({
    stage: 'implement',
    enabled: reflex.enabled,
    model: configuration.reflex.model,
    attempts: context.size === 'hotfix' ? 'single' : 'several',
    server: reflex.server(),
    promotion: reflex.promotion(),
    risk,
    tokens,
    failures: reflex.failures(),
    maxFailures: configuration.reflex.fallback.max_failures,
    refusal: refusal ?? null,
    turn,
  });
}

const latencyOf = (server: ReflexServer): number | null =>
  server.kind === 'unknown' ? null : (server.latencyMs ?? null);

/** Faults of the server, which may pass; the rest is for a person to change. */
const PASSING = new Set(['server_unhealthy', 'too_many_failures', 'call_failed']);

function nobodyElse(
  context: RunContext,
  task: Task,
  { routeKey }: NextAttempt,
  { rule, text, latencyMs }: NonNullable<RoutedQuestion['cloud']>,
): RunStopped {
  context.steps.note('RoutingDecision', {
    key: routeKey,
    stage: 'implement',
    role: 'implementer',
    worker: null,
    rung: 0,
    reasons: [{ rule, text }],
    refused: [],
    mode: 'cloud',
    reason: rule,
    latencyMs,
  });
  return new RunStopped(
    PASSING.has(rule) ? 'infrastructure' : 'blocked',
    `${task.id} ${task.title}: reflex cannot be used, and reflex.fallback.to_cloud = false lets nobody stand in. ${text} (${rule})\nWhat was done is kept. \`speckit reflex health\` says how the server is, and \`speckit resume ${context.runId}\` tries again. To let the workers of routing.implementer do it, set enabled = false under [reflex] in speckit.toml first: this run follows that too.`,
  );
}
