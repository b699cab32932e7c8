import { shellQuoted } from '../base/shellQuoted.ts';
import { dollars } from '../core/ledger/money.ts';
import { USUAL_DOLLARS, USUAL_SUITE } from '../core/reflex/usualBakeoff.ts';
import type { BakeoffRequest } from './bakeoff.ts';

/**
 * The command that goes on with a bake-off, given where it was begun: what its journal is found by (tasks, repetitions and workers), and the budget where it is
 * not the usual one, because what was spent counts.
 */
export function resumeCommand(request: BakeoffRequest): string {
  const amount = request.budget / 1_000_000;
  return commandOf(request, amount === USUAL_DOLLARS ? [] : ['--budget', String(amount)]);
}

/** The same where it has ended at its budget, as a clause: how much more it may spend is the person's to say. */
export const resumeAtMore = (request: BakeoffRequest): string =>
  `\`${commandOf(request, ['--budget', 'DOLLARS'])}\`, with more dollars than the ${dollars(request.budget)} of this one: what was spent counts`;

function commandOf({ tasks, repetitions, worker, against }: BakeoffRequest, budget: readonly string[]): string {
  const words = [
    ...(tasks.kind === 'history' ? ['--from-history'] : tasks.name === USUAL_SUITE ? [] : ['--suite', tasks.name]),
    ...(repetitions === 1 ? [] : ['--trials', String(repetitions)]),
    ...(worker === undefined ? [] : ['--worker', worker]),
    ...(against === undefined ? [] : ['--against', against]),
    '--resume',
    ...budget,
  ];
  return ['speckit', 'reflex', 'bakeoff', ...words.map(shellQuoted)].join(' ');
}
