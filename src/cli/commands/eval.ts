import { createApp } from '../../app/createApp.ts';
import type { EvalRequest } from '../../app/evaluate.ts';
import { CommandProblem } from '../../app/problem.ts';
import { agreementText } from '../../app/scorecardText.ts';
import { counted } from '../../base/counted.ts';
import { tokensText } from '../../base/measureText.ts';
import { dollars } from '../../core/ledger/money.ts';
import type { Scorecard, ScoredSpec } from '../../core/router/scorecard.ts';
import { ENOUGH, type Drift, type ModelDrift, type ModelWeek } from '../../core/run/drift.ts';
import { withCallOptions } from '../callLimits.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit eval ab` and `speckit eval drift`. */
export async function runEval(
  terminal: Terminal,
  [what = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (what === 'drift') return showDrift(terminal);
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
    'How it is used: speckit eval ab --stage specify|plan|tasks|implement|audit --a WORKER --b WORKER [--specs PATTERN] [--seed N], or speckit eval drift',
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

/** Weeks of one model that are shown; all are in --json. */
const WEEKS = 8;

async function showDrift(terminal: Terminal): Promise<number> {
  const report = await createApp(terminal.host).drift();
  terminal.result({ ...report, exitCode: EXIT.ok });
  const { runs, unread, models } = report;
  terminal.say(
    [
      `${counted(runs, 'run')} read${unread.length === 0 ? '' : `; not readable: ${unread.slice(0, 20).join(', ')}`}`,
      ...models.flatMap(modelLines),
      ...(models.length === 0 ? ['No model has been called in them.'] : []),
    ].join('\n'),
  );
  return EXIT.ok;
}

function modelLines({ model, weeks, drift }: ModelDrift): readonly string[] {
  return [
    '',
    model,
    `  ${'week of'.padEnd(12)}${['runs', 'calls', 'failed', 'gates', 'sent back', 'climbed', 'tokens', '$ a call', 's a call'].map((head) => head.padStart(10)).join('')}`,
    ...weeks.slice(-WEEKS).map(weekLine),
    `  newest week against those before: ${driftText(drift)}`,
  ];
}

function weekLine(week: ModelWeek): string {
  const perCall = (amount: number): number => (week.calls === 0 ? 0 : amount / week.calls);
  const price = week.unpriced_calls > 0 ? 'unpriced' : dollars(Math.round(perCall(week.microdollars)));
  const cells = [
    String(week.runs),
    String(week.calls),
    String(week.failed_calls),
    String(week.gates),
    String(week.gate_failures),
    String(week.escalations),
    tokensText(week.input_tokens + week.output_tokens),
    price,
    (perCall(week.milliseconds) / 1_000).toFixed(1),
  ];
  return `  ${week.week.padEnd(12)}${cells.map((cell) => cell.padStart(10)).join('')}`;
}

function driftText(drift: Drift): string {
  const signed = (value: number, unit: string): string => `${value > 0 ? '+' : ''}${(value * 100).toFixed(1)} ${unit}`;
  const parts = [
    ['sent back', drift.gate_failures, 'points'],
    ['climbed', drift.escalations, 'points'],
    ['$ a call', drift.dollars_per_call, '%'],
    ['tokens a call', drift.tokens_per_call, '%'],
    ['s a call', drift.seconds_per_call, '%'],
  ] as const;
  const known = parts.flatMap(([name, value, unit]) => (value === null ? [] : [`${name} ${signed(value, unit)}`]));
  return known.length === 0
    ? `not known: the newest week, and the weeks before it together, need at least ${ENOUGH} calls each (${ENOUGH} gates each for what was sent back or climbed)`
    : known.join(', ');
}
