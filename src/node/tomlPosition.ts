import { parse } from 'smol-toml';

/** Where a key stands: line and column from 1, columns in UTF-16 units as editors count them. */
export interface TomlPosition {
  readonly line: number;
  readonly column: number;
}

/** Keys from the root of a document; a number is an index into an array or an array of tables. */
export type TomlPath = readonly (string | number)[];

/**
 * Finds the keys of a TOML document in its text; the parser tells positions of syntax errors only. `text` must be a document the parser
 * accepts (TOML 1.0 and 1.1: dotted and quoted keys, inline tables, arrays of tables). The function given back returns where the key of a
 * path stands (for an element of an array: where the element begins; for a table with its own header: there), or that of the nearest
 * table around it when the document has no such key; 1:1 for the document itself.
 */
export function tomlLocator(text: string): (path: TomlPath) => TomlPosition {
  const offsets = scanDocument(text);
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const found = offsets.get(JSON.stringify(path.slice(0, length)));
      if (found !== undefined) return positionAt(text, found.offset);
    }
    return { line: 1, column: 1 };
  };
}

function positionAt(text: string, offset: number): TomlPosition {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

interface Found {
  readonly offset: number;
  /** Only passed through on the way to a deeper key, as `a` in `[a.b]`: a header or value of its own counts more. */
  readonly passing: boolean;
}

interface Scan {
  readonly text: string;
  at: number;
  readonly found: Map<string, Found>;
  /** Path of each array of tables -> index of its last element so far. */
  readonly lastElement: Map<string, number>;
}

interface KeyPart {
  readonly name: string;
  readonly offset: number;
}

function scanDocument(text: string): ReadonlyMap<string, Found> {
  const scan: Scan = { text, at: 0, found: new Map(), lastElement: new Map() };
  let table: TomlPath = [];
  for (skipBlank(scan); scan.at < text.length; skipBlank(scan)) {
    if (text[scan.at] === '[') table = scanHeader(scan);
    else scanPair(scan, table);
  }
  return scan.found;
}

function scanHeader(scan: Scan): TomlPath {
  const isArray = scan.text.startsWith('[[', scan.at);
  scan.at += isArray ? 2 : 1;
  const parts = readKey(scan);
  scan.at += isArray ? 2 : 1;
  let path: TomlPath = [];
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    path = [...path, part.name];
    record(scan, path, { offset: part.offset, passing: !isLast });
    const key = JSON.stringify(path);
    const element = scan.lastElement.get(key);
    if (isLast && isArray) {
      scan.lastElement.set(key, (element ?? -1) + 1);
      path = [...path, (element ?? -1) + 1];
      record(scan, path, { offset: part.offset, passing: false });
    } else if (!isLast && element !== undefined) {
      path = [...path, element];
    }
  }
  return path;
}

/** `key = value`, at the top level or inside an inline table. */
function scanPair(scan: Scan, table: TomlPath): void {
  const start = scan.at;
  let path = table;
  const parts = readKey(scan);
  for (const [index, part] of parts.entries()) {
    path = [...path, part.name];
    record(scan, path, { offset: part.offset, passing: index < parts.length - 1 });
  }
  if (scan.text[scan.at] === '=') scan.at += 1;
  skipBlank(scan);
  scanValue(scan, path);
  // Text the parser would not accept must not hold the scan in place for ever.
  if (scan.at === start) scan.at += 1;
}

function scanValue(scan: Scan, path: TomlPath): void {
  const opening = scan.text[scan.at];
  if (opening === '"' || opening === "'") skipString(scan, opening);
  else if (opening === '[') scanArray(scan, path);
  else if (opening === '{') scanInlineTable(scan, path);
  else scan.at = nextMatch(scan, /[,\]}#\n]/g);
}

function scanArray(scan: Scan, path: TomlPath): void {
  scan.at += 1;
  for (let index = 0; ; index += 1) {
    skipBlank(scan);
    if (scan.at >= scan.text.length) return;
    if (scan.text[scan.at] === ']') break;
    record(scan, [...path, index], { offset: scan.at, passing: false });
    scanValue(scan, [...path, index]);
    skipBlank(scan);
    if (scan.text[scan.at] !== ',') break;
    scan.at += 1;
  }
  scan.at += 1;
}

function scanInlineTable(scan: Scan, path: TomlPath): void {
  scan.at += 1;
  for (;;) {
    skipBlank(scan);
    if (scan.at >= scan.text.length) return;
    if (scan.text[scan.at] === '}') break;
    scanPair(scan, path);
    skipBlank(scan);
    if (scan.text[scan.at] !== ',') break;
    scan.at += 1;
  }
  scan.at += 1;
}

/** A bare, quoted or dotted key with the white space around it. */
function readKey(scan: Scan): readonly KeyPart[] {
  const parts: KeyPart[] = [];
  for (;;) {
    scan.at = nextMatch(scan, /[^ \t]/g);
    const offset = scan.at;
    const quote = scan.text[offset];
    if (quote === '"' || quote === "'") {
      skipString(scan, quote);
      parts.push({ name: decoded(scan.text.slice(offset, scan.at)), offset });
    } else {
      scan.at = nextMatch(scan, /[^A-Za-z0-9_-]/g);
      parts.push({ name: scan.text.slice(offset, scan.at), offset });
    }
    scan.at = nextMatch(scan, /[^ \t]/g);
    if (scan.text[scan.at] !== '.') return parts;
    scan.at += 1;
  }
}

/** A quoted key as the parser reads it. */
function decoded(quoted: string): string {
  const name = parse(`key = ${quoted}`)['key'];
  return typeof name === 'string' ? name : quoted;
}

function skipString(scan: Scan, quote: '"' | "'"): void {
  const isLong = scan.text.startsWith(quote.repeat(3), scan.at);
  const ending = isLong ? quote.repeat(3) : quote;
  let at = scan.at + ending.length;
  while (at < scan.text.length && !scan.text.startsWith(ending, at))
    at += quote === '"' && scan.text[at] === '\\' ? 2 : 1;
  at += ending.length;
  // Up to two quotes may stand directly before the three that end a long string.
  const extraQuotes = isLong ? 2 : 0;
  for (let extra = 0; extra < extraQuotes && scan.text[at] === quote; extra += 1) at += 1;
  scan.at = at;
}

/** White space, line ends and comments. */
function skipBlank(scan: Scan): void {
  for (;;) {
    scan.at = nextMatch(scan, /[^ \t\r\n]/g);
    if (scan.text[scan.at] !== '#') return;
    scan.at = nextMatch(scan, /\n/g);
  }
}

function nextMatch(scan: Scan, pattern: RegExp): number {
  pattern.lastIndex = scan.at;
  return pattern.exec(scan.text)?.index ?? scan.text.length;
}

function record(scan: Scan, path: TomlPath, found: Found): void {
  const key = JSON.stringify(path);
  const known = scan.found.get(key);
  if (known === undefined || (known.passing && !found.passing)) scan.found.set(key, found);
}
