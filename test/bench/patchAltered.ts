import type { Chance } from './patchChance.ts';
import type { DraftHunk, DraftLine } from './patchDraft.ts';
import { editOf, indentationOf, reworded, type Edit } from './patchEdit.ts';
import { nPlaces, plain, textOf, toldItsPlace, type Disturbed, type Kind } from './patchKind.ts';
import type { Source } from './patchSource.ts';

const ALL = ['unified', 'envelope', 'blocks'] as const;

/** Context is elided or not as it stands in the file, by the writer's fault or because somebody else changed the file meanwhile. */
export const ALTERED_KINDS: readonly Kind[] = [
  { name: 'one context line altered', group: 'altered', formats: ALL, make: alteredLine },
  { name: 'a context line left out', group: 'altered', formats: ALL, make: lineLeftOut },
  { name: 'a context line made up', group: 'altered', formats: ALL, make: lineMadeUp },
  { name: 'elided middle', group: 'altered', formats: ALL, make: elided },
  { name: 'neighbouring line changed meanwhile', group: 'altered', formats: ALL, make: neighbourChanged },
  { name: 'line inserted beside meanwhile', group: 'altered', formats: ALL, make: neighbourInserted },
  { name: 'several at once', group: 'altered', formats: ALL, make: severalAtOnce },
];

/** Where the context lines with words stand that touch no change: altering them leaves no doubt where the change goes. */
function contextAt(hunk: DraftHunk, isFree: (at: number) => boolean): readonly number[] {
  return hunk.lines.flatMap((line, at) => (line.sign === ' ' && /\w{3}/.test(line.text) && isFree(at) ? [at] : []));
}

const isSign = (hunk: DraftHunk, at: number, sign: DraftLine['sign']): boolean => hunk.lines[at]?.sign === sign;

/** Whether a change without removed lines begins or ends at this line: its place is known by this very line. */
function touchesInsertion(hunk: DraftHunk, at: number): boolean {
  for (const step of [-1, 1]) {
    let other = at + step;
    if (!isSign(hunk, other, '+')) continue;
    while (isSign(hunk, other, '+')) other += step;
    if (!isSign(hunk, other, '-')) return true;
  }
  return false;
}

function withHunk(made: Disturbed, index: number, hunk: DraftHunk): Disturbed {
  return { ...made, hunks: made.hunks.map((other, at) => (at === index ? hunk : other)) };
}

/** A small slip of whoever wrote the patch: a word left out, a letter, another case, another comment. */
function slip(chance: Chance, text: string): string {
  const words = [...text.matchAll(/\w{3,}/g)];
  if (words.length === 0) return `${text}x`;
  const word = chance.oneOf(words);
  const before = text.slice(0, word.index);
  const after = text.slice(word.index + word[0].length);
  return chance.oneOf([
    () => before + word[0].slice(0, -1) + after,
    () => before + word[0].slice(0, 1).toUpperCase() + word[0].slice(1, 2) + word[0].slice(1) + after,
    () => `${before}${word[0]}s${after}`,
    () => (words.length > 2 ? before.trimEnd() + after : `${before}${word[0]}2${after}`),
    () => `${text} // see above`,
    () => text.replace(/[;,]$/, '') + (/[;,]$/.test(text) ? '' : ';'),
    () => reworded(chance, text),
  ])();
}

function alteredLine(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  const index = chance.whole(0, edit.hunks.length - 1);
  const hunk = toldItsPlace(edit) ? edit.hunks[index] : undefined;
  const places = hunk ? contextAt(hunk, () => true) : [];
  if (!hunk || places.length < 2) return undefined;
  const at = chance.oneOf(places);
  const lines = hunk.lines.map((line, position) =>
    position === at ? { ...line, text: slip(chance, line.text) } : line,
  );
  return withHunk(plain(edit), index, { ...hunk, lines });
}

function lineLeftOut(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  const index = chance.whole(0, edit.hunks.length - 1);
  const hunk = toldItsPlace(edit) ? edit.hunks[index] : undefined;
  if (!hunk) return undefined;
  const last = hunk.lines.length - 1;
  const places = contextAt(hunk, (at) => at > 0 && at < last && !touchesInsertion(hunk, at));
  if (places.length === 0) return undefined;
  const at = chance.oneOf(places);
  const lines = hunk.lines.filter((_, position) => position !== at);
  // What is left may be whole at another place: then it is a patch for that one.
  if (nPlaces(edit.before, { ...hunk, lines }) > 0) return undefined;
  return withHunk(plain(edit), index, { ...hunk, lines, oldCount: hunk.oldCount - 1, newCount: hunk.newCount - 1 });
}

