import type { Chance } from './patchChance.ts';
import type { DraftHunk } from './patchDraft.ts';
import { draftOf } from './patchDraft.ts';
import { editOf, indentationOf, reworded, type Edit } from './patchEdit.ts';
import { nPlaces, plain, textOf, toldItsPlace, type Disturbed, type Kind } from './patchKind.ts';
import type { Source } from './patchSource.ts';

const ALL = ['unified', 'envelope', 'blocks'] as const;

/** The place must be told from others, or there is none any more. */
export const PLACE_KINDS: readonly Kind[] = [
  { name: 'lines moved far away meanwhile', group: 'place', formats: ALL, make: movedFarAway },
  {
    name: 'same region twice, number tells',
    group: 'place',
    formats: ['unified'],
    make: (chance, source) => twice(chance, source, 'number'),
  },
  {
    name: 'same region twice, anchor tells',
    group: 'place',
    formats: ['unified', 'envelope'],
    make: (chance, source) => twice(chance, source, 'anchor'),
  },
  {
    name: 'same region twice, order tells',
    group: 'place',
    formats: ['unified', 'envelope'],
    make: (chance, source) => twice(chance, source, 'order'),
  },
  { name: 'anchor cut off, little context', group: 'place', formats: ['envelope', 'unified'], make: cutAnchor },
  { name: 'the same, its context changed meanwhile', group: 'place', formats: ['unified'], make: neighbourBesideCopy },
  {
    name: 'same region twice, nothing tells',
    group: 'refuse',
    formats: ALL,
    make: (chance, source) => twice(chance, source, 'nothing'),
  },
  { name: 'the very line changed meanwhile', group: 'refuse', formats: ALL, make: veryLineChanged },
  { name: 'the region deleted meanwhile', group: 'refuse', formats: ALL, make: regionDeleted },
  { name: 'the same, with a copy of the region', group: 'refuse', formats: ['unified'], make: changedBesideCopy },
];

function movedFarAway(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  const first = edit.hunks[0];
  if (!first || first.oldStart < 8) return undefined;
  const at = chance.whole(0, first.oldStart - 6);
  const inserted = Array.from({ length: chance.whole(1, 12) }, () => reworded(chance, chance.oneOf(source.lines)));
  const change = (lines: readonly string[]): readonly string[] => [
    ...lines.slice(0, at),
    ...inserted,
    ...lines.slice(at),
  ];
  const isTwice = edit.hunks.some((hunk) => nPlaces(change(edit.before), hunk) > 1);
  return {
    ...plain(edit),
    file: textOf(change(edit.before)),
    expected: textOf(change(edit.after)),
    mayRefuse: isTwice,
  };
}

/** A stretch of the file stands in it twice, each under a heading of its own, and the change is in one of the two. */
function twice(
  chance: Chance,
  source: Source,
  telling: 'number' | 'anchor' | 'order' | 'nothing',
): Disturbed | undefined {
  if (source.lines.length < 60) return undefined;
  const length = chance.whole(12, 25);
  const from = chance.whole(0, source.lines.length - length);
  const region = source.lines.slice(from, from + length).map((line) => `  ${line}`);
  const lines = source.lines.slice(0, chance.whole(10, source.lines.length));
  const heading = (name: string): string =>
    `function ${name}${chance.whole(100, 999)}(${chance.oneOf(['input', 'options', 'left, right'])}) {`;
  const blocks = [
    ['', heading('first'), ...region, '}'],
    ['', heading('second'), ...region, '}'],
  ] as const;
  const start = [lines.length + 2, lines.length + 2 + blocks[0].length];
  const before = [...lines, ...blocks.flat(), 'export const end = 1;'];
  const which = chance.whole(0, 1);
  const at = (start[which] ?? 0) + chance.whole(5, length - 6);
  const changed = before[at] ?? '';
  if (!/\w{3}/.test(changed)) return undefined;
  const after = [...before.slice(0, at), reworded(chance, changed), ...before.slice(at + 1)];
  // The second heading changes too: what stands before it in the patch is in the first region, what stands behind it in the second.
  const order = (start[1] ?? 0) - 1;
  if (telling === 'order') after[order] = reworded(chance, after[order] ?? '');
  const hunks = draftOf(before, after, telling === 'order' ? 2 : 3).map((hunk) =>
    told(hunk, telling, before[(start[which] ?? 0) - 1] ?? ''),
  );
  if (hunks.length !== (telling === 'order' ? 2 : 1)) return undefined;
  const nOfChange = nPlaces(before, hunks[telling === 'order' && which === 1 ? 1 : 0] ?? hunks[0]!);
  if (nOfChange !== 2) return undefined;
  const expected = telling === 'nothing' ? undefined : textOf(after);
  return { path: source.path, file: textOf(before), expected, hunks };
}

