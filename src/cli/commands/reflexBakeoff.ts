import { printable } from '../../base/printable.ts';
import type { BakeoffRequest } from '../../app/bakeoff.ts';
import { bakeoffLines, trialLine } from '../../app/bakeoffLines.ts';
import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { MOST_REPETITIONS } from '../../core/reflex/bakeoffReport.ts';
import { USUAL_DOLLARS, USUAL_SUITE } from '../../core/reflex/usualBakeoff.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** Characters of one thing said before the trials. */
const MOST_SAID = 600;
const MOST_DOLLARS = 10_000;

/** `speckit reflex bakeoff`: exit 0 with a report, whatever it says; under --ci 1 where it did not pass or is worse than the last one. */
export async function runBakeoff(terminal: Terminal, options: Readonly<Record<string, unknown>>): Promise<number> {
  const host = { ...terminal.host, onEvent: () => undefined, onProgress: () => undefined };
  const isQuiet = terminal.options.json || terminal.options.events;
  const say = (line: string): void => void (isQuiet || process.stderr.write(`${line}\n`));
  const outcome = await createApp(host).bakeoff(
    requestOf(options),
    (progress) => say(trialLine(progress)),
    (text) => say(printable(text, MOST_SAID)),
  );
  const { file, report } = outcome;
  const isGood = report.verdict.passed && report.regression.reasons.length === 0;
  const exit = options['ci'] === true && !isGood ? EXIT.soft : EXIT.ok;
  terminal.result({ file, ...report, exitCode: exit });
  terminal.say(bakeoffLines(outcome).join('\n'));
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
  const budget = Number(text('budget', String(USUAL_DOLLARS)));
  if (!(budget >= 0 && budget <= MOST_DOLLARS))
    throw new CommandProblem('usage', `--budget is a number of dollars from 0 to ${MOST_DOLLARS}, e.g. 2.50.`);
  return {
    tasks: tasksOf(options, text('suite', USUAL_SUITE)),
    repetitions,
    budget: Math.round(budget * 1_000_000),
    start: options['resume'] === true ? 'resume' : 'new',
    ...(options['worker'] === undefined ? {} : { worker: text('worker', '') }),
    ...(options['against'] === undefined ? {} : { against: text('against', '') }),
  };
}

function tasksOf(options: Readonly<Record<string, unknown>>, suite: string): BakeoffRequest['tasks'] {
  if (options['fromHistory'] !== true) return { kind: 'suite', name: suite };
  if (options['suite'] === undefined) return { kind: 'history' };
  throw new CommandProblem(
    'usage',
    '--from-history takes the tasks of your own runs, --suite those of a suite: leave one of them out.',
  );
}
