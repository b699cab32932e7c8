import type { CommandRule } from './rule.ts';
import { FILE_RULES } from './rules/files.ts';
import { GIT_RULES } from './rules/git.ts';
import { HARMLESS_RULES } from './rules/harmless.ts';
import { REACH_RULES } from './rules/reach.ts';
import { READING_RULES } from './rules/reading.ts';

/**
 * The built-in rules, each with its own examples. What no rule allows is asked about. Of several that speak about a command the strictest counts; a
 * rule of speckit.toml or of a person's own file counts over these, except over one that is `hard`.
 */
export const BUILT_IN_RULES: readonly CommandRule[] = [
  ...READING_RULES,
  ...HARMLESS_RULES,
  ...GIT_RULES,
  ...FILE_RULES,
  ...REACH_RULES,
];
