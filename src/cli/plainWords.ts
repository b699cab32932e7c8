import type { GlobalOptions } from './terminal.ts';
import { GLOBAL_FLAGS, VERBS, verbOf, type VerbRow } from './verbs.ts';

/** A command line that was understood. */
export interface Understood {
  readonly row: VerbRow;
  readonly positional: readonly string[];
  readonly options: Readonly<Record<string, string | true>>;
  readonly globals: GlobalOptions;
}

/**
 * What plain words say, as the parser (parser.ts) would understand them, without loading it: a verb, its words, and long options with their
 * values apart. Undefined for everything else, mistakes and wishes for help among it: those are the parser's.
 */
export function plainWords(words: readonly string[]): Understood | undefined {
  const globals = { json: false, events: false, directory: '.' };
  const options: Record<string, string | true> = {};
  const positional: string[] = [];
  let row: VerbRow | undefined;
  const rest = words[Symbol.iterator]();
  for (const word of rest) {
    if (!word.startsWith('-')) {
      if (row !== undefined) positional.push(word);
      else row = VERBS.find(({ usage }) => verbOf(usage) === word);
      // A word that is no verb, before any verb.
      if (row === undefined) return undefined;
      continue;
    }
    const flags = [...GLOBAL_FLAGS, ...(row?.options ?? [])].map(([text]) => text).find((text) => isNamed(text, word));
    if (flags === undefined) return undefined;
    const value = flags.includes('<') ? (rest.next().value ?? '') : true;
    if (value !== true && (value === '' || value.startsWith('-'))) return undefined;
    const name = nameOf(flags);
    if (name === 'json' || name === 'events') globals[name] = true;
    else if (name === 'directory') globals.directory = String(value);
    else options[name] = value;
  }
  return row !== undefined && fits(row, positional.length) ? { row, positional, options, globals } : undefined;
}

/** `-C, --directory <path>` is named `-C` and `--directory`. */
function isNamed(flags: string, word: string): boolean {
  return flags.split(/[ ,]+/).includes(word);
}

/** `--run-id <id>` gives the option runId. */
function nameOf(flags: string): string {
  const long = /--([a-z-]+)/.exec(flags)?.[1] ?? '';
  return long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Whether a verb takes so many words: each `<word>` is needed, each `[word]` may be left out. */
function fits({ usage }: VerbRow, count: number): boolean {
  const needed = usage.split('<').length - 1;
  const most = needed + usage.split('[').length - 1;
  return count >= needed && count <= most;
}
