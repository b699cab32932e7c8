import { err, ok, type Result } from '../../base/result.ts';
import { gitName } from './gitName.ts';
import { quoted, type FilePatch, type PatchError, type PatchHunk } from './patch.ts';
import { isFileHeader, type PatchText } from './patchText.ts';
import { parseUnifiedHunk } from './unifiedHunk.ts';

/** The file sections of a unified diff, and the index of the first line behind the last of them. */
export function parseUnified(text: PatchText): Result<{ files: readonly FilePatch[]; end: number }, PatchError> {
  const files: FilePatch[] = [];
  let index = text.from;
  let end = index;
  if (text.path !== undefined) {
    const bare = parseHunks(text, index);
    if (bare.kind === 'error') return bare;
    files.push({ kind: 'update', path: text.path, line: index + 1, hunks: bare.value.hunks });
    index = bare.value.end;
    end = index;
  }
  while (index < text.to) {
    if (!isFileHeader(text.lines, index)) {
      const line = text.lines[index]?.text ?? '';
      if (line.startsWith('@@ ') || (text.fenced && line.trim() !== '')) {
        return err({
          kind: 'malformed',
          line: index + 1,
          expected: 'a file header (diff --git or ---)',
          found: quoted(line),
        });
      }
      index += 1;
      continue;
    }
    const section = parseSection(text, index);
    if (section.kind === 'error') return section;
    files.push(section.value.file);
    index = section.value.end;
    end = index;
  }
  return ok({ files, end });
}

/** What the lines between `diff --git` and the first hunk say. */
interface Header {
  oldName?: string | null;
  newName?: string | null;
  gitNames?: string;
  renameFrom?: string;
  renameTo?: string;
  newMode?: string;
  isNewFile?: boolean;
  isDeletedFile?: boolean;
  unsupported?: string;
  unreadable?: string;
}

function parseSection(text: PatchText, from: number): Result<{ file: FilePatch; end: number }, PatchError> {
  const header: Header = {};
  let index = from;
  while (index < text.to && readHeaderLine(header, text, index, from)) {
    if (header.unsupported !== undefined)
      return err({ kind: 'unsupported', line: index + 1, what: header.unsupported });
    if (header.unreadable !== undefined) {
      return err({
        kind: 'malformed',
        line: index + 1,
        expected: header.unreadable,
        found: quoted(text.lines[index]?.text ?? ''),
      });
    }
    index += 1;
  }
  const body = parseHunks(text, index);
  if (body.kind === 'error') return body;
  const { hunks, end } = body.value;
  const file = filePatch(header, hunks, from + 1);
  if (typeof file !== 'string') return ok({ file, end });
  return err({ kind: 'malformed', line: from + 1, expected: file, found: quoted(text.lines[from]?.text ?? '') });
}

function parseHunks(
  text: PatchText,
  from: number,
): Result<{ readonly hunks: readonly PatchHunk[]; readonly end: number }, PatchError> {
  const hunks: PatchHunk[] = [];
  let index = from;
  while (index < text.to && (text.lines[index]?.text ?? '').startsWith('@@')) {
    const hunk = parseUnifiedHunk(text, index);
    if (hunk.kind === 'error') return hunk;
    hunks.push(hunk.value.hunk);
    index = hunk.value.end;
  }
  return ok({ hunks, end: index });
}

/** Takes one header line in; false when the line is none. A second `diff --git` or `---` begins the next section. */
function readHeaderLine(header: Header, text: PatchText, index: number, from: number): boolean {
  const line = (text.lines[index]?.text ?? '').trimEnd();
  if (line.startsWith('diff --git ')) {
    if (index === from) header.gitNames = line.slice('diff --git '.length);
    return index === from;
  }
  if (line.startsWith('--- ') || line.startsWith('+++ ')) {
    const side = line.startsWith('--- ') ? 'oldName' : 'newName';
    const name = gitName(line.slice(4))?.name.trimEnd();
    if (header[side] !== undefined) return false;
    if (name === undefined) header.unreadable = 'a file name with its closing quote';
    else header[side] = name === '/dev/null' ? null : name;
    return true;
  }
  return readExtendedLine(header, line);
}

const extendedHeader =
  /^(old mode|new mode|deleted file mode|new file mode|rename from|rename to|copy from|copy to|similarity index|dissimilarity index|index) (.*)$/;

