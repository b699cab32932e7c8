import type { ShellWord } from '../../ports.ts';
import type { DecisionKind } from './decision.ts';
import { mayHoldSecrets, pathPlace, pathsIn } from './pathPlace.ts';

/**
 * What the words after a built-in rule's pattern have to be. `paths`: files in the tree (what is left out); `text`: anything, the output of a
 * judged command too; `none`: nothing but options; `onePath`; `writes`: files in the tree that are not protected; `outside`: at least one that is
 * not in the tree (for rules that refuse); `first`: a text of this form, then files in the tree.
 */
export type Operands = 'paths' | 'text' | 'none' | 'onePath' | 'writes' | 'outside' | { readonly first: RegExp };

/** One rule about simple commands: built in, or written under [[commands.rules]]. */
export interface CommandRule {
  readonly id: string;
  /** The first words; a list stands for any one of its words. */
  readonly pattern: readonly (string | readonly string[])[];
  /** True: nothing may follow the pattern. */
  readonly exact?: boolean;
  /** The only options that may follow; any, when left out. A single letter may stand in a bundle (`-la`) and with a number (`-n5`). */
  readonly options?: readonly string[];
  /** One of these words has to stand somewhere after the pattern; `--name` also as `--name=value`. */
  readonly with?: readonly string[];
  readonly operands?: Operands;
  readonly decision: DecisionKind;
  readonly hard?: true;
  readonly justification: string;
  readonly match: readonly string[];
  readonly notMatch: readonly string[];
}

/** `near`: the pattern fits and something after it does not; `text` says what. */
export type RuleMatch =
  | { readonly kind: 'match' }
  | { readonly kind: 'no' }
  | { readonly kind: 'near'; readonly text: string };

const NO: RuleMatch = { kind: 'no' };
const MATCH: RuleMatch = { kind: 'match' };
const near = (text: string): RuleMatch => ({ kind: 'near', text });

/** Whether a rule speaks about a command. `root`: the tree's absolute folder, where it is known. */
export function matchRule(rule: CommandRule, words: readonly ShellWord[], root: string | undefined): RuleMatch {
  const isPrefix = rule.pattern.every((expected, index) => {
    const word = words[index];
    return (
      word?.kind === 'literal' && (typeof expected === 'string' ? word.text === expected : expected.includes(word.text))
    );
  });
  if (!isPrefix) return NO;
  const rest = words.slice(rule.pattern.length);
  if (rule.exact === true && rest.length > 0) return NO;
  if (rule.with !== undefined && !rest.some((word) => isOneOf(word, rule.with ?? []))) return NO;
  if (rule.operands === 'outside') return rest.some((word) => isOutside(word, root)) ? MATCH : NO;
  if (rule.decision !== 'allow') return MATCH;
  return allowedRest(rule, rest, root);
}

function isOneOf(word: ShellWord, wanted: readonly string[]): boolean {
  if (word.kind === 'dynamic') return false;
  const name = /^--[^=]+/.exec(word.text)?.[0] ?? word.text;
  return wanted.includes(name) || wanted.includes(word.text);
}

function isOutside(word: ShellWord, root: string | undefined): boolean {
  if (word.kind === 'dynamic') return /\$\{?(?:HOME|OLDPWD)\b/.test(word.text);
  return pathsIn(word.text).some((path) => {
    const place = pathPlace(path, root);
    return place === 'outside' || place === 'system';
  });
}

function allowedRest(rule: CommandRule, rest: readonly ShellWord[], root: string | undefined): RuleMatch {
  const operands: ShellWord[] = [];
  let isAfterDashes = false;
  for (const word of rest) {
    if (word.kind === 'dynamic') {
      // An output may become an option: where options matter, it may not stand.
      const isHarmless = word.by === 'status' || (word.by === 'output' && rule.options === undefined);
      if (rule.operands !== 'text' || !isHarmless) return near(`the value of ${word.text} is known to the shell only`);
      operands.push(word);
    } else if (!isAfterDashes && word.kind === 'literal' && word.text === '--') isAfterDashes = true;
    else if (!isAfterDashes && /^-./s.test(word.text)) {
      if (rule.options !== undefined && !isOption(word.text, rule.options))
        return near(`${word.text} is not among the options that are`);
      const outside =
        rule.operands === 'text' || rule.operands === undefined || rule.options?.includes(word.text) === true
          ? undefined
          : problemOf(word.text, rule, root);
      if (outside !== undefined) return near(outside);
    } else {
      if (!isAfterDashes && rule.options !== undefined && word.kind === 'glob' && /^[*?[]/.test(word.text))
        return near(`${word.text} may become an option`);
      operands.push(word);
    }
  }
  return allowedOperands(rule, operands, root);
}

function isOption(text: string, options: readonly string[]): boolean {
  const name = /^--[^=]+/.exec(text)?.[0] ?? text;
  if (options.includes(name)) return true;
  return (
    !text.startsWith('--') &&
    text
      .slice(1)
      .split('')
      .every((letter) => /[\d,]/.test(letter) || options.includes(`-${letter}`))
  );
}

function allowedOperands(rule: CommandRule, operands: readonly ShellWord[], root: string | undefined): RuleMatch {
  const kind = rule.operands;
  if (kind === undefined || kind === 'text') return MATCH;
  if (kind === 'none' && operands.length > 0) return near(`nothing is to follow it, and ${operands[0]?.text} does`);
  if (kind === 'onePath' && operands.length > 1) return near('its second file is written');
  if (
    typeof kind === 'object' &&
    operands[0] !== undefined &&
    !(operands[0].kind === 'literal' && kind.first.test(operands[0].text))
  )
    return near(`${operands[0].text} may do more than read`);
  const files = typeof kind === 'object' ? operands.slice(1) : operands;
  for (const { text } of files) {
    const problem = problemOf(text, rule, root);
    if (problem !== undefined) return near(problem);
  }
  return MATCH;
}

/** Why a word that names a file is not allowed. */
function problemOf(text: string, rule: CommandRule, root: string | undefined): string | undefined {
  for (const path of pathsIn(text)) {
    const place = pathPlace(path, root);
    if (place === 'outside' || place === 'system' || place === 'temporary') return `${path} is outside the tree`;
    if (place === 'protected' && rule.operands === 'writes') return `${path} is protected`;
    if (mayHoldSecrets(path)) return `${path} may hold secrets`;
  }
  return undefined;
}
