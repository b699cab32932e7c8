import type { Json } from './json.ts';

/** Lists and objects inside each other that are read: a text of nothing but brackets does not exhaust the stack. */
const DEEPEST = 60;

interface Reader {
  readonly text: string;
  at: number;
}

/**
 * What the beginning of a JSON text says already: open strings, lists and objects are closed where the text ends, while a member without a value
 * and a number or word that may still go on are left out. Text before the first `{` or `[` (a Markdown fence) is passed over. What follows a
 * mistake is not read. Undefined when there is nothing yet. Never throws; time is linear in the text.
 */
export function partialJson(text: string): Json | undefined {
  const start = text.search(/[[{]/);
  return start === -1 ? undefined : readValue({ text, at: start }, 0);
}

function readValue(reader: Reader, depth: number): Json | undefined {
  skipSpace(reader);
  const character = reader.text[reader.at];
  if (character === '{') return depth < DEEPEST ? readObject(reader, depth) : undefined;
  if (character === '[') return depth < DEEPEST ? readList(reader, depth) : undefined;
  if (character === '"') return readString(reader)?.value;
  const word = /[-+.\w]*/y;
  word.lastIndex = reader.at;
  const found = word.exec(reader.text)?.[0] ?? '';
  if (found === '' || reader.at + found.length === reader.text.length) return undefined;
  reader.at += found.length;
  return parsed(found);
}

function readObject(reader: Reader, depth: number): Json {
  const members: [string, Json][] = [];
  reader.at += 1;
  for (;;) {
    skipSpace(reader);
    if (reader.text[reader.at] !== '"') break;
    const name = readString(reader);
    skipSpace(reader);
    if (name === undefined || !name.isWhole || reader.text[reader.at] !== ':') break;
    reader.at += 1;
    const value = readValue(reader, depth + 1);
    if (value === undefined) break;
    members.push([name.value, value]);
    if (!goesOn(reader)) break;
  }
  if (reader.text[reader.at] === '}') reader.at += 1;
  else reader.at = reader.text.length;
  // Not by assignment: a member named `__proto__` is a member like any other.
  return Object.fromEntries(members);
}

function readList(reader: Reader, depth: number): Json {
  const items: Json[] = [];
  reader.at += 1;
  for (;;) {
    skipSpace(reader);
    if (reader.text[reader.at] === ']') break;
    const value = readValue(reader, depth + 1);
    if (value === undefined) break;
    items.push(value);
    if (!goesOn(reader)) break;
  }
  if (reader.text[reader.at] === ']') reader.at += 1;
  else reader.at = reader.text.length;
  return items;
}

/** After a value: whether a comma says that another follows. */
function goesOn(reader: Reader): boolean {
  skipSpace(reader);
  if (reader.text[reader.at] !== ',') return false;
  reader.at += 1;
  return true;
}

function readString(reader: Reader): { readonly value: string; readonly isWhole: boolean } | undefined {
  const { text, at: start } = reader;
  let end = start + 1;
  let escape = start;
  while (end < text.length && text[end] !== '"') {
    if (text[end] === '\\') escape = end;
    end += text[end] === '\\' ? 2 : 1;
  }
  const isWhole = end < text.length;
  // An escape that is cut off goes with its backslash.
  const isCut = !isWhole && escape > start && escape + (text[escape + 1] === 'u' ? 6 : 2) > text.length;
  reader.at = isWhole ? end + 1 : text.length;
  const value = parsed(`${text.slice(start, isCut ? escape : end)}"`);
  return typeof value === 'string' ? { value, isWhole } : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function skipSpace(reader: Reader): void {
  while (/[ \t\r\n]/.test(reader.text[reader.at] ?? '')) reader.at += 1;
}
