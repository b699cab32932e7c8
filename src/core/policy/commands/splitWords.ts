import type { Result } from '../../../base/result.ts';
import { err, ok } from '../../../base/result.ts';

/**
 * The words of one plain command, quotes and backslashes taken off as POSIX has it (XCU 2.2). For examples of rules: anything else a shell would act on
 * (`;`, `$`, wildcards left alone) is an error, which says what it is.
 */
export function splitWords(text: string): Result<readonly string[], string> {
  const words: string[] = [];
  const pattern = /\s*(?:((?:'[^']*'|"(?:[^"\\$`]|\\.)*"|\\.|[^\s'"\\|&;<>()$`])+)|(.))/gsy;
  let end = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const [, word, other] = found;
    if (word === undefined) {
      if (other === undefined || /\s/.test(other)) break;
      return err(`an example is one plain command, and "${other}" stands in it outside quotes or within double ones`);
    }
    words.push(unquoted(word));
    end = pattern.lastIndex;
  }
  return text.slice(end).trim() === '' && words.length > 0
    ? ok(words)
    : err('an example holds at least one word, and every quote in it is closed');
}

function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
  );
}
