import { plainWords } from './plainWords.ts';
import { runVerb } from './runVerb.ts';

/**
 * Runs `speckit new` when it is written plainly, and returns its exit code; undefined for any other command line, of which nothing was done. Bundled
 * as one file, in which only what that command needs is loaded: what is shared with other commands lies in many.
 */
export async function runShortCommand(words: readonly string[]): Promise<number | undefined> {
  const plain = plainWords(words);
  return plain?.row.usage.startsWith('new ') === true ? runVerb(plain) : undefined;
}
