import { budgetLimits } from '../core/ledger/budget.ts';
import type { RoleOverride } from '../core/policy/roleOverrides.ts';
import { explainRoutes, type Explained, type Supposed } from '../core/router/explain.ts';
import { ROLES } from '../core/run/stage.ts';
import { TIERED_COMMANDS } from '../core/settings.ts';
import { CommandProblem } from './problem.ts';
import { createProviders } from './providers.ts';
import { routedPolicy } from './scorecards.ts';
import { openProject, type Services } from './services.ts';

/** The routes, and what became of what AGENTS.md asks for the roles in them. */
export interface RouteExplained {
  readonly routes: readonly Explained[];
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
    return { routes: explained, roleOverrides: loaded.roleOverrides.filter(({ role }) => asked.has(role)) };
  }
  const roles = ROLES.filter((role) => role !== 'validator');
  throw new CommandProblem(
    'usage',
    `"${subject.slice(0, 60)}" is neither a command (${TIERED_COMMANDS.join(', ')}) nor a role (${roles.join(', ')}).`,
  );
}
