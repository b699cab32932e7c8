import { counted } from '../base/counted.ts';
import { dollars } from '../core/ledger/money.ts';
import { percentText } from '../core/reflex/bakeoffStatistics.ts';
import type { BakeoffOutcome, BakeoffProgress } from './bakeoff.ts';

/** A trial that was just made, as one line. */
export function trialLine({ trial, done, of, spent }: BakeoffProgress): string {
  const { task, side, outcome, completion_ms: answer, json } = trial;
  const said = outcome === 'passed' ? 'passed' : outcome === 'failed' ? 'failed' : 'no answer';
  const time = answer === null ? '' : `  ${Math.round(answer)} ms`;
  const note = json || outcome === 'noAnswer' ? '' : '  answer out of its schema';
  return `${String(done).padStart(String(of).length)}/${of}  ${task}  ${side.padEnd(6)}  ${said}${time}${note}  ${dollars(spent)}`;
}

/** What a bake-off found, in lines: the verdict first, what both did, why, and where it is written. */
export function bakeoffLines({ file, report, resume }: BakeoffOutcome): readonly string[] {
  const { reflex, cloud, statistics, verdict, regression, suite, end } = report;
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
      : [
          suite.origin === 'history'
            ? `${suite.skipped.length} not mined: ${suite.skipped.slice(0, 5).join('; ')}`
            : `${counted(suite.skipped.length, 'task')} skipped: ${suite.skipped.slice(0, 5).join('; ')}`,
        ]),
    `Written: ${file}, and beside it as Markdown${end.kind === 'stopped' ? `. Go on with it: ${resume}` : ''}`,
  ];
}
