import type { Chance } from './patchChance.ts';
import type { DraftHunk, DraftLine } from './patchDraft.ts';
import { editOf, indentationOf } from './patchEdit.ts';
import { plain, textOf, toldItsPlace, type Disturbed, type Kind } from './patchKind.ts';
import type { Source } from './patchSource.ts';

const ALL = ['unified', 'envelope', 'blocks'] as const;
const NUMBERED = ['unified'] as const;

/** Only headers, line ends, white space, quotes or the wrapping are off: the change itself is written as it should be. */
export const LAYOUT_KINDS: readonly Kind[] = [
  {
    name: 'undisturbed',
    group: 'layout',
    formats: ALL,
    make: (chance, source) => plain(editOf(chance, source, 3, 'any')),
  },
  { name: 'wrong line numbers', group: 'layout', formats: NUMBERED, make: wrongNumbers },
  { name: 'wrong counts', group: 'layout', formats: NUMBERED, make: ofHunks(wrongCounts) },
  { name: 'bare @@', group: 'layout', formats: NUMBERED, make: ofHunks((_, hunk) => ({ ...hunk, header: '@@' })) },
  { name: 'odd @@ headers', group: 'layout', formats: ['unified', 'envelope'], make: ofHunks(oddHeader) },
  { name: 'CRLF file, LF patch', group: 'layout', formats: ALL, make: crlfFile },
  { name: 'LF file, CRLF patch', group: 'layout', formats: ALL, make: crlfPatch },
  { name: 'white space at line ends', group: 'layout', formats: ALL, make: trailing },
  {
    name: 'blank context without its sign',
    group: 'layout',
    formats: ['unified', 'envelope'],
    make: (chance, source) => ({
      ...plain(editOf(chance, source, 3, 'any')),
      carried: (patch) => patch.replaceAll(/^ $/gm, ''),
    }),
  },
  { name: 'whole hunk indented otherwise', group: 'layout', formats: ALL, make: shifted },
  { name: 'tabs and spaces exchanged', group: 'layout', formats: ALL, make: exchangedTabs },
  { name: 'typographic quotes and dashes', group: 'layout', formats: ALL, make: typographic },
  { name: 'final newline', group: 'layout', formats: ALL, make: finalNewline },
  { name: 'fence and prose', group: 'layout', formats: ALL, make: fenced },
];

type OfHunk = (chance: Chance, hunk: DraftHunk) => DraftHunk;

function ofHunks(disturb: OfHunk): Kind['make'] {
  return (chance, source) => {
    const edit = editOf(chance, source, 3, 'any');
    return { ...plain(edit), hunks: edit.hunks.map((hunk) => disturb(chance, hunk)) };
  };
}

/** The lines alone tell the place: a wrong number may by chance be the right one for a copy of them. */
function wrongNumbers(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  if (!toldItsPlace(edit)) return undefined;
  const hunks = edit.hunks.map((hunk) => {
    const shift = chance.oneOf([-1, 1]) * chance.oneOf([1, 2, 5, chance.whole(6, 40), chance.whole(40, 400)]);
    return { ...hunk, oldStart: Math.max(1, hunk.oldStart + shift), newStart: Math.max(1, hunk.newStart + shift) };
  });
  return { ...plain(edit), hunks };
}

function wrongCounts(chance: Chance, hunk: DraftHunk): DraftHunk {
  const off = (): number => chance.oneOf([-2, -1, 1, 2, 3]);
  return { ...hunk, oldCount: Math.max(0, hunk.oldCount + off()), newCount: Math.max(0, hunk.newCount + off()) };
}

function oddHeader(chance: Chance, hunk: DraftHunk): DraftHunk {
  const { oldStart, oldCount } = hunk;
  const header = chance.oneOf([
    '@@ -1,3 +1,4 @@',
    '@@ ... @@',
    '@@ -0,0 +0,0 @@',
    `@@ -${oldStart} @@`,
    `@@ -${oldStart},${oldCount} @@`,
    `@@ line ${oldStart} @@`,
    `@@ -${oldStart},${oldCount} +${hunk.newStart},${hunk.newCount}`,
    '@@ @@',
    '@@ -?,? +?,? @@',
  ]);
  return { ...hunk, header };
}

