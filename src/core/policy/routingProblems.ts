import type { Configuration } from '../settings.ts';
import { closestWord } from './closestWord.ts';

/** One thing wrong with a role's chain of workers; `path` ends in the place within the chain where there is one. */
export interface RoutingProblem {
  readonly path: readonly (string | number)[];
  readonly rule: 'empty-chain' | 'unknown-worker' | 'duplicate-worker';
  readonly message: string;
}

/**
 * Checks the chains that some file wrote (`writtenRoles`) against the workers there are. A chain written as empty is a mistake: leaving
 * it out says the same, and a critic is switched off at gates.critic.
 */
export function routingProblems(
  configuration: Configuration,
  writtenRoles: readonly string[],
): readonly RoutingProblem[] {
  const workers = Object.keys(configuration.workers);
  return Object.entries(configuration.routing).flatMap(([role, chain]): readonly RoutingProblem[] => {
    if (chain.length === 0 && writtenRoles.includes(role)) return [emptyChain(role)];
    return chain.flatMap((name, index): readonly RoutingProblem[] => {
      const path = ['routing', role, index];
      if (!workers.includes(name))
        return [{ path, rule: 'unknown-worker', message: unknownWorker(role, name, workers) }];
      if (chain.indexOf(name) === index) return [];
      const message = `routing.${role} names "${name}" twice. Remove one: a worker is tried gates.attempts_per_worker times anyway.`;
      return [{ path, rule: 'duplicate-worker', message }];
    });
  });
}

function emptyChain(role: string): RoutingProblem {
  const otherwise = role === 'critic' ? 'set critic = false under [gates]' : 'remove the line';
  return {
    path: ['routing', role],
    rule: 'empty-chain',
    message: `routing.${role} names no worker. Name at least one, or ${otherwise}.`,
  };
}

function unknownWorker(role: string, name: string, workers: readonly string[]): string {
  const meant = closestWord(name, workers);
  const known = workers.slice(0, 20).join(', ');
  const hint =
    meant === undefined
      ? known === ''
        ? 'No workers are defined.'
        : `Workers: ${known}.`
      : `Did you mean "${meant}"?`;
  return `routing.${role} names "${name}", and there is no [workers.${name}]. ${hint}`;
}
