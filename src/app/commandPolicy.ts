import { BUILT_IN_RULES } from '../core/policy/commands/builtInRules.ts';
import { exampleProblems } from '../core/policy/commands/examples.ts';
import { type CommandJudge, createCommandJudge } from '../core/policy/commands/judge.ts';
import { writtenRule } from '../core/policy/commands/writtenRule.ts';
import type { Configuration } from '../core/settings.ts';
import { findRepository } from '../node/repository.ts';
import { configurationOf, type Services } from './services.ts';

/** The judge of a configuration; `root`: the absolute folder that counts as the tree. */
export async function openCommandJudge(
  services: Services,
  configuration: Configuration,
  root: string,
): Promise<CommandJudge> {
  const { setup, checks, commands } = configuration;
  const declared = [
    ...Object.values(checks).map(({ command }) => command),
    ...(setup.command === undefined ? [] : [setup.command]),
  ];
  return createCommandJudge({ rules: commands.rules.map(writtenRule), declared, root }, await services.shellParser());
}

/** The judge of where the person stands: commands would run in the repository's top, or in this folder where there is none. */
export async function commandJudge(services: Services): Promise<CommandJudge> {
  const { configuration, root } = await configurationHere(services);
  return openCommandJudge(services, configuration, root);
}

/** How many rules and examples there are, and what is wrong with the built-in ones. */
export interface RuleTest {
  readonly rules: number;
  readonly written: number;
  readonly examples: number;
  readonly problems: readonly string[];
}

export async function testCommandRules(services: Services): Promise<RuleTest> {
  const written = (await configurationHere(services)).configuration.commands.rules.map(writtenRule);
  const rules = [...BUILT_IN_RULES, ...written];
  return {
    rules: rules.length,
    written: written.length,
    examples: rules.reduce((sum, rule) => sum + rule.match.length + rule.notMatch.length, 0),
    problems: exampleProblems(rules).map(({ message }) => message),
  };
}

async function configurationHere(
  services: Services,
): Promise<{ readonly configuration: Configuration; readonly root: string }> {
  const { folder, signal } = services.host;
  const found = await findRepository({ folder }, signal);
  const root = found.kind === 'ok' ? found.value.root : folder;
  return { configuration: (await configurationOf(services, { root })).configuration, root };
}
