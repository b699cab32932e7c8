/**
 * The candidate a person probably meant by `word`: the nearest by optimal string alignment (insert, delete, replace, swap neighbours),
 * at most a third of the word away; upper case and `-` for `_` count as nothing. The first of equals. Undefined when none is near.
 */
export function closestWord(word: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.slice(0, LONGEST).toLowerCase().replaceAll('-', '_');
  const limit = Math.max(1, Math.floor(Math.min(word.length, LONGEST) / 3));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = alignmentDistance(plain(word), plain(candidate));
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Only so many characters are compared. */
const LONGEST = 64;

function alignmentDistance(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const options = [
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      ];
      const isSwap =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (isSwap) options.push((beforeLast[column - 2] ?? 0) + 1);
      current.push(Math.min(...options));
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