function lineMadeUp(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  const index = chance.whole(0, edit.hunks.length - 1);
  const hunk = toldItsPlace(edit) ? edit.hunks[index] : undefined;
  if (!hunk) return undefined;
  const places = hunk.lines.flatMap((line, at) =>
    at > 0 && line.sign === ' ' && isSign(hunk, at - 1, ' ') ? [at] : [],
  );
  if (places.length === 0) return undefined;
  const at = chance.oneOf(places);
  const text =
    indentationOf(hunk.lines[at]?.text ?? '') +
    chance.oneOf(['// Handle the result.', '', 'const config = getConfig();', '# TODO: clean this up']);
  const lines = [...hunk.lines.slice(0, at), { sign: ' ' as const, text }, ...hunk.lines.slice(at)];
  return withHunk(plain(edit), index, { ...hunk, lines, oldCount: hunk.oldCount + 1, newCount: hunk.newCount + 1 });
}

const MARKERS = [
  '...',
  '// ...',
  '// ... existing code ...',
  '# ...',
  '/* ... */',
  '… ',
  '// ... rest of the code ...',
  '<!-- ... -->',
  '# ... existing code ...',
];

/** Wide context, of which a run of lines in the middle is written as dots. */
function elided(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, chance.whole(7, 12), 'any');
  const marker = chance.oneOf(MARKERS);
  let nElided = 0;
  const hunks = edit.hunks.map((hunk) => {
    const run = longestRun(hunk);
    // A line next to the change and one at the outer end stay.
    if (run.to - run.from < 5) return hunk;
    nElided += 1;
    const from = chance.whole(run.from + 1, run.from + 2);
    const to = chance.whole(run.to - 2, run.to - 1);
    const indentation = chance.happens(0.7) ? indentationOf(hunk.lines[from]?.text ?? '') : '';
    const lines = [
      ...hunk.lines.slice(0, from),
      { sign: ' ' as const, text: indentation + marker },
      ...hunk.lines.slice(to),
    ];
    const nLess = to - from - 1;
    return { ...hunk, lines, oldCount: hunk.oldCount - nLess, newCount: hunk.newCount - nLess };
  });
  return nElided === 0 ? undefined : { ...plain(edit), hunks };
}

/** The longest run of context lines: `from` is its first line, `to` the one behind its last. */
function longestRun(hunk: DraftHunk): { readonly from: number; readonly to: number } {
  let best = { from: 0, to: 0 };
  let from = 0;
  for (let at = 0; at <= hunk.lines.length; at += 1) {
    if (isSign(hunk, at, ' ')) continue;
    if (at - from > best.to - best.from) best = { from, to: at };
    from = at + 1;
  }
  return best;
}

/** The same change of the file under the patch and under its result: what a merge of both would give. */
function meanwhile(edit: Edit, at: number, nRemoved: number, inserted: readonly string[]): Disturbed | undefined {
  if (!toldItsPlace(edit)) return undefined;
  const file = [...edit.before.slice(0, at), ...inserted, ...edit.before.slice(at + nRemoved)];
  let moved = 0;
  for (const hunk of edit.hunks) {
    let old = hunk.oldStart - 1 + (hunk.oldCount === 0 ? 1 : 0);
    for (const line of hunk.lines) {
      if (line.sign === '+') moved += old <= at ? 1 : 0;
      else {
        if (line.sign === '-') moved -= old < at ? 1 : 0;
        old += 1;
      }
    }
  }
  const into = at + moved;
  const expected = [...edit.after.slice(0, into), ...inserted, ...edit.after.slice(into + nRemoved)];
  return { ...plain(edit), file: textOf(file), expected: textOf(expected) };
}

/** The line of the file (from 0) that a line of the hunk stands for. */
function fileLine(hunk: DraftHunk, at: number): number {
  return hunk.oldStart - 1 + hunk.lines.slice(0, at).filter((line) => line.sign !== '+').length;
}

function neighbourChanged(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  const hunk = chance.oneOf(edit.hunks);
  const places = contextAt(hunk, (at) => !touchesInsertion(hunk, at));
  if (places.length < 2) return undefined;
  const at = fileLine(hunk, chance.oneOf(places));
  return meanwhile(edit, at, 1, [reworded(chance, edit.before[at] ?? '')]);
}

function neighbourInserted(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  const hunk = chance.oneOf(edit.hunks);
  const places = hunk.lines.flatMap((line, at) =>
    at > 0 && line.sign === ' ' && isSign(hunk, at - 1, ' ') ? [at] : [],
  );
  if (places.length === 0) return undefined;
  const at = fileLine(hunk, chance.oneOf(places));
  const model = chance.oneOf(source.lines.filter((line) => /\w{3}/.test(line)));
  return meanwhile(edit, at, 0, [indentationOf(edit.before[at] ?? '') + reworded(chance, model.trim())]);
}

/** Wrong numbers, another indentation and an altered context line in one patch. */
function severalAtOnce(chance: Chance, source: Source): Disturbed | undefined {
  const made = alteredLine(chance, source);
  if (!made) return undefined;
  const more = ' '.repeat(chance.oneOf([2, 4]));
  const hunks = made.hunks.map((hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + chance.whole(1, 90),
    lines: hunk.lines.map((line) => (line.text.trim() === '' ? line : { ...line, text: more + line.text })),
  }));
  return { ...made, hunks };
}
