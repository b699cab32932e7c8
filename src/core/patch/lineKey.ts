import type { Tolerance } from './patch.ts';

/**
 * What of a line must be equal for it to be the same line: its text without a byte order mark, white space at its sides, the length of
 * other white space, and with typographic quotes, dashes and spaces as their ASCII forms.
 */
export function lineKey(line: string): string {
  const text = line.trim();
  // Nearly all lines are their own key, and a whole file is asked for.
  if (!/[^!-~ ]| {2}/.test(text)) return text;
  return text
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018-\u201b\u2032\u00b4]/g, "'")
    .replace(/[\u201c-\u201f\u2033]/g, '"')
    .replace(/\u2026/g, '...')
    .replace(/[\u2190\u2192\u21d2\u2260\u2264\u2265]/g, (sign) => signs[sign] ?? sign)
    .replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Signs that are typed with two characters. */
const signs: Readonly<Record<string, string>> = {
  '\u2190': '<-',
  '\u2192': '->',
  '\u21d2': '=>',
  '\u2260': '!=',
  '\u2264': '<=',
  '\u2265': '>=',
};

/**
 * Whether a line of a patch is this line of a file. Two or three hyphens are typed for a dash as well, but only where the file has one: in code
 * they are something else.
 */
export function isSameLine(wanted: string, present: string): boolean {
  const key = lineKey(present);
  return lineKey(wanted) === key || (hasDash(present) && keyWithDashes(wanted) === key);
}

/** The key of a line whose doubled hyphens stand for dashes. */
export function keyWithDashes(line: string): string {
  return lineKey(line).replace(/-{2,3}/g, '-');
}

/** Whether a line has a typographic dash. */
export function hasDash(line: string): boolean {
  return /[\u2012-\u2015]/.test(line);
}

/** How two lines with one key differ. */
export function lineTolerance(wanted: string, present: string): Tolerance {
  const stated = wanted.replace(/^\uFEFF/, '');
  if (stated === present) return 'exact';
  if (stated.trimEnd() === present.trimEnd()) return 'trailing';
  return stated.trim() === present.trim() ? 'indentation' : 'punctuation';
}

/** From the closest match to the loosest. */
export const tolerances: readonly Tolerance[] = [
  'exact',
  'trailing',
  'indentation',
  'punctuation',
  'elided',
  'altered',
];

/** The looser of two. */
export function looser(left: Tolerance, right: Tolerance): Tolerance {
  return tolerances.indexOf(left) < tolerances.indexOf(right) ? right : left;
}

/** How much a line with this key shows about a place, 0 to 1: brackets and blank lines stand everywhere. */
export function lineWeight(key: string): number {
  if (key === '') return 0.1;
  const nLetters = key.replace(/[^\p{L}\p{N}]/gu, '').length;
  if (nLetters === 0) return 0.2;
  return Math.min(1, 0.4 + nLetters / 20);
}

const dots = String.raw`(?:\.{3,}|…)`;
const opener = String.raw`(?:\/\/|#|--|;|%|\/\*|<!--|\{\/\*|"""|\*)`;
const closer = String.raw`(?:\*\/\}?|-->|""")`;
const elision = new RegExp(
  String.raw`^(?:${opener}\s*${dots}.*|${opener}\s*[\w\s',-]*${dots}\s*${closer}?|[([]?${dots}[)\]]?|${dots}[\w\s',()-]+${dots})$`,
);

/** Whether a line of a patch may stand for lines that were left out: `...`, `// ... existing code ...`, `# ... rest of the function`. */
export function isElision(line: string): boolean {
  return elision.test(line.trim());
}
