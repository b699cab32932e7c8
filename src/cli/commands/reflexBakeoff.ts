import type { BakeoffProgress, BakeoffRequest } from '../../app/bakeoff.ts';
import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { counted } from '../../base/counted.ts';
import { dollars } from '../../core/ledger/money.ts';
import { MOST_REPETITIONS, type BakeoffReport } from '../../core/reflex/bakeoffReport.ts';
import { percentText } from '../../core/reflex/bakeoffStatistics.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

const SUITE = 'reflex_patchloop_v1';
const DOLLARS = '5';
const MOST_DOLLARS = 10_000;

/** `speckit reflex bakeoff`: exit 0 with a report, whatever it says; under --ci 1 where it did not pass or is worse than the last one. */
export async function runBakeoff(terminal: Terminal, options: Readonly<Record<string, unknown>>): Promise<number> {
  const host = { ...terminal.host, onEvent: () => undefined, onProgress: () => undefined };
  const isQuiet = terminal.options.json || terminal.options.events;
  const { file, report } = await createApp(host).bakeoff(requestOf(options), (progress) => {
    if (!isQuiet) process.stderr.write(`${lineOf(progress)}\n`);
  });
  const isGood = report.verdict.passed && report.regression.reasons.length === 0;
  const exit = options['ci'] === true && !isGood ? EXIT.soft : EXIT.ok;
  terminal.result({ file, ...report, exitCode: exit });
  terminal.say(textOf(file, report));
  return exit;
}

function requestOf(options: Readonly<Record<string, unknown>>): BakeoffRequest {
  const text = (name: string, otherwise: string): string => {
    const value = options[name] ?? otherwise;
    if (typeof value === 'string' && value !== '') return value;
    throw new CommandProblem('usage', `--${name} needs a value.`);
  };
  const repetitions = Number(text('trials', '1'));
  if (!Number.isInteger(repetitions) || repetitions < 1 || repetitions > MOST_REPETITIONS)
    throw new CommandProblem('usage', `--trials is a whole number from 1 to ${MOST_REPETITIONS}.`);
  const budget = Number(text('budget', DOLLARS));
  if (!(budget >= 0 && budget <= MOST_DOLLARS))
    throw new CommandProblem('usage', `--budget is a number of dollars from 0 to ${MOST_DOLLARS}, e.g. 2.50.`);
  return {
    suite: text('suite', SUITE),
    repetitions,
    budget: Math.round(budget * 1_000_000),
    start: options['resume'] === true ? 'resume' : 'new',
    ...(options['worker'] === undefined ? {} : { worker: text('worker', '') }),
    ...(options['against'] === undefined ? {} : { against: text('against', '') }),
  };
}

function lineOf({ trial, done, of, spent }: BakeoffProgress): string {
  const { task, side, outcome, completion_ms: answer, json } = trial;
  const said = outcome === 'passed' ? 'passed' : outcome === 'failed' ? 'failed' : 'no answer';
  const time = answer === null ? '' : `  ${Math.round(answer)} ms`;
  const note = json || outcome === 'noAnswer' ? '' : '  answer out of its schema';
  return `${String(done).padStart(String(of).length)}/${of}  ${task}  ${side.padEnd(6)}  ${said}${time}${note}  ${dollars(spent)}`;
}

function textOf(file: string, { reflex, cloud, statistics, verdict, regression, suite, end }: BakeoffReport): string {
  const { reflex: here, cloud: there } = statistics;
  const p95 = (time: number | null): string => (time === null ? 'not known' : `${Math.round(time)} ms`);
  return [
    `${reflex.worker} beside ${cloud.worker}: ${verdict.passed ? 'passed' : 'not passed'}`,
    `${reflex.worker} ${here.passed} of ${here.trials} (${percentText(here.success_percent)}), P95 ${p95(here.completion_ms.p95)}, ${dollars(here.microdollars)}; ${cloud.worker} ${there.passed} of ${there.trials} (${percentText(there.success_percent)}), P95 ${p95(there.completion_ms.p95)}, ${dollars(there.microdollars)}`,
    ...verdict.reasons.map(({ text }) => `  ${verdict.passed ? '+' : '-'} ${text}`),
    ...(regression.since === null
      ? []
      : regression.reasons.map(({ text }) => `  worse: ${text} (${regression.since})`)),
    ...(suite.skipped.length === 0
      ? []
      : [`${counted(suite.skipped.length, 'task')} skipped: ${suite.skipped.slice(0, 5).join('; ')}`]),
    `Written: ${file}, and beside it as Markdown${end.kind === 'stopped' ? '. Go on with it: speckit reflex bakeoff --resume, with a higher --budget' : ''}`,
  ].join('\n');
}
