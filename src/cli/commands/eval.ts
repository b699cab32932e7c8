import { createApp } from '../../app/createApp.ts';
import type { EvalRequest } from '../../app/evaluate.ts';
import { CommandProblem } from '../../app/problem.ts';
import { agreementText } from '../../app/scorecardText.ts';
import { counted } from '../../base/counted.ts';
import { dollars } from '../../core/ledger/money.ts';
import type { Scorecard, ScoredSpec } from '../../core/router/scorecard.ts';
import { withCallOptions } from '../callLimits.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit eval ab`. */
export async function runEval(
  terminal: Terminal,
  [what = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (what !== 'ab') throw usage();
  const host = { ...withCallOptions(terminal.host, options), onEvent: () => undefined, onProgress: () => undefined };
  const { file, card } = await createApp(host).evaluate(requestOf(options), (scored) => {
    if (!terminal.options.json && !terminal.options.events) process.stderr.write(`${lineOf(scored)}\n`);
  });
  terminal.result({ file, ...card, exitCode: EXIT.ok });
  terminal.say(cardText(file, card));
  return EXIT.ok;
}

const usage = (): CommandProblem =>
  new CommandProblem(
    'usage',
    'How it is used: speckit eval ab --stage plan --a WORKER --b WORKER [--specs PATTERN] [--seed N]',
  );

function requestOf(options: Readonly<Record<string, unknown>>): EvalRequest {
  const text = (name: string): string => {
    const value = options[name];
    if (typeof value !== 'string' || value === '') throw usage();
    return value;
  };
  const seed = options['seed'] === undefined ? '1' : text('seed');
  if (!/^\d{1,9}$/.test(seed)) throw new CommandProblem('usage', '--seed is a whole number.');
  const specs = options['specs'] === undefined ? '*' : text('specs');
  return { stage: text('stage'), a: text('a'), b: text('b'), specs, seed: Number(seed) };
}

const lineOf = ({ spec, outcome, why }: ScoredSpec): string => `${spec}  ${outcome}${why === '' ? '' : `: ${why}`}`;

function cardText(file: string, card: Scorecard): string {
  const { a, b, stage, compared, outcomes, failures, dollars: spent, seconds } = card;
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  const money = (amount: number): string => dollars(Math.round(amount * 1_000_000));
  return [
    `${b.worker} beside ${a.worker} at ${stage}: agreement ${agreementText(card)} over ${counted(compared, 'spec')} (${counts.join(', ')})`,
    `${a.worker} ${money(spent.a)}, ${seconds.a} s, ${counted(failures.a, 'failure')}; ${b.worker} ${money(spent.b)}, ${seconds.b} s, ${counted(failures.b, 'failure')}; judge ${money(spent.judge)}`,
    `Written: ${file}, and beside it as Markdown`,
  ].join('\n');
}
