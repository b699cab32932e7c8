import type { Json } from '../../base/json.ts';
import { SECRET_PATTERNS, type SecretPattern } from './secretPatterns.ts';

/** Stands where a secret stood, followed by what it was and `]`. A patch that would write it into a file is refused. */
export const REDACTION_MARK = '[redacted:';

/** A secret in a text: where it begins, where it ends, and what its mark calls it. `from`: where the words begin that tell it is one, if before it. */
export interface SecretPlace {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly from?: number;
}

/** Finds secrets of other kinds than the list's own. Keeps nothing between calls. */
export type SecretScan = (text: string) => readonly SecretPlace[];

/** What is known of secrets. `known`: values by the name their marks get. */
export interface SecretKnowledge {
  readonly known: ReadonlyMap<string, string>;
  readonly patterns?: readonly SecretPattern[];
  readonly scan?: SecretScan;
}

/**
 * Puts marks in the place of secrets, where text enters a run (files, command output, answers, notes) and again where it is written. The same text
 * always gets the same marks; a redacted text stays as it is; lines stay lines, so that their numbers are those of the file.
 */
export interface Redaction {
  text(text: string): string;
  /** The same for every string in a value, names of members aside. */
  json<Value extends Json>(value: Value): Value;
  /** Marks this value as well from now on, if it is long enough to be told from ordinary words. */
  know(name: string, value: string): void;
  /** For text that comes in pieces: hands on what cannot be a part of a secret any more. */
  stream(emit: (text: string) => void): RedactedStream;
}

/** `end` hands on what was held back. Nothing is pushed after it. */
export interface RedactedStream {
  push(piece: string): void;
  end(): void;
}

/** Long texts come again and again (every message of a conversation, with each of its calls): what was made of them is kept, up to so many characters. */
const LONG = 2_000;
const MOST_REMEMBERED = 4_000_000;

/** Shorter values would mark ordinary words; and no pattern finds a secret in a shorter text, but for those of speckit.toml. */
const SHORTEST_KNOWN = 8;

export function createRedaction({ known, patterns = [], scan = () => [] }: SecretKnowledge): Redaction {
  const values = new Map<string, string>();
  const all = [...SECRET_PATTERNS, ...patterns];
  const shortest = patterns.length === 0 ? SHORTEST_KNOWN : 1;
  const know = (name: string, value: string): void => {
    if (value.length < SHORTEST_KNOWN) return;
    const mark = name.replaceAll(/[^\w.-]/g, '-');
    for (const form of new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]))
      values.set(form, mark);
  };
  for (const [name, value] of known) know(name, value);

  const placesIn = (text: string): readonly SecretPlace[] => {
    const plain = withoutEscapes(text);
    const hints = hintsIn(plain);
    const own = [
      ...placesOfValues(text, values),
      ...all.flatMap((pattern) => (hints(pattern) ? placesOfPattern(plain, pattern) : [])),
    ];
    // What is known exactly is marked alone: the rules take the whole of an address for a password in it.
    const others = scan(plain).filter(
      (place) => !own.some((other) => place.start < other.end && other.start < place.end),
    );
    return merged(text, [...own, ...others]);
  };
  const remembered = new Map<string, string>();
  let rememberedLength = 0;
  // Again until nothing is found: a mark may end what kept two secrets from being told apart.
  const mark = (text: string): string => {
    const places = placesIn(text);
    return places.length === 0 ? text : mark(marked(text, places));
  };
  const redact = (text: string): string => {
    if (text.length < shortest) return text;
    if (text.length < LONG) return mark(text);
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const result = mark(text);
    if (rememberedLength > MOST_REMEMBERED) {
      remembered.clear();
      rememberedLength = 0;
    }
    remembered.set(text, result);
    rememberedLength += text.length;
    return result;
  };
  return {
    text: redact,
    json: (value) => withTexts(value, redact),
    know: (name, value) => {
      know(name, value);
      remembered.clear();
    },
    stream: (emit) => createStream({ placesIn, mark, emit }),
  };
}

/**
 * The text as it reads, with every character where it was: answers, arguments of tools and records are JSON, some of it inside JSON, and there a line
 * ends with the letter n, which would be taken for a part of the word that follows.
 */
function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\+[nrt"]/g, (escape) => `${' '.repeat(escape.length - 1)}${escape.endsWith('"') ? '"' : '\n'}`);
}

