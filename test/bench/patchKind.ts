import type { Chance } from './patchChance.ts';
import type { DraftHunk, Format } from './patchDraft.ts';
import type { Edit } from './patchEdit.ts';
import type { Source } from './patchSource.ts';

/** Which goal a kind counts for: only layout is off; the place must be told; context is elided or altered; refusing is right. */
export type Group = 'layout' | 'place' | 'altered' | 'refuse';

/** One disturbed patch, the file it is for, and what must come out: the file's text, or undefined where only refusing is right. */
export interface Disturbed {
  readonly path: string;
  readonly file: string;
  readonly expected: string | undefined;
  readonly hunks: readonly DraftHunk[];
  /** Nothing in the patch tells the place from another one: refusing is right too. */
  readonly mayRefuse?: boolean;
  /** What stands around the patch, or happens to its bytes on the way. */
  readonly carried?: (patch: string) => string;
}

/** One way to disturb a patch. `make` gives undefined where a source does not lend itself to it. */
export interface Kind {
  readonly name: string;
  readonly group: Group;
  /** Forms the patch can be written in without losing what the kind is about. */
  readonly formats: readonly Format[];
  readonly make: (chance: Chance, source: Source) => Disturbed | undefined;
}

export const textOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** The edit as it is, which a kind then changes one thing of. */
export function plain(edit: Edit): Disturbed {
  return { path: edit.path, file: textOf(edit.before), expected: textOf(edit.after), hunks: edit.hunks };
}

/**
 * Whether the patch told its place in the file it was made for. Where a hunk's lines stood twice from the beginning, a copy of them is all that is
 * left when somebody changes the one that was meant, and no reader of the patch can know.
 */
export function toldItsPlace(edit: Edit): boolean {
  return edit.hunks.every((hunk) => nPlaces(edit.before, hunk) === 1);
}

/** How often the hunk's old lines stand in the file, white space aside. */
export function nPlaces(file: readonly string[], hunk: DraftHunk): number {
  const wanted = hunk.lines.filter((line) => line.sign !== '+').map((line) => line.text.trim());
  let count = 0;
  for (let index = 0; index + wanted.length <= file.length; index += 1) {
    if (wanted.every((line, position) => file[index + position]?.trim() === line)) count += 1;
  }
  return count;
}
