import { table } from '../bench/table.ts';
import type { LiveResult } from './runCase.ts';

/** The chapter about live specs. `how`: who answered, and what that means for the figures, as sentences. */
export function liveTable(results: readonly LiveResult[], how: string): string {
  const ordered = results.toSorted((left, right) => left.name.localeCompare(right.name));
  const passed = ordered.filter(({ hidden }) => hidden === 'passed');
  const spent = ordered.map(({ microdollars }) => microdollars);
  const off = ordered.map(({ microdollars, estimate }) => Math.abs(microdollars / estimate.likely - 1));
  const mean = (figures: readonly number[]): number =>
    figures.reduce((sum, figure) => sum + figure, 0) / Math.max(1, figures.length);
  return `# Specs answered live

${how} Dollars are those of the catalogue for the models that the workers are named after, whoever answered. A hidden test is one that no worker saw; it is run on the change after it was applied.

${table(
  [
    'spec',
    'repository',
    'size',
    'outcome',
    'hidden tests',
    'calls',
    'gates at implement',
    'escalations',
    'tokens in',
    'out',
    'dollars',
    'estimated',
  ],
  ordered.map((result) => [
    result.name,
    result.repository,
    result.size,
    result.outcome,
    result.hidden,
    String(result.calls),
    String(result.attempts),
    String(result.escalations),
    thousands(result.inputTokens),
    thousands(result.outputTokens),
    dollars(result.microdollars),
    `${dollars(result.estimate.likely)} (${dollars(result.estimate.min)} to ${dollars(result.estimate.max)})`,
  ]),
)}

Of ${ordered.length} specs ${passed.length} came out right without a person's fix. The mean cost is ${dollars(mean(spent))}, the largest ${dollars(Math.max(0, ...spent))}; the estimate was off by ${Math.round(100 * mean(off))} % in the mean.
`;
}

const dollars = (microdollars: number): string => `$${(microdollars / 1_000_000).toFixed(3)}`;
const thousands = (tokens: number): string => `${(tokens / 1_000).toFixed(1)}k`;
