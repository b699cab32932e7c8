/** Given, When and Then of one acceptance scenario, without emphasis and without the comma before the next word. */
export interface ScenarioParts {
  readonly given?: string;
  readonly when?: string;
  readonly outcome?: string;
}

export type ScenarioWord = 'given' | 'when' | 'then' | 'and';

/** The word of a scenario that a text begins with (`**Given** …`), or undefined. `But` counts as `And`. */
export function scenarioWord(text: string): ScenarioWord | undefined {
  const word = /^[*_\s]{0,8}(given|when|then|and|but)(?![\p{L}\p{N}_-])/iu.exec(text)?.[1]?.toLowerCase();
  if (word === 'given' || word === 'when' || word === 'then') return word;
  return word === undefined ? undefined : 'and';
}

/** The parts of a scenario written as one text. A part that is missing is left out; a text that is no scenario gives none. */
export function scenarioParts(text: string): ScenarioParts {
  const given = find(text, GIVEN, 0);
  const when = find(text, WHEN, given?.end ?? 0);
  const then = find(text, THEN, when?.end ?? given?.end ?? 0);
  // A sentence that merely holds the word "when" or "given" somewhere is no scenario.
  if (given === undefined ? when === undefined || then === undefined : when === undefined && then === undefined)
    return {};
  return {
    ...(given !== undefined && { given: clean(text.slice(given.end, when?.start ?? then?.start)) }),
    ...(when !== undefined && { when: clean(text.slice(when.end, then?.start)) }),
    ...(then !== undefined && { outcome: clean(text.slice(then.end)) }),
  };
}

/** A word where it is set off best: in bold, after a comma or full stop, capitalised, anywhere. */
function find(
  text: string,
  forms: readonly RegExp[],
  from: number,
): { readonly start: number; readonly end: number } | undefined {
  for (const form of forms) {
    form.lastIndex = from;
    const match = form.exec(text);
    if (match !== null) return { start: match.index, end: match.index + match[0].length };
  }
  return undefined;
}

const GIVEN = formsOf('given', 'Given');
const WHEN = formsOf('when', 'When');
const THEN = formsOf('then', 'Then');

function formsOf(word: string, capitalised: string): readonly RegExp[] {
  return [
    new RegExp(`(?:\\*\\*|__)${word}(?:\\*\\*|__)`, 'giu'),
    new RegExp(`(?<=[,.;]\\s)${word}(?![\\p{L}\\p{N}_-])`, 'giu'),
    new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${capitalised}|${word.toUpperCase()})(?![\\p{L}\\p{N}_-])`, 'gu'),
    new RegExp(`(?<![\\p{L}\\p{N}_-])${word}(?![\\p{L}\\p{N}_-])`, 'giu'),
  ];
}

function clean(part: string): string {
  let start = 0;
  let end = part.length;
  while (start < end && ' \t:,*_'.includes(part.charAt(start))) start += 1;
  while (end > start && ' \t,;*_'.includes(part.charAt(end - 1))) end -= 1;
  return part.slice(start, end);
}