function crlfFile(chance: Chance, source: Source): Disturbed {
  const made = plain(editOf(chance, source, 3, 'any'));
  return { ...made, file: made.file.replaceAll('\n', '\r\n'), expected: made.expected?.replaceAll('\n', '\r\n') };
}

function crlfPatch(chance: Chance, source: Source): Disturbed {
  return { ...plain(editOf(chance, source, 3, 'any')), carried: (patch) => patch.replaceAll('\n', '\r\n') };
}

/** Either the file has white space at line ends that the patch lacks, or the patch has some that the file lacks. */
function trailing(chance: Chance, source: Source): Disturbed {
  const isInFile = chance.happens(0.5);
  if (!isInFile) {
    const made = plain(editOf(chance, source, 3, 'any'));
    return {
      ...made,
      hunks: made.hunks.map((hunk) => changedOld(hunk, (text) => (chance.happens(0.6) ? `${text}  ` : text))),
    };
  }
  // Not blank lines and brackets: of several equal ones nobody could say which of them a change keeps.
  const lines = source.lines.map((line) =>
    /\w{2}/.test(line) && chance.happens(0.4) ? `${line}${chance.oneOf([' ', '  ', '\t'])}` : line,
  );
  const edit = editOf(chance, { ...source, lines }, 3, 'any');
  // Added lines keep what they have: the change says how they end.
  return { ...plain(edit), hunks: edit.hunks.map((hunk) => changedOld(hunk, (text) => text.trimEnd())) };
}

function changedOld(hunk: DraftHunk, change: (text: string) => string): DraftHunk {
  return {
    ...hunk,
    lines: hunk.lines.map((line) => (line.sign === '+' ? line : { ...line, text: change(line.text) })),
  };
}

function changedAll(hunk: DraftHunk, change: (text: string) => string): DraftHunk {
  return {
    ...hunk,
    lines: hunk.lines.map((line): DraftLine => ({
      ...line,
      text: line.text.trim() === '' ? line.text : change(line.text),
    })),
  };
}

/** Every line of the hunk, added ones too, stands some columns further left or right than in the file. */
function shifted(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  if (edit.before.some((line) => line.startsWith('\t'))) return undefined;
  const hunks = edit.hunks.map((hunk) => {
    const common = Math.min(
      ...hunk.lines.filter((line) => line.text.trim() !== '').map((line) => indentationOf(line.text).length),
    );
    if (common >= 2 && chance.happens(0.7)) {
      const less = chance.oneOf([2, common]);
      return changedAll(hunk, (text) => text.slice(less));
    }
    const more = ' '.repeat(chance.oneOf([2, 4]));
    return changedAll(hunk, (text) => more + text);
  });
  return { ...plain(edit), hunks };
}

/** The file is indented with tabs and the patch with spaces, or the other way round. */
function exchangedTabs(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  const touched = edit.hunks.flatMap((hunk) => hunk.lines);
  if (edit.before.some((line) => line.startsWith('\t')) || !touched.some((line) => line.text.startsWith('  ')))
    return undefined;
  const depths = edit.before.map((line) => indentationOf(line).length).filter((depth) => depth > 1);
  const unit = depths.filter((depth) => depth % 4 !== 0).length > depths.length / 10 ? 2 : 4;
  const tabbed = (line: string): string => {
    const depth = indentationOf(line).length;
    return '\t'.repeat(Math.floor(depth / unit)) + ' '.repeat(depth % unit) + line.slice(depth);
  };
  const made = plain(edit);
  if (chance.happens(0.5))
    return { ...made, file: textOf(edit.before.map(tabbed)), expected: textOf(edit.after.map(tabbed)) };
  return { ...made, hunks: edit.hunks.map((hunk) => changedAll(hunk, tabbed)) };
}

