import { diffArrays } from 'diff';
import { err, ok, type Result } from '../../base/result.ts';
import { namedPath } from './namedPath.ts';
import { quoted, type FilePatch, type HunkLine, type PatchError, type PatchHunk } from './patch.ts';
import type { TextLine } from './textLines.ts';

const opening = /^(?:<{5,9}|-{5,9}) SEARCH>?$/;
const parting = /^={5,9}$/;
const closing = /^(?:>{5,9}|\+{5,9}) REPLACE$/;

/** Whether a line begins a search/replace block. */
export function isBlockStart(line: string): boolean {
  return opening.test(line.trimEnd());
}

/** Whether a line ends a search/replace block. */
export function isBlockEnd(line: string): boolean {
  return closing.test(line.trimEnd());
}

/**
 * Search/replace blocks as one patch: what a block searches and does not replace is context. The line above a block (or above the fence it is in)
 * names its file; a block without a name is about the file of the one before it, and the first may be about `path`. An empty search part
 * stands for a file that is new. Format: as Aider publishes it.
 */
export function parseBlocks(
  lines: readonly TextLine[],
  path: string | undefined,
): Result<{ files: readonly FilePatch[] }, PatchError> {
  const files: FilePatch[] = [];
  let name = path;
  for (let index = 0; index < lines.length; index += 1) {
    if (!isBlockStart(lines[index]?.text ?? '')) continue;
    name = nameAbove(lines, index) ?? name;
    if (name === undefined) return err(malformed(lines, index, 'a line with the file name above the block'));
    const block = blockAt(lines, index);
    if (block.kind === 'error') return block;
    const last = files.at(-1);
    const { file, end } = blockFile(block.value, name, index);
    // Blocks of one file that follow each other are its hunks.
    if (last?.kind === 'update' && file.kind === 'update' && last.path === file.path) {
      files[files.length - 1] = { ...last, hunks: [...last.hunks, ...file.hunks] };
    } else files.push(file);
    index = end;
  }
  return ok({ files });
}

interface Block {
  readonly search: readonly TextLine[];
  readonly replace: readonly TextLine[];
  readonly end: number;
}

function blockAt(lines: readonly TextLine[], start: number): Result<Block, PatchError> {
  let middle: number | undefined;
  for (let index = start + 1; index < lines.length; index += 1) {
    const text = (lines[index]?.text ?? '').trimEnd();
    if (closing.test(text)) {
      if (middle === undefined) return err(malformed(lines, index, '======= between the searched and the new lines'));
      return ok({ search: lines.slice(start + 1, middle), replace: lines.slice(middle + 1, index), end: index });
    }
    if (opening.test(text)) return err(malformed(lines, index, '>>>>>>> REPLACE before the next block'));
    if (!parting.test(text)) continue;
    if (middle !== undefined) return err(malformed(lines, index, 'one ======= line in a block'));
    middle = index;
  }
  return err({ kind: 'truncated', line: lines.length, expected: '>>>>>>> REPLACE' });
}

function blockFile(block: Block, path: string, index: number): { readonly file: FilePatch; readonly end: number } {
  const line = index + 1;
  if (block.search.every((item) => item.text.trim() === '')) {
    const content = block.replace.map((item) => item.text + item.eol).join('');
    return { file: { kind: 'add', path, line, content }, end: block.end };
  }
  const hunk: PatchHunk = { line, lines: hunkLines(block), anchors: [], endOfFile: false };
  return { file: { kind: 'update', path, line, hunks: [hunk] }, end: block.end };
}

/**
 * Removed lines before added ones, as diffs have them. What both parts begin and end with is context before anything is compared, so that of
 * several equal lines the one is taken away in whose place another one stands.
 */
function hunkLines({ search, replace }: Block): readonly HunkLine[] {
  const shortest = Math.min(search.length, replace.length);
  const isSame = (left: TextLine | undefined, right: TextLine | undefined): boolean => left?.text === right?.text;
  let begin = 0;
  while (begin < shortest && isSame(search[begin], replace[begin])) begin += 1;
  let end = 0;
  while (end < shortest - begin && isSame(search.at(-1 - end), replace.at(-1 - end))) end += 1;
  return [
    ...signed('context', search.slice(0, begin)),
    ...comparedLines(search.slice(begin, search.length - end), replace.slice(begin, replace.length - end)),
    ...signed('context', search.slice(search.length - end)),
  ];
}

function comparedLines(search: readonly TextLine[], replace: readonly TextLine[]): readonly HunkLine[] {
  const texts = (lines: readonly TextLine[]): string[] => lines.map((line) => line.text);
  const compared: HunkLine[] = [];
  let atOld = 0;
  let atNew = 0;
  for (const change of diffArrays(texts(search), texts(replace))) {
    const lines = change.added ? replace.slice(atNew, atNew + change.count) : search.slice(atOld, atOld + change.count);
    if (!change.added) atOld += change.count;
    if (!change.removed) atNew += change.count;
    compared.push(...signed(change.added ? 'added' : change.removed ? 'removed' : 'context', lines));
  }
  return compared;
}

function signed(kind: HunkLine['kind'], lines: readonly TextLine[]): readonly HunkLine[] {
  return lines.map(({ text, eol }) => ({ kind, text, eol }));
}

function nameAbove(lines: readonly TextLine[], start: number): string | undefined {
  let index = start - 1;
  while (index >= 0 && /^(?:`{3,}|~{3,})[\w-]*$|^$/.test((lines[index]?.text ?? '').trim()) && start - index < 4)
    index -= 1;
  const text = lines[index]?.text;
  return text === undefined || isBlockEnd(text) ? undefined : namedPath(text);
}

function malformed(lines: readonly TextLine[], index: number, expected: string): PatchError {
  return { kind: 'malformed', line: index + 1, expected, found: quoted(lines[index]?.text ?? '') };
}