function placesOfValues(text: string, values: ReadonlyMap<string, string>): readonly SecretPlace[] {
  const places: SecretPlace[] = [];
  for (const [value, name] of values)
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
      places.push({ start: at, end: at + value.length, name });
  return places;
}

/** Whether a text holds a pattern's hint. Several patterns share one, which is looked for once. */
function hintsIn(text: string): (pattern: SecretPattern) => boolean {
  const found = new Map<RegExp, boolean>();
  return ({ hint }) => {
    if (typeof hint === 'string') return text.includes(hint);
    const known = found.get(hint);
    if (known !== undefined) return known;
    const isThere = hint.test(text);
    found.set(hint, isThere);
    return isThere;
  };
}

function placesOfPattern(text: string, { name, pattern, accept }: SecretPattern): readonly SecretPlace[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const value = match.groups?.['secret'] ?? match.groups?.['other'] ?? match[0];
    if (value === '' || accept?.(value) === false) return [];
    const start = match.index + (value === match[0] ? 0 : match[0].lastIndexOf(value));
    return [{ start, end: start + value.length, name, from: match.index }];
  });
}

/** In order and without overlaps; what holds a mark already, or a part of one, is left as it is. */
function merged(text: string, places: readonly SecretPlace[]): readonly SecretPlace[] {
  const result: SecretPlace[] = [];
  const marks = text.includes(REDACTION_MARK) ? [...text.matchAll(MARK)] : [];
  const touchesMark = ({ start, end }: SecretPlace): boolean =>
    marks.some((mark) => start < mark.index + mark[0].length && mark.index < end);
  for (const place of places.toSorted((left, right) => left.start - right.start || right.end - left.end)) {
    if (marks.length > 0 && touchesMark(place)) continue;
    const last = result.at(-1);
    if (last === undefined || place.start >= last.end) result.push(place);
    else if (place.end > last.end) result[result.length - 1] = { ...last, end: place.end };
  }
  return result;
}

const MARK = /\[redacted:[\w.-]*\]/g;

function marked(text: string, places: readonly SecretPlace[]): string {
  if (places.length === 0) return text;
  let result = '';
  let position = 0;
  for (const { start, end, name } of places) {
    const mark = `${REDACTION_MARK}${name}]`;
    const lines = text.slice(start, end).split('\n');
    const shown = lines.map((line, index) => (index > 0 && index === lines.length - 1 && line === '' ? '' : mark));
    result += text.slice(position, start) + shown.join('\n');
    position = end;
  }
  return result + text.slice(position);
}

function withTexts<Value extends Json>(value: Value, redact: (text: string) => string): Value {
  // The shape stays, and only strings become other strings.
  return changed(value, redact) as Value;
}

function changed(value: Json, redact: (text: string) => string): Json {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item: Json) => changed(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, changed(member, redact)]));
}

/** Words at the end of what has come that are held back: as many as the longest pattern over several words has (`Authorization: Bearer …`). */
const WORDS_HELD = 6;
/** Characters handed on at least, but for the last ones: a stream of single letters is not looked at with each of them. */
const LEAST_HANDED = 40;
/** Characters held back at most: beyond them, what has come is handed on with its secrets marked as far as they can be seen. */
const MOST_HELD = 16_000;

function createStream({
  placesIn,
  mark,
  emit,
}: {
  readonly placesIn: (text: string) => readonly SecretPlace[];
  readonly mark: (text: string) => string;
  readonly emit: (text: string) => void;
}): RedactedStream {
  let held = '';
  const hand = (length: number): void => {
    if (length <= 0) return;
    emit(mark(held.slice(0, length)));
    held = held.slice(length);
  };
  return {
    push(piece) {
      held += piece;
      const most = held.length > MOST_HELD ? held.length - MOST_HELD / 2 : heldFrom(held);
      if (most < LEAST_HANDED) return;
      const over = placesIn(held).find(({ start, end, from = start }) => from < most && most < end);
      hand(over?.from ?? over?.start ?? most);
    },
    end: () => hand(held.length),
  };
}

/** Where the part begins that may yet become a secret: the last words, and a private key that has begun. */
function heldFrom(text: string): number {
  const words = [...text.slice(-MOST_HELD).matchAll(/\S+/g)];
  const offset = Math.max(0, text.length - MOST_HELD);
  const word = words.at(-WORDS_HELD);
  const from = word === undefined ? 0 : offset + word.index;
  const key = text.lastIndexOf('-----BEGIN');
  return key >= 0 && !text.includes('-----END', key) ? Math.min(from, key) : from;
}
