import { splitLines, type PlainLine } from './markdownLines.ts';

/** One `key: value` of a front matter block; a list (`[a, b]`, or `- a` lines below) gives several values. */
export interface FrontMatterEntry {
  readonly key: string;
  readonly values: readonly { readonly text: string; readonly line: number }[];
}

export interface FrontMatter {
  /** 0-based index of the first line after the block; 0 when there is none. */
  readonly firstProse: number;
  readonly entries: readonly FrontMatterEntry[];
}

/** Most lines a front matter block may have: a `---` that opens nothing must not swallow a document. */
const FRONT_MATTER_LINES = 200;

/**
 * The front matter of a text: a block between a first line `---` and a line `---` or `...`, of plain `key: value` lines (the part of YAML
 * people write by hand: scalars, quoted scalars, flow and block lists, `#` comments). Anything else in it is passed over; never throws.
 */
export function parseFrontMatter(text: string): FrontMatter {
  // Only the head of the text is split: the block, if any, is there.
  const lines = splitLines(text.slice(0, FRONT_MATTER_LINES * 500)).slice(0, FRONT_MATTER_LINES + 2);
  if (lines[0]?.text.trim() !== '---') return { firstProse: 0, entries: [] };
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/u.test(line.text));
  if (end < 0) return { firstProse: 0, entries: [] };
  const body = lines.slice(1, end);
  // A thematic break, prose and another break is a document, not front matter.
  if (!body.every(isFrontMatterLine)) return { firstProse: 0, entries: [] };
  return { firstProse: end + 1, entries: entriesOf(body) };
}

function isFrontMatterLine(line: PlainLine): boolean {
  return /^\s*(?:#|-\s|$|[A-Za-z][\w -]{0,60}:(?:\s|$))/u.test(line.text) || /^\s+\S/u.test(line.text);
}

function entriesOf(lines: readonly PlainLine[]): readonly FrontMatterEntry[] {
  const entries: { key: string; values: { text: string; line: number }[] }[] = [];
  for (const line of lines) {
    const pair = /^([A-Za-z][\w -]{0,60}):(?:\s+(\S.*))?\s*$/u.exec(line.text);
    const key = pair?.[1];
    if (key !== undefined) {
      const values = scalars(pair?.[2] ?? '').map((text) => ({ text, line: line.number }));
      entries.push({ key: key.trim().toLowerCase(), values });
      continue;
    }
    const element = /^\s*-\s+(\S.*)$/u.exec(line.text)?.[1];
    if (element !== undefined) entries.at(-1)?.values.push({ text: unquote(element), line: line.number });
  }
  return entries;
}

function scalars(value: string): readonly string[] {
  const bare = value.trim();
  const list = bare.startsWith('[') && bare.endsWith(']') ? bare.slice(1, -1).split(',') : [bare];
  return list.map(unquote).filter((item) => item !== '');
}

function unquote(value: string): string {
  const bare = value.trim();
  const quote = bare.charAt(0);
  if (bare.length >= 2 && (quote === '"' || quote === "'") && bare.endsWith(quote)) return bare.slice(1, -1);
  const comment = bare.search(/\s#/u);
  return (comment < 0 ? bare : bare.slice(0, comment)).trim();
}
