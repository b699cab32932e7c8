import { counted } from '../base/counted.ts';
import { dollars } from '../core/ledger/money.ts';
import type { BakeoffReport } from '../core/reflex/bakeoffReport.ts';
import { parityText, percentText, type Percentiles } from '../core/reflex/bakeoffStatistics.ts';
import { PROMOTION_DAYS } from '../core/reflex/promotion.ts';

/** A report of a bake-off for a person, as Markdown. `resume` says how one that was stopped goes on: see resumeBakeoff.ts. */
export function bakeoffText(report: BakeoffReport, resume: string): string {
  const { reflex, cloud, suite, statistics, verdict, regression, identity, environment, versions, end } = report;
  const { reflex: here, cloud: there, parity } = statistics;
  const both = (name: string, value: (side: typeof here) => string): string =>
    `| ${name} | ${value(here)} | ${value(there)} |`;
  return `# Bake-off of ${inline(reflex.worker)} beside ${inline(cloud.worker)}

${report.at}. The same tasks by reflex (${inline(reflex.model)}) and by the cloud (${inline(cloud.model)}): ${counted(suite.tasks, 'task')} of ${suite.origin === 'history' ? "this repository's own finished runs" : `the suite ${inline(suite.name)}`},
${report.repetitions === 1 ? 'each once' : `each ${report.repetitions} times`} by each side, as a hotfix with one answer. ${suite.origin === 'history' ? HISTORY : 'A task is passed when its own checks pass in the sandbox.'}

**${verdict.passed ? `Passed. It holds for ${PROMOTION_DAYS} days and for exactly this reflex.` : 'Not passed: reflex is not promoted.'}**

${verdict.reasons.map(({ text }) => `- ${inline(text)}`).join('\n')}
${end.kind === 'stopped' ? `\nGo on with it: ${resume}.\n` : ''}
${regressionText(regression)}

| | reflex | cloud |
|---|---|---|
${both('trials', (side) => String(side.trials))}
${both('passed', (side) => `${side.passed} (${percentText(side.success_percent)})`)}
${both('without an answer', (side) => String(side.no_answer))}
${both('first answer fits its schema', (side) => `${side.json_valid} (${percentText(side.json_percent)})`)}
${both('first token, ms: P50, P95, P99', (side) => times(side.first_token_ms))}
${both('whole answer, ms: P50, P95, P99', (side) => times(side.completion_ms))}
${both('checks, ms: P50, P95, P99', (side) => times(side.check_ms))}
${both('calls', (side) => String(side.calls))}
${both('tokens in, out', (side) => `${side.input_tokens}, ${side.output_tokens}`)}
${both('cost', (side) => dollars(side.microdollars))}

${parityText(parity)}: ${parity.both} passed by both, ${parity.only_reflex} by reflex alone, ${parity.only_cloud} by the cloud alone, ${parity.neither} by neither. The
interval is Bonett and Price's hybrid Wilson score interval for a ratio of paired proportions (2006). Percentiles are by nearest rank; a trial without an answer
counts as slower than any other.

| task | trial | side | outcome | answer, ms | checks, ms | JSON | cost |
|---|---|---|---|---|---|---|---|
${report.trials.map(rowOf).join('\n')}
${suite.skipped.length === 0 ? '' : `\n${suite.origin === 'history' ? 'Not mined' : 'Skipped'}:\n${suite.skipped.map((text) => `- ${inline(text)}`).join('\n')}\n`}
Endpoint ${inline(identity.endpoint)}, server ${inline(identity.server ?? 'not known')}, prompts ${identity.prompts.slice(0, 12)}, policy ${identity.policy.slice(0, 12)}, suite ${suite.sha256.slice(0, 12)}. ${inline(environment.platform)}
${inline(environment.architecture)}, sandbox ${inline(environment.sandbox)}, ${Object.entries(environment.tools)
    .map(([name, version]) => inline(`${name} ${version}`))
    .join(', ')}; ${inline(versions.program)}, prices ${inline(versions.prices)}.
`;
}

/** How tasks of history are measured. */
const HISTORY = `Each begins on the tree
that it began with in its run, with the tests that the run ended it with: changes of those by either side are left out. A task is passed when all checks of that
run pass in the sandbox, as they did then. What the run made was measured here before: it passes, and without it they fail.`;

function regressionText({ since, reasons }: BakeoffReport['regression']): string {
  if (since === null) return 'There is no earlier complete report of this suite to compare with.';
  if (reasons.length === 0) return `Nothing got worse since ${since}.`;
  return `Worse since ${since}:\n\n${reasons.map(({ text }) => `- ${inline(text)}`).join('\n')}`;
}

function times({ p50, p95, p99 }: Percentiles): string {
  return [p50, p95, p99].map((time) => (time === null ? 'none' : String(Math.round(time)))).join(', ');
}

function rowOf(trial: BakeoffReport['trials'][number]): string {
  const { task, side, outcome, why, completion_ms: answer, check_ms: check, json, microdollars } = trial;
  const said =
    outcome === 'passed' ? 'passed' : `${outcome === 'failed' ? 'failed' : 'no answer'}: ${inline(why).slice(0, 160)}`;
  return `| ${inline(task)} | ${trial.trial} | ${side} | ${said} | ${answer === null ? 'none' : Math.round(answer)} | ${Math.round(check)} | ${json ? 'yes' : 'no'} | ${dollars(microdollars)} |`;
}

/** What a model or a file's name may hold, on one line and without what Markdown would read. */
const inline = (text: string): string => text.replaceAll(/[\s|`<>*[\]]+/g, ' ').trim();