function told(hunk: DraftHunk, telling: string, heading: string): DraftHunk {
  if (telling === 'number') return hunk;
  return { ...hunk, header: telling === 'anchor' ? `@@ ${heading}` : '@@' };
}

/** At most one line of context, and the line the change is under as an anchor that breaks off. */
function cutAnchor(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, chance.whole(0, 1), 'removal');
  const hunk = edit.hunks[0];
  if (edit.hunks.length !== 1 || !hunk || !hunk.lines.some((line) => line.sign !== '+' && /\w/.test(line.text)))
    return undefined;
  const first = hunk.oldStart - 1;
  const depth = Math.min(
    ...hunk.lines
      .filter((line) => line.text.trim() !== '' && line.sign !== '+')
      .map((line) => indentationOf(line.text).length),
  );
  let at = first - 1;
  while (at >= 0 && (!/\w{3}/.test(edit.before[at] ?? '') || indentationOf(edit.before[at] ?? '').length >= depth))
    at -= 1;
  const anchor = (edit.before[at] ?? '').trim();
  if (at < 0 || anchor.length < 12) return undefined;
  const cut = anchor.slice(0, Math.max(8, Math.floor(anchor.length * 0.7)));
  const isClear = edit.before.filter((line) => line.trim().startsWith(cut)).length === 1;
  let end = first;
  while (
    end < edit.before.length &&
    ((edit.before[end] ?? '').trim() === '' || indentationOf(edit.before[end] ?? '').length >= depth)
  )
    end += 1;
  const isOnce = nPlaces(edit.before.slice(at, end), hunk) === 1;
  return { ...plain(edit), hunks: [{ ...hunk, header: `@@ ${cut}` }], mayRefuse: !isClear || !isOnce };
}

/** Somebody else changed a line that the patch takes away: whichever way is taken, one of the two changes would be lost. */
function veryLineChanged(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'removal');
  const at = removedLine(chance, edit);
  if (at === undefined || !toldItsPlace(edit)) return undefined;
  const file = [...edit.before];
  file[at] = reworded(chance, file[at] ?? '');
  return { ...plain(edit), file: textOf(file), expected: undefined };
}

function removedLine(chance: Chance, edit: Edit): number | undefined {
  const removed = edit.hunks.flatMap((hunk) => {
    let at = hunk.oldStart - 2;
    return hunk.lines.flatMap((line) => {
      if (line.sign !== '+') at += 1;
      return line.sign === '-' && /\w{3}/.test(line.text) ? [at] : [];
    });
  });
  return removed.length === 0 ? undefined : chance.oneOf(removed);
}

function regionDeleted(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  const hunk = chance.oneOf(edit.hunks);
  const from = Math.max(0, hunk.oldStart - 1 - chance.whole(0, 12));
  const file = [
    ...edit.before.slice(0, from),
    ...edit.before.slice(hunk.oldStart - 1 + hunk.oldCount + chance.whole(0, 12)),
  ];
  if (file.length < 10 || !toldItsPlace(edit)) return undefined;
  return { ...plain(edit), file: textOf(file), expected: undefined };
}

/** The region stands twice, the number tells which is meant, and there the line to remove was changed meanwhile: the copy is no place for the change. */
function changedBesideCopy(chance: Chance, source: Source): Disturbed | undefined {
  const made = twice(chance, source, 'number');
  const hunk = made?.hunks[0];
  if (!made || !hunk) return undefined;
  const file = made.file.replace(/\n$/, '').split('\n');
  const at = hunk.oldStart - 1 + hunk.lines.findIndex((line) => line.sign === '-');
  file[at] = reworded(chance, file[at] ?? '');
  return { ...made, file: textOf(file), expected: undefined };
}

/** The region stands twice, the number tells which is meant, and there a line of context was changed meanwhile. Refusing loses nothing. */
function neighbourBesideCopy(chance: Chance, source: Source): Disturbed | undefined {
  const made = twice(chance, source, 'number');
  const hunk = made?.hunks[0];
  if (!made || !hunk || made.expected === undefined) return undefined;
  const changed = (text: string, at: number): string => {
    const lines = text.split('\n');
    lines[at] = words;
    return lines.join('\n');
  };
  const position = chance.oneOf([0, 1, 2]);
  const at = hunk.oldStart - 1 + position;
  const line = made.file.split('\n')[at] ?? '';
  if (!/\w{3}/.test(line)) return undefined;
  const words = reworded(chance, line);
  return { ...made, file: changed(made.file, at), expected: changed(made.expected, at), mayRefuse: true };
}
