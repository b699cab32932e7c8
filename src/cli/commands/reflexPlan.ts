import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import type { ReflexPlanRequest } from '../../app/reflexPlan.ts';
import { reflexCheckText, reflexPlanText } from '../../app/reflexPlanText.ts';
import { reflexCheckValue, reflexPlanValue } from '../../app/reflexPlanValue.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit reflex plan`: exit 1 with --check where something is unsafe, fails or does not fit, else 0. */
export async function reflexPlan(terminal: Terminal, options: Readonly<Record<string, unknown>>): Promise<number> {
  const app = createApp(terminal.host);
  const request = requestOf(options);
  const command = options['check'];
  if (typeof command === 'string') {
    const report = await app.checkLaunch(command, request, terminal.host.signal);
    const exit = report.checked.findings.every(({ kind }) => kind === 'note') ? EXIT.ok : EXIT.soft;
    terminal.result({ ...reflexCheckValue(report), exitCode: exit });
    terminal.say(reflexCheckText(report));
    return exit;
  }
  const report = await app.planReflex(request, terminal.host.signal);
  terminal.result({ ...reflexPlanValue(report), exitCode: EXIT.ok });
  terminal.say(reflexPlanText(report));
  return EXIT.ok;
}

function requestOf(options: Readonly<Record<string, unknown>>): ReflexPlanRequest {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const [model, config, card, server] = [text('model'), text('config'), text('card'), text('server')];
  const vram = numberOf(options['vram'], 'vram', { least: 1, most: 1024, isWhole: false });
  const desktop = numberOf(options['desktop'], 'desktop', { least: 0, most: 64, isWhole: false });
  const context = numberOf(options['context'], 'context', { least: 256, most: 100_000_000, isWhole: true });
  if (server !== undefined && server !== 'sglang' && server !== 'vllm')
    throw new CommandProblem('usage', '--server is sglang or vllm.');
  return {
    ...(model !== undefined && { model }),
    ...(config !== undefined && { config }),
    ...(card !== undefined && { card }),
    ...(vram !== undefined && { vram }),
    ...(server !== undefined && { server }),
    ...(context !== undefined && { context }),
    ...(desktop !== undefined && { desktop }),
  };
}

/** The number of an option; undefined when it is left out. */
function numberOf(
  given: unknown,
  name: string,
  { least, most, isWhole }: { readonly least: number; readonly most: number; readonly isWhole: boolean },
): number | undefined {
  if (given === undefined) return undefined;
  const form = isWhole ? /^\d{1,9}$/ : /^\d{1,4}(?:\.\d{1,3})?$/;
  const number = typeof given === 'string' && form.test(given) ? Number(given) : Number.NaN;
  if (number >= least && number <= most) return number;
  const what = isWhole ? 'a whole number of tokens' : 'a number of GB';
  throw new CommandProblem('usage', `--${name} is ${what} from ${least} to ${most}.`);
}
