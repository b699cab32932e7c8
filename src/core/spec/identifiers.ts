/*
 * The ids documents give their items: FR-001, NFR-2, SC-003, REQ-PAY-7, AC-001, FR-001.2, US1.
 * Letters are upper case, as in spec-kit's layout; ids are compared as written, so FR-1 and FR-001 are two ids.
 */

/** Where nothing more is known of it, a digit part has at most six digits and a word part at most sixteen characters. */
const ID =
  '(?:(?:FR|NFR|SC|REQ|AC)(?:-[A-Z][A-Z0-9]{0,15}){0,3}-\\d{1,6}(?:\\.\\d{1,4}){0,3}(?:-\\d{1,4})?[a-z]?|US-?\\d{1,4}(?:\\.\\d{1,4})?)';

/** Nothing that would make the id part of a longer word; the `__` of emphasis may follow. */
const END = '(?![\\p{L}\\p{N}]|_[\\p{L}\\p{N}])';

const DEFINITION = new RegExp(`^(\\*\\*|__|\\*|_|\`)?(${ID})${END}`, 'u');
const MENTION = new RegExp(`(?<![\\p{L}\\p{N}-]|[\\p{L}\\p{N}]_)${ID}${END}`, 'gu');
const SEPARATOR = /^[\t ]*([([][^)\]]{0,100}[)\]])?[\t ]*(?:[:：。–—]|\.(?=[\t ]|$)|-(?=[\t ]))[\t ]*/u;
const LEADING_NOTE = /^[\t ]*([([][^)\]]{0,100}[)\]])[\t ]*[:：–—]?[\t ]*/u;

export type ItemFamily = 'requirement' | 'criterion' | 'story';

/** A line that states an item: `**FR-001**: text`. `note` is a leading parenthesis such as `(P1)` or `(FR-001)`, kept out of `text`. */
export interface Definition {
  readonly id: string;
  readonly family: ItemFamily;
  readonly text: string;
  readonly note: string;
  /** True when the id is set off (emphasis, or a colon or dash after it): otherwise the line may only speak about the id. */
  readonly setOff: boolean;
}

/** The item a heading, list item or paragraph states, or undefined when it does not begin with an id. */
export function parseDefinition(text: string): Definition | undefined {
  const match = DEFINITION.exec(text);
  const id = match?.[2];
  if (match === null || id === undefined) return undefined;
  let rest = text.slice(match[0].length);
  const emphasis = match[1];
  // The closing mark may stand after the id, the colon or a whole title; 200 characters is more than any title.
  const close = emphasis === undefined ? -1 : rest.slice(0, 200).indexOf(emphasis);
  if (emphasis !== undefined && close >= 0) rest = rest.slice(0, close) + rest.slice(close + emphasis.length);
  const separator = SEPARATOR.exec(rest) ?? (close >= 0 ? LEADING_NOTE.exec(rest) : null);
  const setOff = close >= 0 || separator !== null;
  const body = rest.slice(separator?.[0].length ?? 0).trim();
  const inner = separator?.[1] ?? '';
  // `**AC-001** (FR-001): text` and `**AC-001**: (FR-001) text` say the same.
  const noted = inner === '' && idsIn(LEADING_NOTE.exec(body)?.[1] ?? '').length > 0 ? LEADING_NOTE.exec(body) : null;
  return {
    id,
    family: familyOf(id),
    text: noted === null ? body : body.slice(noted[0].length).trim(),
    note: noted?.[1] ?? inner,
    setOff,
  };
}

/** The ids a text names, each once, in order of appearance. */
export function idsIn(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(MENTION), (match) => match[0]))];
}

/** The text with the ids in it blanked by spaces, so that their digits are not taken for numbers. */
export function withoutIds(text: string): string {
  return text.replace(MENTION, (id) => ' '.repeat(id.length));
}

/** `FR-001` of `FR-001.2`; undefined for an id without a dotted part. */
export function parentId(id: string): string | undefined {
  const dot = id.lastIndexOf('.');
  return dot < 0 ? undefined : id.slice(0, dot);
}

function familyOf(id: string): ItemFamily {
  if (id.startsWith('AC')) return 'criterion';
  if (id.startsWith('US')) return id.includes('.') ? 'criterion' : 'story';
  return 'requirement';
}
