import { err, ok, type Result } from '../../base/result.ts';
import { namedPath } from './namedPath.ts';
import { quoted, type FilePatch, type PatchError } from './patch.ts';
import type { TextLine } from './textLines.ts';

/**
 * Whole files: each in a fence with a line above that names it. Without any fence the text is the new text of `path`. A fence that is never closed
 * is an answer cut short, and one without a name is refused: it may be an example.
 */
export function parseWhole(
  lines: readonly TextLine[],
  path: string | undefined,
): Result<{ files: readonly FilePatch[] }, PatchError> {
  const files: FilePatch[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const fence = /^(`{3,}|~{3,})[^`]*$/.exec(lines[index]?.text ?? '')?.[1];
    if (fence === undefined) continue;
    const name = nameAbove(lines, index) ?? (files.length === 0 ? path : undefined);
    const end = lines.findIndex((line, at) => at > index && line.text.trimEnd() === fence);
    if (end === -1) return err({ kind: 'truncated', line: lines.length, expected: `the end of the fence (${fence})` });
    if (name === undefined) {
      const found = quoted(lines[index]?.text ?? '');
      return err({ kind: 'malformed', line: index + 1, expected: 'a line with the file name above the fence', found });
    }
    files.push({ kind: 'whole', path: name, line: index + 1, content: textOf(lines.slice(index + 1, end)) });
    index = end;
  }
  if (files.length > 0) return ok({ files });
  if (path === undefined) return err({ kind: 'noPatch' });
  return ok({ files: [{ kind: 'whole', path, line: 1, content: textOf(lines) }] });
}

function textOf(lines: readonly TextLine[]): string {
  return lines.map((line) => line.text + line.eol).join('');
}

function nameAbove(lines: readonly TextLine[], start: number): string | undefined {
  const above = lines[start - 1]?.text.trim() === '' ? start - 2 : start - 1;
  const text = lines[above]?.text;
  return text === undefined ? undefined : namedPath(text);
}
