import { closestWord } from '../policy/closestWord.ts';
import type { RoutingProblem } from '../policy/routingProblems.ts';
import { COMPARED_STAGES, type Configuration } from '../settings.ts';
import { OWNER_OF_STAGE } from './ownerOfStage.ts';
import { ladderOf } from './rungs.ts';

/**
 * Checks the demotions that are written: who gives a stage away has to stand in the stage's chain, and who takes it must be a worker that does not: in a
 * chain a worker is called without any proof. An audit is never given to a local worker.
 */
export function demotionProblems(configuration: Configuration): readonly RoutingProblem[] {
  return COMPARED_STAGES.flatMap((stage): readonly RoutingProblem[] => {
    const demotion = configuration.demotions[stage];
    if (demotion === undefined) return [];
    const { setting, rungs } = ladderOf(OWNER_OF_STAGE[stage], stage, configuration);
    const chain = rungs.flat();
    const problem = (key: 'from' | 'to', message: string): RoutingProblem => ({
      path: ['demotions', stage, key],
      rule: 'demotion',
      message: `demotions.${stage}.${key} names "${demotion[key]}"${message}`,
    });
    const workers = Object.keys(configuration.workers);
    return [
      ...(chain.includes(demotion.from)
        ? []
        : [problem('from', `, who is not in ${setting}. ${hint(demotion.from, chain)}`)]),
      ...(workers.includes(demotion.to)
        ? []
        : [problem('to', `, and there is no [workers.${demotion.to}]. ${hint(demotion.to, workers)}`)]),
      ...(chain.includes(demotion.to)
        ? [problem('to', `, who stands in ${setting} and is called without a proof. Take it out of one of the two.`)]
        : []),
      ...(stage === 'audit' && configuration.workers[demotion.to]?.local === true
        ? [problem('to', ', which is local: a local model never judges, whatever a scorecard says.')]
        : []),
    ];
  });
}

function hint(name: string, names: readonly string[]): string {
  const meant = closestWord(name, names);
  return meant === undefined ? `It may be: ${names.slice(0, 20).join(', ')}.` : `Did you mean "${meant}"?`;
}
