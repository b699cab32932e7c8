import { sha256 } from '../../../base/hash.ts';
import type { CommandRuleSettings } from '../../commandRuleSettings.ts';
import { tomlKey, tomlValue } from '../tomlText.ts';

/** What a person can answer when a command asks. `run` and `never`: for the run that asked; `always`: for every run of theirs. */
export type PermissionAnswer = 'run' | 'always' | 'never';

/**
 * The rule that an answer comes to, about exactly these words and nothing longer: a push that was allowed once allows no `--force` after it. Its
 * example is the command itself. `by`: the person, as approvals name them.
 */
export function ruleOfAnswer(words: readonly string[], answer: PermissionAnswer, by: string): CommandRuleSettings {
  const decision = answer === 'never' ? 'forbid' : 'allow';
  const until = answer === 'always' ? 'for good' : 'for this run';
  return {
    id: `${decision}-${sha256(JSON.stringify(words)).slice(0, 12)}`,
    pattern: [...words],
    exact: true,
    decision,
    justification: `${by.slice(0, 100)} answered so ${until}`,
    match: [words.map(shellWord).join(' ')],
    not_match: [],
  };
}

/** The rule as lines of a configuration file. */
export function ruleText(rule: CommandRuleSettings): string {
  const { id, pattern, exact, decision, justification, match } = rule;
  const lines = Object.entries({ id, pattern, exact, decision, justification, match }).map(
    ([key, value]) => `${tomlKey(key)} = ${tomlValue(value)}`,
  );
  return `[[commands.rules]]\n${lines.join('\n')}\n`;
}

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
