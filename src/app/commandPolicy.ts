import { BUILT_IN_RULES } from '../core/policy/commands/builtInRules.ts';
import { exampleProblems } from '../core/policy/commands/examples.ts';
import type { CommandDecision } from '../core/policy/commands/decision.ts';
import { type CommandJudge, type CommandPolicy, createCommandJudge } from '../core/policy/commands/judge.ts';
import { writtenRule } from '../core/policy/commands/writtenRule.ts';
import type { ShellScript } from '../core/ports.ts';
import type { Configuration } from '../core/settings.ts';
import { readPlainLine } from '../node/plainLine.ts';
import { findRepository } from '../node/repository.ts';
import { configurationOf, type Services } from './services.ts';

/**
 * Judges the lines of a run by its configuration; `root`: the absolute folder that counts as the tree. Lines of plain words need no grammar: it is loaded
 * with the first line that is more, and the judging begins anew when it turns out what has to be read.
 */
export function createLineJudge(
  services: Services,
  configuration: Configuration,
  root: string,
): (line: string) => Promise<CommandDecision> {
  const policy = policyOf(configuration, root);
  const read = new Map<string, ShellScript>();
  return async (line) => {
    for (;;) {
      const unread = new Set<string>();
      const parse = (text: string): ShellScript => {
        const script = read.get(text) ?? readPlainLine(text);
        if (script === undefined) unread.add(text);
        return script ?? NOTHING_READ;
      };
      const decision = createCommandJudge(policy, { parse }).line(line);
      if (unread.size === 0) return decision;
      const { parse: parseFully } = await services.shellParser();
      for (const text of unread) read.set(text, parseFully(text));
    }
  };
}

const NOTHING_READ: ShellScript = { commands: [], functions: [], unreadable: [] };

function policyOf({ setup, checks, commands }: Configuration, root: string): CommandPolicy {
  const declared = Object.values(checks).map(({ command }) => command);
  return {
    rules: commands.rules.map(writtenRule),
    declared: setup.command === undefined ? declared : [...declared, setup.command],
    root,
  };
}

/** The judge of where the person stands: commands would run in the repository's top, or in this folder where there is none. */
export async function commandJudge(services: Services): Promise<CommandJudge> {
  const { configuration, root } = await configurationHere(services);
  return createCommandJudge(policyOf(configuration, root), await services.shellParser());
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
