import type { Language } from './languages.ts';

/**
 * One text seen three ways, character for character at the same offsets: `code` has comments blank and literals masked with `_`,
 * `uncommented` has comments blank, `comments` has all else blank. Line ends stay in all three.
 */
export interface SourceView {
  readonly code: string;
  readonly uncommented: string;
  readonly comments: string;
}

export function sourceView(text: string, language: Language): SourceView {
  let code = '';
  let uncommented = '';
  let comments = '';
  let position = 0;
  for (const match of text.matchAll(language.tokens)) {
    const [token] = match;
    const between = text.slice(position, match.index);
    const isComment = match.groups?.['comment'] !== undefined;
    code += between + (isComment ? blank(token) : masked(token));
    uncommented += between + (isComment ? blank(token) : token);
    comments += blank(between) + (isComment ? token : blank(token));
    position = match.index + token.length;
  }
  const rest = text.slice(position);
  return { code: code + rest, uncommented: uncommented + rest, comments: comments + blank(rest) };
}

/**
 * Code without the white space that only lays it out: none but a single space between two words, no comma before a closing bracket.
 * Literals keep theirs. Two pieces of code that differ in layout alone come out the same.
 */
export function squeezed(code: string, language: Language): string {
  const literals: string[] = [];
  const held = code.replaceAll(language.tokens, (token: string) => `\u0000${literals.push(token) - 1}\u0001`);
  const tight = held
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?<=\W) | (?=\W)/g, '')
    .replaceAll(/,(?=[)\]])/g, '')
    .trim();
  // oxlint-disable-next-line no-control-regex -- The control characters stand for the literals taken out above.
  return tight.replaceAll(/\u0000(\d+)\u0001/g, (_, index: string) => literals[Number(index)] ?? '');
}

/** The 1-based line an offset is on. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let index = text.indexOf('\n'); index !== -1 && index < offset; index = text.indexOf('\n', index + 1)) line += 1;
  return line;
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}

function masked(literal: string): string {
  if (literal.length < 3) return literal;
  return literal.charAt(0) + literal.slice(1, -1).replaceAll(/[^\n]/g, '_') + literal.charAt(literal.length - 1);
}
