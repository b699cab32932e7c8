import { closingEnd, indentedEnd, statementEnd } from './codeBlock.ts';
import type { CasePattern, Language } from './languages.ts';
import { lineAt, sourceView, squeezed, type SourceView } from './sourceView.ts';

/** One assertion: its whole statement without layout, and the 1-based line it begins on. */
export interface Assertion {
  readonly text: string;
  readonly line: number;
}

/** One test case. `key` tells it from others of the same name in its file; `body` is its first 5000 characters without layout and comments. */
export interface TestCase {
  readonly name: string;
  readonly key: string;
  readonly line: number;
  readonly body: string;
  readonly isEmpty: boolean;
  readonly assertions: readonly Assertion[];
}

/** What a test file holds. `loose` are the assertions outside of every case: in helpers and hooks. */
export interface TestOutline {
  readonly cases: readonly TestCase[];
  readonly loose: readonly Assertion[];
}

/** The cases and assertions of a test file, found by the language's patterns. A text that is no valid code gives some outline, never an error. */
export function testOutline(text: string, language: Language): TestOutline {
  const view = sourceView(text, language);
  const spans = caseSpans(view, language);
  const assertions = new Map<CaseSpan | undefined, Assertion[]>();
  for (const { start, end } of assertionSpans(view.code, language)) {
    const assertion = { text: squeezed(view.uncommented.slice(start, end), language), line: lineAt(text, start) };
    // Spans are sorted by their start, so the last one around an offset is the innermost.
    const owner = spans.findLast((span) => start >= span.start && start < span.end);
    const owned = assertions.get(owner);
    if (owned) owned.push(assertion);
    else assertions.set(owner, [assertion]);
  }
  const nOfName = new Map<string, number>();
  const cases = spans.map((span) => {
    const nth = (nOfName.get(span.name) ?? 0) + 1;
    nOfName.set(span.name, nth);
    return {
      name: span.name,
      key: nth === 1 ? span.name : `${span.name} #${nth}`,
      line: lineAt(text, span.start),
      body: squeezed(view.uncommented.slice(span.bodyStart, Math.min(span.end, span.bodyStart + bodyCap)), language),
      isEmpty: span.end - span.bodyStart <= bodyCap && isEmptyBody(view.code.slice(span.bodyStart, span.end)),
      assertions: assertions.get(span) ?? [],
    };
  });
  return { cases, loose: assertions.get(undefined) ?? [] };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface CaseSpan extends Span {
  readonly name: string;
  readonly bodyStart: number;
}

/** Most cases of one file that are told apart. */
const caseCap = 2000;

/** Most characters of a case's body that are compared when it is looked for under another name or in another file. */
const bodyCap = 5000;

function caseSpans(view: SourceView, language: Language): readonly CaseSpan[] {
  const spans = new Map<number, CaseSpan>();
  for (const pattern of language.cases) {
    for (const match of view.code.matchAll(pattern.pattern)) {
      const open = match.index + match[0].length - 1;
      // Two patterns may find one case; the bracket behind its name tells it is one.
      if (!spans.has(open) && spans.size < caseCap) spans.set(open, caseSpan(view, match, open, pattern));
    }
  }
  return [...spans.values()].sort((left, right) => left.start - right.start);
}

function caseSpan(view: SourceView, match: RegExpExecArray, matchOpen: number, pattern: CasePattern): CaseSpan {
  const { code } = view;
  const start = match.index;
  if (pattern.block === 'indentation') {
    const bodyStart = code.indexOf(':', closingEnd(code, matchOpen)) + 1;
    return { start, end: indentedEnd(code, start, matchOpen), bodyStart, name: match[1] ?? '' };
  }
  if (pattern.block === 'braces') {
    const brace = code.indexOf('{', matchOpen);
    const bodyStart = brace === -1 ? code.length : brace;
    return { start, end: closingEnd(code, bodyStart), bodyStart, name: (match[1] ?? '').replaceAll('`', '') };
  }
  const open = callOpen(code, match[0], matchOpen);
  const end = closingEnd(code, open);
  const name = firstArgument(view, open, end);
  const inner = /=>\s*\{|\)\s*\{/.exec(code.slice(open, Math.min(end, open + bodyCap)));
  const comma = code.indexOf(',', open);
  const expression = comma === -1 || comma > end ? end : comma + 1;
  const bodyStart = inner ? open + inner.index + inner[0].length - 1 : expression;
  return { start, end, bodyStart, name };
}

/** In `it.each(table)('name', ...)` the second bracket opens the case. */
function callOpen(code: string, matched: string, open: number): number {
  if (!/\.each\s*\($/.test(matched)) return open;
  const second = closingEnd(code, open);
  const gap = /^\s*/.exec(code.slice(second))?.[0].length ?? 0;
  return code.charAt(second + gap) === '(' ? second + gap : open;
}

/** A literal without its quotes, or the text up to the first comma, at most 200 characters. */
function firstArgument(view: SourceView, open: number, end: number): string {
  const from = open + 1 + (/^\s*/.exec(view.code.slice(open + 1))?.[0].length ?? 0);
  const quote = view.code.charAt(from);
  if (quote === "'" || quote === '"' || quote === '`') {
    const close = view.code.indexOf(quote, from + 1);
    if (close !== -1) return view.uncommented.slice(from + 1, Math.min(close, from + 201));
  }
  const comma = view.code.indexOf(',', from);
  const to = comma === -1 ? end - 1 : Math.min(comma, end - 1);
  return view.uncommented.slice(from, Math.min(to, from + 200)).trim();
}

/**
 * Every assertion that is not part of another. One that begins with a dot is told by the start of its line; one whose pattern reaches into
 * a block (Go's `if got != want { t.Error`) ends with the block, condition and all.
 */
function assertionSpans(code: string, language: Language): readonly Span[] {
  const found: { readonly start: number; readonly block: number }[] = [];
  for (const { pattern } of language.assertions) {
    for (const match of code.matchAll(pattern)) {
      const start = match[0].startsWith('.') ? lineStart(code, match.index) : match.index;
      const block = match[0].slice(0, -1).indexOf('{');
      found.push({ start, block: block === -1 ? -1 : match.index + block });
    }
  }
  const spans: Span[] = [];
  for (const { start, block } of found.sort((left, right) => left.start - right.start)) {
    if (start < (spans.at(-1)?.end ?? 0)) continue;
    spans.push({ start, end: block === -1 ? statementEnd(code, start) : closingEnd(code, block) });
  }
  return spans;
}

function lineStart(code: string, offset: number): number {
  const start = code.lastIndexOf('\n', offset) + 1;
  return start + (/^\s*/.exec(code.slice(start))?.[0].length ?? 0);
}

/** A body of nothing but brackets, `pass`, `...`, `return` or a docstring asserts nothing and does nothing. */
function isEmptyBody(code: string): boolean {
  const inner = code.replaceAll(/[\s;{}()]/g, '').replaceAll(/(["'])_*\1/g, '');
  return /^(?:pass|\.\.\.|return|_=t)*$/.test(inner);
}