function readExtendedLine(header: Header, line: string): boolean {
  if (line === 'GIT binary patch' || /^Binary files .* differ$/.test(line)) {
    header.unsupported = 'a binary file';
    return true;
  }
  const match = extendedHeader.exec(line);
  if (!match) return false;
  const value = match[2] ?? '';
  if (match[1] === 'rename from') header.renameFrom = gitName(value)?.name ?? '';
  if (match[1] === 'rename to') header.renameTo = gitName(value)?.name ?? '';
  if (match[1]?.startsWith('copy')) header.unsupported = 'a copied file; write the new file out instead';
  if (match[1]?.endsWith('mode')) {
    if (!/^100(644|755)$/.test(value))
      header.unsupported = `file mode ${quoted(value)} (a symbolic link, a submodule or another special file)`;
    if (match[1].startsWith('new')) header.newMode = value;
    if (match[1] === 'new file mode') header.isNewFile = true;
    if (match[1] === 'deleted file mode') header.isDeletedFile = true;
  }
  return true;
}

/** The section's meaning, or what was expected of its header. */
function filePatch(header: Header, hunks: readonly PatchHunk[], line: number): FilePatch | string {
  const names = namesOf(header);
  if (names === undefined) return 'a header that names one file';
  const mode = header.newMode === undefined ? {} : { executable: header.newMode === '100755' };
  if (header.isNewFile || names.old === null) return addition(names.new, hunks, line, mode);
  if (header.isDeletedFile || names.new === null) {
    return names.old === '' ? 'a file name' : { kind: 'delete', path: names.old, line, hunks };
  }
  const isRename = header.renameFrom !== undefined || header.renameTo !== undefined;
  if (names.old !== names.new && !isRename)
    return 'the same file name behind --- and +++, or rename from and rename to';
  const move = names.old === names.new ? {} : { moveTo: names.new };
  if (hunks.length === 0 && !isRename && header.newMode === undefined) return 'a hunk beginning with @@';
  return { kind: 'update', path: names.old, line, hunks, ...move, ...mode };
}

function addition(
  path: string | null,
  hunks: readonly PatchHunk[],
  line: number,
  mode: { readonly executable?: boolean },
): FilePatch | string {
  if (path === null) return 'a file name';
  const lines = hunks.flatMap((hunk) => hunk.lines);
  if (lines.some((item) => item.kind !== 'added')) return "only lines starting with '+' in a new file";
  return { kind: 'add', path, line, content: lines.map((item) => item.text + item.eol).join(''), ...mode };
}

interface Names {
  readonly old: string | null;
  readonly new: string | null;
}

/** `--- a/x` and `+++ b/x` lose their prefixes together or not at all; without those lines `diff --git` or the rename lines name the file. */
function namesOf(header: Header): Names | undefined {
  if (header.renameFrom !== undefined || header.renameTo !== undefined) {
    if (!header.renameFrom || !header.renameTo) return undefined;
    const renamed = { old: header.renameFrom, new: header.renameTo };
    const stated = header.oldName === undefined ? renamed : statedNames(header);
    return stated?.old === renamed.old && stated.new === renamed.new ? renamed : undefined;
  }
  if (header.oldName !== undefined || header.newName !== undefined) return statedNames(header);
  return gitHeaderNames(header.gitNames ?? '');
}

function statedNames(header: Header): Names | undefined {
  const { oldName, newName } = header;
  if (oldName === undefined || newName === undefined || (oldName === null && newName === null)) return undefined;
  const hasPrefixes = (oldName === null || oldName.startsWith('a/')) && (newName === null || newName.startsWith('b/'));
  const plain = (name: string | null): string | null => {
    if (name === null) return null;
    return (hasPrefixes ? name.slice(2) : name).replace(/^(\.\/)+/, '');
  };
  return { old: plain(oldName), new: plain(newName) };
}

/** `diff --git a/x b/x` names one file twice; with spaces in the name, the split that gives the same name on both sides is meant. */
function gitHeaderNames(text: string): Names | undefined {
  const pairs: (readonly [string, string])[] = [];
  const quotedName = text.startsWith('"') ? gitName(text) : undefined;
  if (quotedName) pairs.push([quotedName.name, gitName(quotedName.rest.trimStart())?.name ?? '']);
  else for (const match of text.matchAll(/ /g)) pairs.push([text.slice(0, match.index), text.slice(match.index + 1)]);
  for (const [oldName, newName] of pairs) {
    const names = statedNames({ oldName, newName });
    if (names && names.old === names.new && names.old !== '') return names;
  }
  return undefined;
}
