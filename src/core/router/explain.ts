import type { Adviser, Role, Stage } from '../run/stage.ts';
import type { SpendTotals } from '../run/spending.ts';
import { type Tier, TIERED_COMMANDS, type TieredCommand } from '../settings.ts';
import { advisersAt, type AdviserChoice } from '../policy/advisersAt.ts';
import type { RoutedPolicy } from './demotion.ts';
import { route, type RouteChoice } from './route.ts';
import type { WorkerHealth } from './routeRequest.ts';
import { attemptsPerWorker, isHelp, ladderOf, nobodyHelps, tierOf } from './rungs.ts';

/** What is supposed of the work. `lines` are those that the change adds and deletes. `attempt` counts from 1 over all workers: those of the attempts before it failed as often as their tier lets them. */
export interface Supposed {
  readonly attempt: number;
  readonly risk: 'low' | 'high';
  readonly tokens: number;
  readonly lines: number;
}

/** Who would be called for one role at one command, or who answers where no model is asked. */
export interface Explained {
  readonly command: TieredCommand;
  readonly tier: Tier;
  readonly asked:
    | { readonly kind: 'role'; readonly role: Role; readonly setting: string; readonly choice: RouteChoice }
    | { readonly kind: 'notAsked'; readonly role: Adviser; readonly rule: string; readonly text: string }
    | { readonly kind: 'nobody'; readonly text: string };
}

const ITSELF = 'SpecKit answers it itself: no model is called.';

/** Whose stage a command runs; a text where it asks nobody. Advisers are added by their own table. `auto` runs the stages. */
const ASKED: Readonly<Record<TieredCommand, readonly [Role, Stage] | string>> = {
  status: ITSELF,
  clarify: ITSELF,
  checklist: ITSELF,
  analyze: ITSELF,
  new: ITSELF,
  specify: ['architect', 'specify'],
  plan: ['architect', 'plan'],
  tasks: ['architect', 'tasks'],
  implement: ['implementer', 'implement'],
  validate: "The project's own checks validate: no model is called.",
  audit: ['judge', 'audit'],
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
    const [owner, stage] = asked;
    const work = { size: 'standard' as const, risk: supposed.risk, changedLines: supposed.lines, hotPaths: [] };
    const advisers = advisersAt(stage, work, policy);
    return [{ role: owner, asked: true as const }, ...advisers]
      .filter(({ role }) => command === subject || role === subject)
      .map((choice) => {
        if (!choice.asked) return { command, tier, asked: { kind: 'notAsked', ...told(choice) } };
        const { role } = choice;
        const { setting, rungs } = ladderOf(role, stage, policy);
        if (isHelp(role) && rungs.length === 0)
          return { command, tier, asked: { kind: 'notAsked', role, ...nobodyHelps(role) } };
        // A tutor's turn comes when attempts have failed, a librarian's before them: they are none of their own.
        const asIs = isHelp(role) ? { ...supposed, attempt: 1 } : supposed;
        const chosen = route(requestOf(role, stage, asIs, policy), policy, known.health, known.spend);
        return { command, tier, asked: { kind: 'role', role, setting, choice: chosen } };
      });
  });
  return found.length === 0 ? undefined : found;
}

const told = ({ role, rule, text }: AdviserChoice): Pick<AdviserChoice, 'role' | 'rule' | 'text'> => ({
  role,
  rule,
  text,
});

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
