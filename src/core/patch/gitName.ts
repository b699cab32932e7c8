/*
 * File names in the headers of git's diffs: bare, or in double quotes with C escapes where a name has quotes, control characters or
 * (by git's default) bytes above 127. Format: git-diff documentation, "Generating patch text with -p".
 */

/** The name at the start of a header's rest, and what stands behind it. A bare name ends at a tab. Undefined when a quote is not closed. */
export function gitName(text: string): { readonly name: string; readonly rest: string } | undefined {
  if (!text.startsWith('"')) {
    const tab = text.indexOf('\t');
    return tab === -1 ? { name: text, rest: '' } : { name: text.slice(0, tab), rest: text.slice(tab + 1) };
  }
  const match = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (!match) return undefined;
  return { name: unescaped(match[1] ?? ''), rest: text.slice(match[0].length) };
}

/** A name as git prints it in a header, in quotes with octal escapes where it must be. */
export function printedGitName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- Control characters are among those git escapes.
  if (!/[\u0000-\u001f"\\\u007f-\u{10ffff}]/u.test(name)) return name;
  const bytes = [...new TextEncoder().encode(name)];
  return `"${bytes.map(printedByte).join('')}"`;
}

const letters: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

function unescaped(text: string): string {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const match of text.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gu)) {
    const [, octal, letter, plain] = match;
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else if (letter !== undefined) bytes.push(letters[letter] ?? letter.charCodeAt(0));
    else bytes.push(...encoder.encode(plain ?? ''));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function printedByte(byte: number): string {
  const letter = Object.entries(letters).find(([, code]) => code === byte)?.[0];
  if (letter !== undefined) return `\\${letter}`;
  if (byte < 32 || byte > 126) return `\\${byte.toString(8).padStart(3, '0')}`;
  return String.fromCharCode(byte);
}
