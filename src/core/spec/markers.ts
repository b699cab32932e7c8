import { type MarkdownLine, withoutInlineCode } from './markdownLines.ts';

/** `[NEEDS CLARIFICATION: question]` as it stands in the text; offsets are UTF-16, `end` exclusive. */
export interface FoundMarker {
  readonly question: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly closed: boolean;
}

/** Longest marker that is looked for; a bracket that closes later belongs to something else. */
const MARKER_CAP = 2_000;

/**
 * The clarification markers in the prose of a scanned text, in order. Brackets inside a question are balanced; a marker may wrap over
 * lines of one paragraph. Markers in code, inline code and comments are examples, not questions. One that never closes ends with its line.
 */
export function findMarkers(lines: readonly MarkdownLine[]): readonly FoundMarker[] {
  const found: FoundMarker[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.kind !== 'prose' || !/NEEDS CLARIFICATION/iu.test(line.text)) continue;
    const text = withoutInlineCode(line.text);
    for (const match of text.matchAll(/\[\s{0,5}NEEDS CLARIFICATION(?![\p{L}\p{N}])/giu)) {
      const start = line.start + match.index;
      if (start < (found.at(-1)?.end ?? 0)) continue;
      found.push(markerAt(lines, index, match.index, match[0].length));
    }
  }
  return found;
}

function markerAt(lines: readonly MarkdownLine[], index: number, column: number, opening: number): FoundMarker {
  const first = lines[index];
  if (first === undefined) throw new Error('a marker begins on a line of its text');
  const start = first.start + column;
  let depth = 0;
  let nRead = 0;
  const parts: string[] = [];
  for (let next = index; next < lines.length && nRead < MARKER_CAP; next += 1) {
    const line = lines[next];
    if (line === undefined || line.kind !== 'prose' || (next > index && startsBlock(line.text))) break;
    const from = next === index ? column : 0;
    const stop = Math.min(line.text.length, from + MARKER_CAP - nRead);
    for (let position = from; position < stop; position += 1) {
      const character = line.text.charAt(position);
      if (character === '[') depth += 1;
      if (character === ']') depth -= 1;
      if (depth > 0) continue;
      parts.push(line.text.slice(next === index ? column + opening : 0, position));
      return { question: questionOf(parts), line: first.number, start, end: line.start + position + 1, closed: true };
    }
    parts.push(line.text.slice(next === index ? column + opening : 0, stop));
    nRead += stop - from + 1;
  }
  const end = first.start + Math.min(first.text.trimEnd().length, column + MARKER_CAP);
  return { question: questionOf(parts.slice(0, 1)), line: first.number, start, end, closed: false };
}

/** Whether a line cannot continue the paragraph before it. */
function startsBlock(text: string): boolean {
  return /^\s*(?:$|#{1,6}(?:\s|$)|[-*+]\s|\d{1,9}[.)]\s|>|\|)/u.test(text);
}

function questionOf(parts: readonly string[]): string {
  return parts
    .join(' ')
    .replace(/^\s*[:：-]/u, '')
    .split(/\s+/u)
    .filter((word) => word !== '')
    .join(' ');
}
