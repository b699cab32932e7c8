import { EXIT } from './exitCode.ts';
import { tellFailure } from './failure.ts';
import { writeOut } from './output.ts';
import { plainWords } from './plainWords.ts';
import { runVerb } from './runVerb.ts';
import { resultWriter, type GlobalOptions } from './terminal.ts';

/** Runs one command line (without node and script) and returns its exit code. Never throws for what a person typed. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const plain = plainWords(words);
  if (plain !== undefined) return runVerb(plain);
  const { parseWords } = await import('./parser.ts');
  const parsed = parseWords(words);
  if (parsed.kind === 'verb') return runVerb(parsed);
  const form = formOf(words);
  const result = resultWriter(form);
  if (parsed.kind === 'mistake') {
    tellFailure({ kind: 'usage', text: parsed.text, exitCode: EXIT.usage }, result);
    return EXIT.usage;
  }
  if (form.json || form.events) result({ text: parsed.text, exitCode: EXIT.ok });
  else writeOut(parsed.text);
  return EXIT.ok;
}

/** How results are wanted, known before the words are understood: a mistake in them is told in that form too. */
function formOf(words: readonly string[]): Pick<GlobalOptions, 'json' | 'events'> {
  const options = words.slice(0, words.includes('--') ? words.indexOf('--') : words.length);
  return { json: options.includes('--json'), events: options.includes('--events') };
}