const fine = (text: string): string =>
  text
    .replaceAll(/(^|[\s([{])"/g, '$1\u201c')
    .replaceAll('"', '\u201d')
    .replaceAll(/(\w)'/g, '$1\u2019')
    .replaceAll("'", '\u2018')
    .replaceAll(' - ', ' \u2013 ')
    .replaceAll(' -- ', ' \u2014 ')
    .replaceAll('...', '\u2026')
    .replaceAll('->', '\u2192');

/**
 * The patch's old lines or all its lines have typographic characters where the file has ASCII; or the file is typographic throughout, and the
 * patch ASCII. New lines of such a patch with quotes in them are left out: nothing tells how they were meant.
 */
function typographic(chance: Chance, source: Source): Disturbed | undefined {
  const edit = editOf(chance, source, 3, 'any');
  const lines = edit.hunks.flatMap((hunk) => hunk.lines);
  if (!lines.some((line) => line.sign !== '+' && fine(line.text) !== line.text)) return undefined;
  const made = plain(edit);
  const way = chance.oneOf(['old lines', 'all lines', 'file'] as const);
  if (way === 'old lines') return { ...made, hunks: edit.hunks.map((hunk) => changedOld(hunk, fine)) };
  if (!edit.hunks.every(isReworded)) return undefined;
  if (way === 'all lines') return { ...made, hunks: edit.hunks.map((hunk) => changedAll(hunk, fine)) };
  return { ...made, file: textOf(edit.before.map(fine)), expected: textOf(edit.after.map(fine)) };
}

/** Whether each added line with quotes is, but for its words, the removed line whose place it takes: its quotes are then that line's. */
function isReworded(hunk: DraftHunk): boolean {
  const frame = (line: DraftLine | undefined): string => line?.text.split(/[A-Za-z_]\w*/).join() ?? '';
  let removed: DraftLine[] = [];
  let nAdded = 0;
  for (const line of hunk.lines) {
    if (line.sign === '+') {
      nAdded += 1;
      if (fine(line.text) !== line.text && frame(removed[nAdded - 1]) !== frame(line)) return false;
      continue;
    }
    if (line.sign === ' ' || nAdded > 0) removed = [];
    nAdded = 0;
    if (line.sign === '-') removed.push(line);
  }
  return true;
}

/** The change is at the file's end. The file has a final newline or not; the patch says nothing, or says it rightly. */
function finalNewline(chance: Chance, source: Source): Disturbed | undefined {
  const tail = source.lines.length - chance.whole(1, 3);
  const edit = editOf(chance, source, 3, 'any');
  const last = edit.hunks.at(-1);
  if (edit.hunks.length !== 1 || !last || last.oldStart + last.oldCount - 1 < tail) return nearEnd(chance, source);
  return withoutNewline(chance, edit);
}

function nearEnd(chance: Chance, source: Source): Disturbed | undefined {
  // A file's last twenty lines alone: nearly every change then lies at its end.
  const short = { ...source, lines: source.lines.slice(-chance.whole(6, 20)) };
  const edit = editOf(chance, short, 3, 'any');
  const last = edit.hunks.at(-1);
  if (!last || last.oldStart + last.oldCount - 1 < short.lines.length) return undefined;
  if (edit.after.length === 0 || edit.after.at(-1) === '' || edit.before.at(-1) === '') return undefined;
  return withoutNewline(chance, edit);
}

function withoutNewline(chance: Chance, edit: ReturnType<typeof editOf>): Disturbed {
  const made = plain(edit);
  const cut = (text: string | undefined): string | undefined => text?.replace(/\n$/, '');
  const isStated = chance.happens(0.3);
  const hunks = edit.hunks.map((hunk, index) =>
    isStated && index === edit.hunks.length - 1 ? { ...hunk, isWithoutNewline: true } : hunk,
  );
  if (edit.after.length === 0) return made;
  return { ...made, file: cut(made.file) ?? '', expected: cut(made.expected), hunks };
}

function fenced(chance: Chance, source: Source): Disturbed | undefined {
  const made = plain(editOf(chance, source, 3, 'any'));
  const fence = chance.oneOf(['```', '````']);
  // A fence inside of the change would end the one around it: then the answer itself is broken.
  if (made.hunks.some((hunk) => hunk.lines.some((line) => /^\s*(?:```|~~~)/.test(line.text)))) return undefined;
  const word = chance.oneOf(['diff', 'patch', '']);
  const before = chance.oneOf(['', 'Here is the change:\n\n', 'I looked at the file. The fix:\n\n']);
  const after = chance.oneOf(['', '\nThis should do it.\n', '\nRun the tests afterwards.\n']);
  return { ...made, carried: (patch) => `${before}${fence}${word}\n${patch}${fence}\n${after}` };
}
