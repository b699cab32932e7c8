import { errorListCap, quoted, type NumberedLine } from './patch.ts';

/**
 * The lines of a file that look most like the ones a hunk did not find, with their 1-based numbers: at most 20, none when nothing is alike.
 * First the offset at which most wanted lines stand (white space aside); failing that, the lines most like the longest wanted one.
 */
export function nearestLines(fileLines: readonly string[], wanted: readonly string[]): readonly NumberedLine[] {
  const start = mostSharedStart(fileLines, wanted);
  if (start !== undefined) return numbered(fileLines, start, Math.min(wanted.length, errorListCap));
  const longest = wanted.reduce((best, line) => (line.trim().length > best.trim().length ? line : best), '').trim();
  const pairs = pairsOf(longest);
  const alike = fileLines
    .map((line, index) => ({ index, likeness: likeness(pairs, pairsOf(line.trim())) }))
    .filter((item) => item.likeness >= 0.4)
    .sort((left, right) => right.likeness - left.likeness || left.index - right.index)
    .slice(0, 4)
    .sort((left, right) => left.index - right.index);
  return alike.flatMap((item) => numbered(fileLines, item.index, 1));
}

function mostSharedStart(fileLines: readonly string[], wanted: readonly string[]): number | undefined {
  const positions = new Map<string, number[]>();
  for (const [position, line] of wanted.entries()) {
    const text = line.trim();
    // Brackets and blank lines are everywhere and show nothing.
    if (/\w/.test(text)) positions.set(text, [...(positions.get(text) ?? []), position]);
  }
  const votes = new Map<number, number>();
  for (const [index, line] of fileLines.entries()) {
    for (const position of positions.get(line.trim()) ?? []) {
      votes.set(index - position, (votes.get(index - position) ?? 0) + 1);
    }
  }
  let best: number | undefined;
  for (const [start, nVotes] of votes) if (best === undefined || nVotes > (votes.get(best) ?? 0)) best = start;
  return best;
}

function numbered(fileLines: readonly string[], start: number, nLines: number): readonly NumberedLine[] {
  const from = Math.max(0, start);
  return fileLines
    .slice(from, Math.max(from, start + nLines))
    .map((text, position) => ({ line: from + position + 1, text: quoted(text) }));
}

/** Pairs of neighbouring characters of a line's first 200. */
function pairsOf(text: string): ReadonlySet<string> {
  const pairs = new Set<string>();
  const last = Math.min(text.length, 200) - 1;
  for (let index = 0; index < last; index += 1) pairs.add(text.slice(index, index + 2));
  return pairs;
}

/** Sørensen-Dice coefficient of two sets, 0..1. */
function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  if (left.size === 0 || right.size === 0) return 0;
  let nShared = 0;
  for (const pair of left) if (right.has(pair)) nShared += 1;
  return (2 * nShared) / (left.size + right.size);
}
