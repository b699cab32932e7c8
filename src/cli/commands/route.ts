import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import type { RouteExplained } from '../../app/routeExplain.ts';
import type { Explained, Supposed } from '../../core/router/explain.ts';
import { isHelp } from '../../core/router/rungs.ts';
import { roleText } from '../../core/run/stage.ts';
import type { Tier } from '../../core/settings.ts';
import { withCallOptions } from '../callLimits.ts';
import { EXIT } from '../exitCode.ts';
import { overrideLines } from '../roleOverrideLines.ts';
import type { Terminal } from '../terminal.ts';

const TIER_NAMES: Readonly<Record<Tier, string>> = { S: 'simple', M: 'medium', C: 'complex', X: 'critical' };

/** `speckit route explain COMMAND|ROLE`: exit 0 when everybody who is needed can be called, 1 otherwise. */
export async function runRoute(
  terminal: Terminal,
  [what = '', subject = '', ...rest]: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (what !== 'explain' || subject === '' || rest.length > 0)
    throw new CommandProblem(
      'usage',
      'How it is used: speckit route explain COMMAND|ROLE [--attempt N] [--risk high] [--tokens N] [--lines N]',
    );
  const app = createApp(withCallOptions(terminal.host, options));
  const { routes, reflex, roleOverrides } = await app.explainRoute(subject, supposedOf(options));
  const isComplete = routes.every(
    ({ asked }) => asked.kind !== 'role' || isHelp(asked.role) || asked.choice.kind === 'worker',
  );
  const exit = isComplete ? EXIT.ok : EXIT.soft;
  terminal.result({ subject, routes, reflex, roleOverrides, exitCode: exit });
  const modes = reflex === null ? [] : [reflexText(reflex)];
  terminal.say([...routes.map(textOf), ...modes, ...overrideLines(roleOverrides)].join('\n\n'));
  return exit;
}

function supposedOf(options: Readonly<Record<string, unknown>>): Supposed {
  const risk = options['risk'] ?? 'low';
  if (risk !== 'low' && risk !== 'high') throw new CommandProblem('usage', '--risk is low or high.');
  return {
    attempt: wholeNumber(options['attempt'], 'attempt', 1),
    risk,
    tokens: wholeNumber(options['tokens'], 'tokens', 0),
    lines: wholeNumber(options['lines'], 'lines', 0),
  };
}

/** The number of an option; `least` when it is left out. */
function wholeNumber(given: unknown, name: string, least: number): number {
  if (given === undefined) return least;
  const number = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= least) return number;
  throw new CommandProblem('usage', `--${name} is a whole number of at least ${least}.`);
}

/** Whether the local server would make the attempt before anybody above is asked. */
function reflexText({ decision, against }: NonNullable<RouteExplained['reflex']>): string {
  const chosen = decision.mode === 'reflex' ? 'reflex' : 'not by reflex';
  return [
    'implement   Implementer(mode=reflex), by [reflex]',
    `  -> ${chosen.padEnd(16)} ${decision.rule}: ${decision.text}`,
    ...against.slice(1).map(({ rule, text }) => `     ${''.padEnd(16)} ${rule}: ${text}`),
  ].join('\n');
}

function textOf({ command, tier, asked }: Explained): string {
  const head = `${command}   tier ${tier} (${TIER_NAMES[tier]})`;
  if (asked.kind === 'nobody') return `${head}\n  ${asked.text}`;
  if (asked.kind === 'notAsked')
    return `${head}   ${roleText(asked.role)}\n  -> ${'not asked'.padEnd(16)} ${asked.rule}: ${asked.text}`;
  const { choice } = asked;
  const chosen = choice.kind === 'worker' ? choice.worker : 'nobody';
  const [first, ...more] = choice.reasons;
  return [
    `${head}   ${roleText(asked.role)}, by ${asked.setting}`,
    `  -> ${chosen.padEnd(16)} ${first?.rule}: ${first?.text}`,
    ...more.map(({ rule, text }) => `     ${''.padEnd(16)} ${rule}: ${text}`),
    ...choice.refused.map(({ worker, rule, text }) => `  no ${worker.padEnd(16)} ${rule}: ${text}`),
  ].join('\n');
}
