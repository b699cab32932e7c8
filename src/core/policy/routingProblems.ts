import { ADVISERS } from '../run/stage.ts';
import type { Configuration } from '../settings.ts';
import { closestWord } from './closestWord.ts';

/** One thing wrong with whom a role is routed to; `path` ends in the place within the chain where there is one. */
export interface RoutingProblem {
  readonly path: readonly (string | number)[];
  readonly rule:
    | 'empty-chain'
    | 'unknown-worker'
    | 'duplicate-worker'
    | 'name-taken'
    | 'command-in-two-tiers'
    | 'demotion';
  readonly message: string;
}

/**
 * Checks the chains that some file wrote (`writtenRoles`) against the workers and model chains there are. A chain written as empty is a mistake:
 * leaving it out says the same, and a critic is switched off at gates.critic.
 */
export function routingProblems(
  configuration: Configuration,
  writtenRoles: readonly string[],
): readonly RoutingProblem[] {
  const { routing, tiers, model_chains: chains } = configuration;
  const names = [...Object.keys(configuration.workers), ...Object.keys(chains)];
  const ofTiers = Object.entries(tiers).flatMap(([tier, settings]) =>
    ROLES_WITH_CHAINS.flatMap((role) => {
      const chain = settings?.[role];
      if (chain === undefined) return [];
      const path = ['tiers', tier, role];
      return chain.length === 0 ? [emptyChain(path)] : chainProblems(path, chain, names);
    }),
  );
  return [
    ...Object.entries(routing).flatMap(([role, chain]): readonly RoutingProblem[] => {
      if (!Array.isArray(chain)) return [];
      const path = ['routing', role];
      if (chain.length === 0 && writtenRoles.includes(role)) return [emptyChain(path)];
      return chainProblems(path, chain, names);
    }),
    ...ofTiers,
    ...modelChainProblems(configuration),
    ...commandProblems(configuration),
  ];
}

const ROLES_WITH_CHAINS = ['architect', 'implementer', 'judge', ...ADVISERS] as const;

function chainProblems(
  path: readonly string[],
  chain: readonly string[],
  names: readonly string[],
): readonly RoutingProblem[] {
  return chain.flatMap((name, index): readonly RoutingProblem[] => {
    const at = [...path, index];
    if (!names.includes(name))
      return [{ path: at, rule: 'unknown-worker', message: unknownWorker(path.join('.'), name, names) }];
    if (chain.indexOf(name) === index) return [];
    const message = `${path.join('.')} names "${name}" twice. Remove one: a worker is tried gates.attempts_per_worker times anyway.`;
    return [{ path: at, rule: 'duplicate-worker', message }];
  });
}

/** A model chain stands in a chain of workers as one of them, so it needs a name of its own and workers that are there. */
function modelChainProblems({ workers, model_chains: chains }: Configuration): readonly RoutingProblem[] {
  const names = Object.keys(workers);
  return Object.entries(chains).flatMap(([name, { primary, fallbacks }]): readonly RoutingProblem[] => {
    const path = ['model_chains', name];
    const members = chainProblems([...path, 'fallbacks'], fallbacks, names);
    const first: readonly RoutingProblem[] = names.includes(primary)
      ? []
      : [
          {
            path: [...path, 'primary'],
            rule: 'unknown-worker',
            message: unknownWorker(`model_chains.${name}.primary`, primary, names),
          },
        ];
    const twice: readonly RoutingProblem[] = fallbacks.includes(primary)
      ? [
          {
            path: [...path, 'fallbacks', fallbacks.indexOf(primary)],
            rule: 'duplicate-worker',
            message: `model_chains.${name} names "${primary}" as primary and as a fallback. Remove it from fallbacks.`,
          },
        ]
      : [];
    if (!names.includes(name)) return [...first, ...members, ...twice];
    const message = `There is a [workers.${name}] already: a chain that names "${name}" could mean either. Give the model chain another name.`;
    return [{ path, rule: 'name-taken', message }, ...first, ...members, ...twice];
  });
}

function commandProblems({ tiers }: Configuration): readonly RoutingProblem[] {
  const placed = Object.entries(tiers).flatMap(([tier, settings]) =>
    (settings?.commands ?? []).map((command, index) => ({ tier, command, index })),
  );
  return placed.flatMap(({ tier, command, index }, nth): readonly RoutingProblem[] => {
    const first = placed.findIndex((other) => other.command === command);
    if (first === nth) return [];
    const message = `${command} is in tiers.${placed[first]?.tier}.commands already. Remove it from one of the two.`;
    return [{ path: ['tiers', tier, 'commands', index], rule: 'command-in-two-tiers', message }];
  });
}

function emptyChain(path: readonly string[]): RoutingProblem {
  const otherwise = path.at(-1) === 'critic' ? 'set critic = false under [gates]' : 'remove the line';
  return {
    path,
    rule: 'empty-chain',
    message: `${path.join('.')} names no worker. Name at least one, or ${otherwise}.`,
  };
}

function unknownWorker(setting: string, name: string, names: readonly string[]): string {
  const meant = closestWord(name, names);
  const known = names.slice(0, 20).join(', ');
  const hint =
    meant === undefined
      ? known === ''
        ? 'No workers are defined.'
        : `Workers: ${known}.`
      : `Did you mean "${meant}"?`;
  return `${setting} names "${name}", and there is no [workers.${name}]. ${hint}`;
}
