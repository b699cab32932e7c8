import path from 'node:path';
import { budgetLimits } from '../core/ledger/budget.ts';
import { forbiddenCall } from '../core/policy/forbiddenCall.ts';
import type { RoleOverride } from '../core/policy/roleOverrides.ts';
import { explainRoutes, type Explained, type Supposed } from '../core/router/explain.ts';
import {
  againstReflex,
  decideReflex,
  type CloudReason,
  type ReflexDecision,
  type ReflexFacts,
} from '../core/reflex/decision.ts';
import { REFLEX } from '../core/reflex/worker.ts';
import { attemptsPerWorker } from '../core/router/rungs.ts';
import { ROLES } from '../core/run/stage.ts';
import { TIERED_COMMANDS, type Configuration } from '../core/settings.ts';
import { loadPrompts } from '../node/prompts.ts';
import { readReflexServer } from '../node/reflex/reflexServer.ts';
import { CommandProblem } from './problem.ts';
import { createProviders } from './providers.ts';
import { routedPolicy } from './scorecards.ts';
import { openProject, type Services } from './services.ts';

/** The routes, and what became of what AGENTS.md asks for the roles in them. */
export interface RouteExplained {
  readonly routes: readonly Explained[];
  /** Where an implementer is asked: whether the local server would make the attempt, and all that stands against it. */
  readonly reflex: { readonly decision: ReflexDecision; readonly against: readonly CloudReason[] } | null;
  readonly roleOverrides: readonly RoleOverride[];
}

const NOTHING = { runMicrodollars: 0, dayMicrodollars: 0, runTokens: 0 };

/** Whom a command or a role would be routed to here and now, and why. Throws a CommandProblem for a word that is neither. */
export async function explainRoute(services: Services, subject: string, supposed: Supposed): Promise<RouteExplained> {
  const { repository, loaded } = await openProject(services);
  const configuration = await routedPolicy(services, repository.root, loaded.configuration);
  const { health } = await createProviders(services.host, configuration);
  const known = Object.fromEntries(Object.keys(configuration.workers).map((worker) => [worker, health(worker)]));
  const limits = budgetLimits(configuration);
  const explained = explainRoutes(subject, supposed, configuration, {
    health: known,
    spend: { settled: NOTHING, reserved: NOTHING, limits },
  });
  if (explained !== undefined) {
    const asked = new Set<string>(explained.flatMap(({ asked: who }) => (who.kind === 'role' ? [who.role] : [])));
    const reflex = asked.has('implementer')
      ? await explainReflex(services, { root: repository.root, configuration }, supposed)
      : null;
    return { routes: explained, reflex, roleOverrides: loaded.roleOverrides.filter(({ role }) => asked.has(role)) };
  }
  const roles = ROLES.filter((role) => role !== 'validator');
  throw new CommandProblem(
    'usage',
    `"${subject.slice(0, 60)}" is neither a command (${TIERED_COMMANDS.join(', ')}) nor a role (${roles.join(', ')}).`,
  );
}

/** The decision of core/reflex/decision.ts on what is supposed. Looks at the server where reflex is enabled; no model is called. */
async function explainReflex(
  services: Services,
  { root, configuration }: { readonly root: string; readonly configuration: Configuration },
  { attempt, risk, tokens }: Supposed,
): Promise<NonNullable<RouteExplained['reflex']>> {
  const { reflex } = configuration;
  const worker = configuration.workers[REFLEX];
  const { server, promotion } = await lookedAt(services, root, reflex);
  const facts: ReflexFacts = {
    stage: 'implement',
    enabled: reflex.enabled,
    model: reflex.model,
    attempts: 'several',
    server,
    promotion,
    risk: { level: risk, reasons: ['So it was supposed.'] },
    tokens: tokens + (worker?.max_output_tokens ?? 0),
    failures: 0,
    maxFailures: reflex.fallback.max_failures,
    refusal: worker === undefined ? undefined : (forbiddenCall(REFLEX, worker, configuration) ?? null),
    turn: attempt <= attemptsPerWorker('implement', configuration) ? 'due' : 'failedBefore',
  };
  const against = againstReflex(facts);
  // What is switched off is not looked at, so nothing else is known of it.
  return { decision: decideReflex(facts), against: reflex.enabled ? against : against.slice(0, 1) };
}

async function lookedAt(
  { host, promotion }: Services,
  root: string,
  reflex: Configuration['reflex'],
): Promise<Pick<ReflexFacts, 'server' | 'promotion'>> {
  if (!reflex.enabled) return { server: undefined, promotion: undefined };
  const look = { endpoint: reflex.endpoint, model: reflex.model, depth: 'whole' } as const;
  const [server, { templates }] = await Promise.all([
    readReflexServer(look, host.signal),
    loadPrompts(path.join(host.installation, 'prompts')),
  ]);
  const version = server.kind === 'healthy' ? server.version : null;
  return { server, promotion: await promotion({ root, reflex, server: version, prompts: templates }) };
}
