import type { Role, Stage } from '../run/stage.ts';
import type { SpendTotals } from '../run/spending.ts';
import { type Tier, TIERED_COMMANDS, type TieredCommand } from '../settings.ts';
import type { RoutedPolicy } from './demotion.ts';
import { route, type RouteChoice } from './route.ts';
import type { WorkerHealth } from './routeRequest.ts';
import { attemptsPerWorker, ladderOf, tierOf } from './rungs.ts';

/** What is supposed of the work. `attempt` counts from 1 over all workers: those of the attempts before it failed as often as their tier lets them. */
export interface Supposed {
  readonly attempt: number;
  readonly risk: 'low' | 'high';
  readonly tokens: number;
}

/** Who would be called for one role at one command, or who answers where no model is asked. */
export interface Explained {
  readonly command: TieredCommand;
  readonly tier: Tier;
  readonly asked:
    | { readonly kind: 'role'; readonly role: Role; readonly setting: string; readonly choice: RouteChoice }
    | { readonly kind: 'nobody'; readonly text: string };
}

const ITSELF = 'SpecKit answers it itself: no model is called.';

/** Which roles are asked at a command, in their order; a text where none is. `auto` runs the stages. */
const ASKED: Readonly<Record<TieredCommand, readonly (readonly [Role, Stage])[] | string>> = {
  status: ITSELF,
  clarify: ITSELF,
  checklist: ITSELF,
  analyze: ITSELF,
  new: ITSELF,
  specify: [['architect', 'specify']],
  plan: [
    ['architect', 'plan'],
    ['critic', 'plan'],
  ],
  tasks: [['architect', 'tasks']],
  implement: [['implementer', 'implement']],
  validate: "The project's own checks validate: no model is called.",
  audit: [
    ['judge', 'audit'],
    ['critic', 'audit'],
  ],
  unlock: 'A person decides: no model is called.',
  auto: 'It runs the stages from specify to unlock, each as it would run alone.',
};

/**
 * The router's choices for a command or a role (which is asked at several), with the reasons and what every other worker was refused for. Nothing is
 * spent and nobody is called: budgets count as untouched, and `health` is what is known without a call. Undefined when `subject` names neither.
 */
export function explainRoutes(
  subject: string,
  supposed: Supposed,
  policy: RoutedPolicy,
  known: { readonly health: Readonly<Record<string, WorkerHealth>>; readonly spend: SpendTotals },
): readonly Explained[] | undefined {
  const commands = TIERED_COMMANDS.filter((command) => command === subject);
  const all = commands.length > 0 ? commands : TIERED_COMMANDS;
  const found = all.flatMap((command): readonly Explained[] => {
    const tier = tierOf(command, policy);
    const asked = ASKED[command];
    if (typeof asked === 'string')
      return command === subject ? [{ command, tier, asked: { kind: 'nobody', text: asked } }] : [];
    return asked
      .filter(([role]) => command === subject || role === subject)
      .map(([role, stage]) => {
        const { setting } = ladderOf(role, stage, policy);
        const choice = route(requestOf(role, stage, supposed, policy), policy, known.health, known.spend);
        return { command, tier, asked: { kind: 'role', role, setting, choice } };
      });
  });
  return found.length === 0 ? undefined : found;
}

function requestOf(role: Role, stage: Stage, { attempt, risk, tokens }: Supposed, policy: RoutedPolicy) {
  const attempts = attemptsPerWorker(stage, policy);
  const failed = ladderOf(role, stage, policy).rungs.slice(0, Math.floor((attempt - 1) / attempts));
  return {
    role,
    stage,
    attempt,
    risk: { level: risk, reasons: ['So it was supposed.'] },
    failures: Object.fromEntries(failed.map(([worker]) => [worker ?? '', attempts])),
    estimatedTokens: tokens,
    needsTools: role === 'implementer',
  };
}
