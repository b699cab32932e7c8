import { lineKey } from './lineKey.ts';
import type { Sheet } from './sheet.ts';

/** Lines of a file from `from` up to, not including, `to`. */
interface Block {
  readonly from: number;
  readonly to: number;
}

/**
 * The places inside the blocks that the anchors open (each anchor within the one before it), or behind them when the blocks hold none.
 * None at all when an anchor names no line of the file.
 */
export function anchoredPlaces(sheet: Sheet, anchors: readonly string[], places: readonly number[]): readonly number[] {
  let blocks: readonly Block[] = [{ from: 0, to: sheet.texts.length }];
  for (const anchor of anchors) blocks = blocks.flatMap((block) => blocksOf(sheet, anchor, block));
  const inside = places.filter((place) => blocks.some((block) => place >= block.from && place < block.to));
  if (inside.length > 0) return inside;
  return places.filter((place) => blocks.some((block) => place >= block.from));
}

/** The block of the anchors when they name exactly one. */
export function anchoredBlock(sheet: Sheet, anchors: readonly string[]): Block | undefined {
  if (anchors.length === 0) return undefined;
  let blocks: readonly Block[] = [{ from: 0, to: sheet.texts.length }];
  for (const anchor of anchors) blocks = blocks.flatMap((block) => blocksOf(sheet, anchor, block));
  return blocks.length === 1 ? blocks[0] : undefined;
}

/**
 * A block begins at its anchor's line and ends before the next line that is indented no deeper, closing brackets aside. An anchor is a whole
 * line; failing that the beginning of one (models and git cut them off), failing that a part of one.
 */
function blocksOf(sheet: Sheet, anchor: string, within: Block): readonly Block[] {
  const wanted = lineKey(anchor.replace(/(?:\.{3,}|…)\s*$/, ''));
  if (wanted === '') return [];
  const whole = sheet.placesOf(wanted).filter((line) => line >= within.from && line < within.to);
  if (whole.length > 0) return whole.map((from) => blockFrom(sheet, from, within.to));
  // A few letters begin many lines: that names none.
  if (wanted.length < 4) return [];
  const inside = sheet.keys().slice(within.from, within.to);
  const fitting = (fits: (key: string) => boolean): readonly Block[] =>
    inside.flatMap((key, index) => (fits(key) ? [blockFrom(sheet, within.from + index, within.to)] : []));
  const begun = fitting((key) => key.startsWith(wanted));
  return begun.length > 0 ? begun : fitting((key) => key.includes(wanted));
}

function blockFrom(sheet: Sheet, from: number, limit: number): Block {
  const depth = indentationWidth(sheet.texts[from] ?? '');
  let to = from + 1;
  while (to < limit && !endsBlock(sheet.texts[to] ?? '', depth)) to += 1;
  return { from, to };
}

function endsBlock(line: string, depth: number): boolean {
  if (line.trim() === '' || indentationWidth(line) > depth) return false;
  // A lone closing bracket belongs to the block; so does one behind which it goes on, as in `} else {`.
  return !/^[\s)\]}>;,{]*$/.test(line) && !/^\s*[)\]}].*[([{]\s*$/.test(line);
}

/** Characters of white space a line begins with. */
export function indentationWidth(line: string): number {
  return line.length - line.trimStart().length;
}
