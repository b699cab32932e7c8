/** One line of a Markdown text. `start` is the UTF-16 offset of its first code unit, `text` has no line end. */
export interface MarkdownLine {
  readonly number: number;
  readonly start: number;
  /** Same length as the line in the file: comments are blanked with spaces, so columns stay true. */
  readonly text: string;
  readonly kind: 'prose' | 'code' | 'meta';
}

export interface ScannedMarkdown {
  readonly lines: readonly MarkdownLine[];
  /** 1-based line of a code fence, or of a comment, that nothing closes. */
  readonly unclosedFence?: number;
  readonly unclosedComment?: number;
}

interface Fence {
  readonly character: string;
  readonly length: number;
  readonly indent: number;
  readonly quoted: boolean;
  readonly line: number;
}

interface Scanner {
  fence: Fence | undefined;
  comment: { readonly line: number; readonly quoted: boolean } | undefined;
  previous: 'blank' | 'prose' | 'indented';
  listOpen: boolean;
}

/**
 * Splits a text at LF, CRLF and CR, and tells prose from code after CommonMark 0.31 (fenced code of both characters and any length,
 * indented code outside lists, HTML comments). Lines before `firstProse` (0-based) are `meta`: front matter. Never throws; linear time.
 */
export function scanMarkdown(text: string, firstProse: number): ScannedMarkdown {
  const scanner: Scanner = { fence: undefined, comment: undefined, previous: 'blank', listOpen: false };
  const lines = splitLines(text).map((line, index): MarkdownLine => {
    if (index < firstProse) return { ...line, kind: 'meta' };
    return scanLine(scanner, line);
  });
  return {
    lines,
    ...(scanner.fence !== undefined && !scanner.fence.quoted && { unclosedFence: scanner.fence.line }),
    ...(scanner.comment !== undefined && !scanner.comment.quoted && { unclosedComment: scanner.comment.line }),
  };
}

export interface PlainLine {
  readonly number: number;
  readonly start: number;
  readonly text: string;
}

/** The lines of a text. A byte order mark becomes a space, so that offsets stay those of the text as given. */
export function splitLines(text: string): readonly PlainLine[] {
  const lines: PlainLine[] = [];
  let start = 0;
  for (const end of text.matchAll(/\r\n|\n|\r/gu)) {
    lines.push({ number: lines.length + 1, start, text: text.slice(start, end.index) });
    start = end.index + end[0].length;
  }
  lines.push({ number: lines.length + 1, start, text: text.slice(start) });
  const first = lines[0];
  if (first?.text.startsWith('\uFEFF') === true) lines[0] = { ...first, text: ` ${first.text.slice(1)}` };
  return lines;
}

function scanLine(scanner: Scanner, line: PlainLine): MarkdownLine {
  const quoted = /^[\t ]*>/u.test(line.text);
  // A quote that ends closes what was opened inside it.
  if (scanner.fence?.quoted === true && !quoted) scanner.fence = undefined;
  if (scanner.comment?.quoted === true && !quoted) scanner.comment = undefined;
  if (scanner.fence !== undefined) {
    if (closesFence(scanner.fence, line.text)) scanner.fence = undefined;
    scanner.previous = 'blank';
    return { ...line, kind: 'code' };
  }
  if (scanner.comment === undefined) {
    if (isIndentedCode(scanner, line.text)) {
      scanner.previous = 'indented';
      return { ...line, kind: 'code' };
    }
    scanner.fence = openedFence(scanner, line, quoted);
    noteContainer(scanner, line.text);
    if (scanner.fence !== undefined) return { ...line, kind: 'code' };
  }
  const text = blankComments(scanner, line, quoted);
  noteStructure(scanner, text);
  return { ...line, text, kind: 'prose' };
}

/** Columns of white space a line begins with, a tab reaching the next multiple of four. */
export function indentOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (character === ' ') columns += 1;
    else if (character === '\t') columns += 4 - (columns % 4);
    else break;
  }
  return columns;
}

function isIndentedCode(scanner: Scanner, text: string): boolean {
  return !scanner.listOpen && scanner.previous !== 'prose' && indentOf(text) >= 4 && text.trim() !== '';
}

/** An item opens a list; a heading, or anything at the margin after a blank line, ends it. */
function noteContainer(scanner: Scanner, text: string): void {
  const bare = text.trim();
  if (bare === '') return;
  if (/^(?:[-*+]|\d{1,9}[.)])(?:[\t ]|$)/u.test(bare)) scanner.listOpen = true;
  else if (bare.startsWith('#') || (scanner.previous !== 'prose' && indentOf(text) < 2)) scanner.listOpen = false;
}

