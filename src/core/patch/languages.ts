import { goLanguage, jvmLanguage, pythonLanguage, rustLanguage } from './otherLanguages.ts';
import { scriptLanguage } from './scriptLanguage.ts';

/** One thing to look for, with texts it must and must not be found in: a test holds every pattern to its own examples. */
export interface CodePattern {
  readonly pattern: RegExp;
  readonly match: readonly string[];
  readonly notMatch: readonly string[];
}

/**
 * How a test case begins. Group 1 is its name; without a group the name is the first argument of the call that the match opens.
 * `block` says what encloses its body.
 */
export interface CasePattern extends CodePattern {
  readonly block: 'parentheses' | 'braces' | 'indentation';
}

/** `where` tells which part of the text is searched: code without comments and strings, or comments alone. */
export interface SuppressionPattern extends CodePattern {
  readonly where: 'code' | 'comment';
}

/**
 * What has to be known of a language to see a test weakened. Patterns have the g flag. `cases`, `skips` and `assertions` are searched in code
 * whose comments are blank and whose strings are masked; `trivial` in one assertion without its white space, strings intact.
 */
export interface Language {
  readonly name: string;
  /** Endings of file names, with the dot. */
  readonly extensions: readonly string[];
  /** Comments (group `comment`) and literals (group `literal`), whichever begins first. */
  readonly tokens: RegExp;
  /** True where tests stand in the same files as what they test. */
  readonly hasTestsInSource: boolean;
  readonly cases: readonly CasePattern[];
  readonly skips: readonly CodePattern[];
  readonly assertions: readonly CodePattern[];
  readonly trivial: readonly CodePattern[];
  readonly suppressions: readonly SuppressionPattern[];
}

export const languages: readonly Language[] = [scriptLanguage, pythonLanguage, goLanguage, rustLanguage, jvmLanguage];

/** The language of a file by its name, or undefined when none of the table's is. */
export function languageOf(path: string): Language | undefined {
  const name = path.toLowerCase();
  return languages.find((language) => language.extensions.some((extension) => name.endsWith(extension)));
}
