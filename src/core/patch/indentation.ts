/** How one line is indented in the patch and in the file. */
export interface IndentationPair {
  readonly kind: 'context' | 'removed';
  readonly patch: string;
  readonly file: string;
}

/** White space at the beginning of a line. */
export function indentationOf(line: string): string {
  return line.slice(0, line.length - line.trimStart().length);
}

/**
 * How the added lines of a hunk are to be indented in this file: a function from a line of the patch to the line to write. `pairs` are the
 * old lines that were found (blank ones aside), `fileLines` the whole file. Where old lines stand as the patch has them the added ones are
 * right too. Otherwise they move as far as the old ones have, in the file's own tabs or spaces.
 */
export function reindented(
  pairs: readonly IndentationPair[],
  patchLines: readonly string[],
  fileLines: () => readonly string[],
): (line: string) => string {
  const removed = pairs.filter((pair) => pair.kind === 'removed');
  // A removed line is written with the same care as the added one in its place; context may have lost a column to its missing sign.
  // What lost a column still begins with the same white space; tabs for spaces are another drift, and a comment's one space shows nothing of it.
  const isOtherKind = pairs.some((pair) => pair.patch.includes('\t') !== pair.file.includes('\t'));
  const isRemovedRight =
    !isOtherKind && removed.every((pair) => pair.patch === pair.file) && removed.some((pair) => pair.file !== '');
  const asked = isRemovedRight ? removed : pairs;
  if (asked.every((pair) => pair.patch === pair.file))
    return unindentedPairs(asked) ? byFile(patchLines, fileLines) : same;
  const exact = new Map<string, string>();
  for (const pair of [...asked].sort((left, right) => rank(left) - rank(right))) exact.set(pair.patch, pair.file);
  const fit = fitOf(asked) ?? fitOf(removed) ?? fitOf(asked.slice(-1));
  const tabs =
    asked.some((pair) => pair.file.startsWith('\t')) ||
    (asked.every((pair) => pair.file === '') && usesTabs(fileLines));
  return (line) => {
    const own = indentationOf(line);
    if (line.trim() === '') return line;
    const known = exact.get(own);
    if (known !== undefined) return known + line.slice(own.length);
    if (!fit) return line;
    const columns = Math.max(0, Math.round(widthOf(own, fit.tab) * fit.scale + fit.shift));
    return written(columns, tabs ? fit.tab : 0) + line.slice(own.length);
  };
}

const same = (line: string): string => line;
const rank = (pair: IndentationPair): number => (pair.kind === 'removed' ? 1 : 0);

function unindentedPairs(pairs: readonly IndentationPair[]): boolean {
  return pairs.every((pair) => pair.file === '');
}

/** From columns in the patch to columns in the file, when a tab is this wide. */
interface Fit {
  readonly tab: number;
  readonly scale: number;
  readonly shift: number;
}

/** The plainest way to read all pairs: no shift before a shift, no other unit before another one. */
function fitOf(pairs: readonly IndentationPair[]): Fit | undefined {
  if (pairs.length === 0) return undefined;
  const fits: Fit[] = [];
  for (const scale of [1, 2, 0.5]) {
    for (const tab of [4, 2, 8, 3]) {
      const shifts = new Set(pairs.map((pair) => widthOf(pair.file, tab) - widthOf(pair.patch, tab) * scale));
      const [shift = 0] = shifts;
      if (shifts.size === 1) fits.push({ tab, scale, shift });
    }
  }
  const cost = (fit: Fit): number => (fit.shift === 0 ? 0 : 1) + (fit.scale === 1 ? 0 : 2);
  return fits.sort((left, right) => cost(left) - cost(right))[0];
}

function widthOf(indentation: string, tab: number): number {
  let width = 0;
  for (const character of indentation) width += character === '\t' ? tab : 1;
  return width;
}

function written(columns: number, tab: number): string {
  return tab === 0 ? ' '.repeat(columns) : '\t'.repeat(Math.floor(columns / tab)) + ' '.repeat(columns % tab);
}

/**
 * Where no old line is indented, nothing in the hunk tells how the file indents: then the file tells, when it uses tabs alone and the patch
 * spaces alone, or the other way round.
 */
function byFile(patchLines: readonly string[], fileLines: () => readonly string[]): (line: string) => string {
  const depths = patchLines.map(indentationOf).filter((own) => own !== '');
  const isPatchTabs = depths.every((own) => /^\t+ ?$/.test(own));
  const isPatchSpaces = depths.every((own) => /^ +$/.test(own));
  if (depths.length === 0 || (!isPatchTabs && !isPatchSpaces)) return same;
  const fileDepths = fileLines()
    .map(indentationOf)
    .filter((own) => own.length > 1 || own === '\t');
  const nTabs = fileDepths.filter((own) => own.startsWith('\t')).length;
  if (isPatchSpaces && nTabs > 0 && nTabs === fileDepths.length) {
    const unit = unitOf(depths);
    return (line) => exchanged(line, (own) => written(own.length, unit));
  }
  if (isPatchTabs && nTabs === 0 && fileDepths.length > 0) {
    const unit = unitOf(fileDepths);
    return (line) => exchanged(line, (own) => ' '.repeat(widthOf(own, unit)));
  }
  return same;
}

function exchanged(line: string, change: (own: string) => string): string {
  const own = indentationOf(line);
  return line.trim() === '' ? line : change(own) + line.slice(own.length);
}

/** The width of one step: 2 where a tenth of the lines stands between fours, else 4; 3 and 8 are not told apart from chance. */
function unitOf(depths: readonly string[]): number {
  // One column is a comment's second line.
  const steps = depths.filter((own) => own.length > 1);
  const nBetween = steps.filter((own) => own.length % 4 !== 0).length;
  return nBetween > steps.length / 10 ? 2 : 4;
}

function usesTabs(fileLines: () => readonly string[]): boolean {
  const lines = fileLines();
  return lines.filter((line) => line.startsWith('\t')).length > lines.filter((line) => line.startsWith('  ')).length;
}