function noteStructure(scanner: Scanner, text: string): void {
  const bare = text.trim();
  if (bare === '') {
    if (scanner.previous === 'prose') scanner.previous = 'blank';
    return;
  }
  // A heading never runs on, so indented code may follow it at once.
  scanner.previous = /^#{1,6}(?:[\t ]|$)/u.test(bare) ? 'blank' : 'prose';
}

function openedFence(scanner: Scanner, line: PlainLine, quoted: boolean): Fence | undefined {
  const indent = indentOf(line.text);
  if (indent >= 4 && !scanner.listOpen && !quoted) return undefined;
  // Sixteen containers deep is enough, and keeps the match from running away on a line of nothing but quote marks.
  const match = /^[\t ]*(?:(?:[-*+]|\d{1,9}[.)])[\t ]+|>[\t ]*){0,16}(`{3,}|~{3,})/u.exec(line.text);
  const run = match?.[1];
  if (match === null || run === undefined) return undefined;
  const character = run.charAt(0);
  // "``` a ``` b" is inline code: the info string of a backtick fence holds no backtick.
  if (character === '`' && line.text.includes('`', match[0].length)) return undefined;
  return { character, length: run.length, indent, quoted, line: line.number };
}

function closesFence(fence: Fence, text: string): boolean {
  const bare = (fence.quoted ? text.replace(/^[\t >]*/u, '') : text).trim();
  if (bare.length < fence.length || indentOf(text) > fence.indent + 3) return false;
  for (const character of bare) if (character !== fence.character) return false;
  return true;
}

function blankComments(scanner: Scanner, line: PlainLine, quoted: boolean): string {
  let text = line.text;
  let position = 0;
  if (scanner.comment !== undefined) {
    const end = text.indexOf('-->');
    if (end < 0) return blank(text, 0, text.length);
    scanner.comment = undefined;
    position = end + 3;
    text = blank(text, 0, position);
  }
  if (!text.includes('<!--', position)) return text;
  const pieces = [text.slice(0, position)];
  const spans = inlineCodeSpans(text, position);
  let span = 0;
  while (position < text.length) {
    const start = text.indexOf('<!--', position);
    while (span < spans.length && (spans[span]?.end ?? 0) <= (start < 0 ? text.length : start)) span += 1;
    if (start < 0) break;
    const code = spans[span];
    // What stands in inline code is text about a comment, not a comment.
    const skipTo = code !== undefined && code.start >= position && code.start < start ? code.end : undefined;
    const end = skipTo ?? text.indexOf('-->', start + 2);
    if (skipTo === undefined && end < 0) {
      scanner.comment = { line: line.number, quoted };
      pieces.push(text.slice(position, start), ' '.repeat(text.length - start));
      return pieces.join('');
    }
    const stop = skipTo ?? end + 3;
    pieces.push(text.slice(position, skipTo ?? start), skipTo === undefined ? ' '.repeat(stop - start) : '');
    position = stop;
  }
  pieces.push(text.slice(position));
  return pieces.join('');
}

function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
}

/** Inline code of one line (`a`, ``a ` b``): from the opening run of backticks to the end of the closing one, in order. */
export function inlineCodeSpans(
  text: string,
  from: number,
): readonly { readonly start: number; readonly end: number }[] {
  const runs = [...text.matchAll(/`+/gu)].filter((run) => run.index >= from);
  const following = new Map<number, number>();
  const partner: (number | undefined)[] = [];
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const length = runs[index]?.[0].length ?? 0;
    partner[index] = following.get(length);
    following.set(length, index);
  }
  const spans: { start: number; end: number }[] = [];
  for (let index = 0; index < runs.length; index += 1) {
    const open = runs[index];
    const closing = partner[index];
    const close = closing === undefined ? undefined : runs[closing];
    if (open === undefined || close === undefined || closing === undefined) continue;
    spans.push({ start: open.index, end: close.index + close[0].length });
    index = closing;
  }
  return spans;
}

/** The line with its inline code blanked by spaces: what language checks and markers are looked for in. */
export function withoutInlineCode(text: string): string {
  if (!text.includes('`')) return text;
  const pieces: string[] = [];
  let position = 0;
  for (const span of inlineCodeSpans(text, 0)) {
    pieces.push(text.slice(position, span.start), ' '.repeat(span.end - span.start));
    position = span.end;
  }
  pieces.push(text.slice(position));
  return pieces.join('');
}
