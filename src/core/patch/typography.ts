/** A removed line as the patch has it and as it stands in the file. */
export interface LinePair {
  readonly patch: string;
  readonly file: string;
}

/**
 * The added line with the file's own characters where it repeats the line it replaces: whoever types `'` for a typographic quote has not
 * changed that quote. What stands before the first and behind the last difference between removed and added line is the file's.
 */
export function keepingCharacters(added: string, replaced: LinePair): string {
  const [from, to, file] = [replaced.patch.trim(), added.trim(), replaced.file.trim()];
  // Only where each character stands for one of the file's is it known which.
  if (from === file || from.length !== file.length || to === '') return added;
  const shortest = Math.min(from.length, to.length);
  let begin = 0;
  while (begin < shortest && from.charAt(begin) === to.charAt(begin)) begin += 1;
  let end = 0;
  while (end < shortest - begin && from.charAt(from.length - 1 - end) === to.charAt(to.length - 1 - end)) end += 1;
  const text = file.slice(0, begin) + to.slice(begin, to.length - end) + file.slice(file.length - end);
  return added.replace(to, () => text);
}

const typographic = /[\u2010-\u201f\u2026\u2212\u00a0\u2002-\u200a\u202f]/g;

/**
 * How to write added lines where the patch has typographic characters for the file's ASCII: each as the file has it in the lines that were
 * found. Characters that the file has too, or that stand for more than one, stay.
 */
export function plainCharacters(pairs: readonly LinePair[]): (line: string) => string {
  const meant = new Map<string, string>();
  for (const pair of pairs) {
    const [patch, file] = [pair.patch.trim(), pair.file.trim()];
    if (patch.length !== file.length) continue;
    for (const match of patch.matchAll(typographic)) {
      const present = file.charAt(match.index);
      const known = meant.get(match[0]);
      meant.set(match[0], known === undefined || known === present ? present : match[0]);
    }
  }
  const changed = [...meant].filter(([own, present]) => own !== present);
  if (changed.length === 0) return (line) => line;
  return (line) => line.replaceAll(typographic, (character) => meant.get(character) ?? character);
}
