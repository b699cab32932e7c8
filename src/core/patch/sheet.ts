import { hasDash, keyWithDashes, lineKey } from './lineKey.ts';
import { nameParts } from './nameParts.ts';
import type { FileText } from './textLines.ts';

/** A file's text with what is looked up in it, each made when it is first asked for: a file of 50,000 lines is read once for all hunks. */
export interface Sheet {
  readonly file: FileText;
  readonly texts: readonly string[];
  /** `lineKey` of every line. */
  keys(): readonly string[];
  /** The indices of the lines with this key, ascending. */
  placesOf(key: string): readonly number[];
  /** On how many lines a name has this part (see `nameParts`). */
  nLinesNaming(part: string): number;
}

export function sheetOf(file: FileText): Sheet {
  const texts = file.lines.map((line) => line.text);
  let keys: readonly string[] | undefined;
  return sheetFrom(file, texts, () => (keys ??= texts.map(lineKey)));
}

/** The key that a line of a patch has in this file: its own, or the one with dashes for doubled hyphens where only such a line is there. */
export function keyIn(sheet: Sheet, line: string): string {
  const key = lineKey(line);
  if (!key.includes('--') || sheet.placesOf(key).length > 0) return key;
  const dashed = keyWithDashes(line);
  return sheet.placesOf(dashed).some((index) => hasDash(sheet.texts[index] ?? '')) ? dashed : key;
}

/** Lines that were replaced: `nRemoved` from `at` on, counted in the text before. */
interface Replaced {
  readonly at: number;
  readonly nRemoved: number;
  readonly added: readonly { readonly text: string }[];
}

/** The sheet of a text after edits (ascending): only what was added is read anew. */
export function sheetAfter(before: Sheet, file: FileText, edits: readonly Replaced[]): Sheet {
  const texts = [...before.texts];
  for (const edit of edits.toReversed()) texts.splice(edit.at, edit.nRemoved, ...edit.added.map((line) => line.text));
  let keys: string[] | undefined;
  return sheetFrom(file, texts, () => {
    if (keys) return keys;
    keys = [...before.keys()];
    for (const edit of edits.toReversed())
      keys.splice(edit.at, edit.nRemoved, ...edit.added.map((line) => lineKey(line.text)));
    return keys;
  });
}

function sheetFrom(file: FileText, texts: readonly string[], keys: () => readonly string[]): Sheet {
  let places: Map<string, number[]> | undefined;
  let parts: Map<string, number> | undefined;
  return {
    file,
    texts,
    keys,
    placesOf(key) {
      places ??= placesIn(keys());
      return places.get(key) ?? [];
    },
    nLinesNaming(part) {
      parts ??= partsIn(keys());
      return parts.get(part) ?? 0;
    },
  };
}

function placesIn(keys: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [index, key] of keys.entries()) {
    const known = places.get(key);
    if (known) known.push(index);
    else places.set(key, [index]);
  }
  return places;
}

function partsIn(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) for (const part of new Set(nameParts(key))) counts.set(part, (counts.get(part) ?? 0) + 1);
  return counts;
}
