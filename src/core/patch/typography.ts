/** A removed line as the patch has it and as it stands in the file. */
export interface LinePair {
  readonly patch: string;
  readonly file: string;
}

/**
 * The added line with the file's own characters where it repeats the line it replaces: whoever types `'` for a typographic quote, or `--` for a
 * dash, has not changed it. What stands before the first and behind the last difference between removed and added line is the file's; where
 * only words differ, so is all between them.
 */
export function keepingCharacters(added: string, replaced: LinePair): string {
  const [from, to, file] = [replaced.patch.trim(), added.trim(), replaced.file.trim()];
  if (from === file || to === '') return added;
  const text =
    framed(from, to, file) ??
    (from.length === file.length ? ended(from.split(''), to.split(''), file.split('')) : undefined);
  return text === undefined ? added : added.replace(to, () => text);
}

/** Words, and what stands between them: the first piece is never a word. */
function piecesOf(line: string): readonly string[] {
  return line.split(/([\p{L}\p{N}_]+)/u);
}

/** By pieces, where those of the removed line and of the file's stand for each other one by one. */
function framed(from: string, to: string, file: string): string | undefined {
  const [old, next, present] = [piecesOf(from), piecesOf(to), piecesOf(file)];
  const isWord = (_: string, index: number): boolean => index % 2 === 1;
  if (old.length !== present.length || old.filter(isWord).join() !== present.filter(isWord).join()) return undefined;
  const isSameFrame =
    next.length === old.length && next.every((piece, index) => index % 2 === 1 || piece === old[index]);
  if (isSameFrame) return next.map((piece, index) => (index % 2 === 1 ? piece : (present[index] ?? piece))).join('');
  return from.length === file.length ? undefined : ended(old, next, present);
}

/** The beginning and the end that removed and added line share, as the file has them, around what is new. */
function ended(old: readonly string[], next: readonly string[], present: readonly string[]): string {
  const shortest = Math.min(old.length, next.length);
  let begin = 0;
  while (begin < shortest && old[begin] === next[begin]) begin += 1;
  let end = 0;
  while (end < shortest - begin && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  const kept = end === 0 ? [] : present.slice(-end);
  return [...present.slice(0, begin), ...next.slice(begin, next.length - end), ...kept].join('');
}

const typographic = /[\u2010-\u201f\u2026\u2212\u00a0\u2002-\u200a\u202f]/g;

/**
 * How to write added lines where the patch has typographic characters for the file's ASCII: each as the file has it in the lines that were
 * found. Characters that stand for more than one stay, and so does one that the file has itself between the same neighbours.
 */
export function plainCharacters(
  pairs: readonly LinePair[],
  fileLines: readonly { readonly text: string }[],
): (line: string) => string {
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
  return (line) =>
    line.replaceAll(typographic, (character, index: number) => {
      const around = line.slice(Math.max(0, index - 3), index + 4);
      return fileLines.some(({ text }) => text.includes(around)) ? character : (meant.get(character) ?? character);
    });
}
