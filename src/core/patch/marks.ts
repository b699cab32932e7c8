import type { FileDifference, RepositoryPath } from '../ports.ts';
import { languageOf, type Language } from './languages.ts';
import { lineAt, sourceView, squeezed } from './sourceView.ts';

/** A line that carries a mark: something that switches a check off where it stands. */
export interface Mark {
  readonly path: RepositoryPath;
  readonly line: number;
  readonly text: string;
}

interface MarkPattern {
  readonly pattern: RegExp;
  readonly where: 'code' | 'comment';
}

/**
 * The marks that a change adds. A line is known by its text without layout: one that stood in the same file before is no addition, and one
 * that left another file has only moved.
 */
export function addedMarks(
  differences: readonly FileDifference[],
  patternsOf: (language: Language, path: RepositoryPath) => readonly MarkPattern[],
): readonly Mark[] {
  const added: Mark[] = [];
  const gone: string[] = [];
  for (const { path, before, after } of differences) {
    const language = languageOf(path);
    if (!language) continue;
    const patterns = patternsOf(language, path);
    const old = marksIn(before ?? '', language, patterns).map((mark) => mark.text);
    for (const mark of marksIn(after ?? '', language, patterns)) {
      const index = old.indexOf(mark.text);
      if (index === -1) added.push({ ...mark, path });
      else old.splice(index, 1);
    }
    gone.push(...old);
  }
  return added.filter((mark) => {
    const index = gone.indexOf(mark.text);
    if (index !== -1) gone.splice(index, 1);
    return index === -1;
  });
}

function marksIn(text: string, language: Language, patterns: readonly MarkPattern[]): readonly Omit<Mark, 'path'>[] {
  if (patterns.length === 0) return [];
  const view = sourceView(text, language);
  const marks = new Map<number, string>();
  for (const { pattern, where } of patterns) {
    for (const match of (where === 'code' ? view.code : view.comments).matchAll(pattern)) {
      const line = lineAt(text, match.index);
      if (marks.has(line)) continue;
      const isCode = where === 'code';
      const whole = lineOf(isCode ? view.uncommented : view.comments, match.index);
      marks.set(line, isCode ? squeezed(whole, language) : whole.trim());
    }
  }
  return [...marks].sort(([left], [right]) => left - right).map(([line, shown]) => ({ line, text: shown }));
}

/** The line around an offset, at most 500 characters before it and 500 after. */
function lineOf(text: string, offset: number): string {
  const around = text.slice(Math.max(0, offset - 500), offset + 500);
  const position = Math.min(offset, 500);
  const end = around.indexOf('\n', position);
  return around.slice(around.lastIndexOf('\n', position) + 1, end === -1 ? around.length : end);
}
