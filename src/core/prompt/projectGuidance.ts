import type { RepositoryPath } from '../ports.ts';

/** Where a repository tells agents how it is built, tested and written: in its root, under exactly this name. */
export const GUIDANCE_FILE: RepositoryPath = 'AGENTS.md';

/** Characters of it that stand in a prompt: it is sent with every call, and most files of this kind have fewer than 10,000. */
export const GUIDANCE_CAP = 16_000;

/** The text as every prompt of a run holds it, empty where it says nothing, cut at the end of a line, with a mark that says how much is missing. */
export function shownGuidance(text: string): string {
  if (text.trim() === '') return '';
  if (text.length <= GUIDANCE_CAP) return text;
  const head = text.slice(0, GUIDANCE_CAP);
  const lineEnd = head.lastIndexOf('\n');
  // A file that is one long line is cut in it, but never within a pair of code units.
  const end = lineEnd > GUIDANCE_CAP / 2 ? lineEnd + 1 : /[\ud800-\udbff]$/.test(head) ? head.length - 1 : head.length;
  return `${text.slice(0, end)}${lineEnd + 1 === end ? '' : '\n'}${cutMark(text.length - end)}\n`;
}

const cutMark = (nCharacters: number): string =>
  `[${GUIDANCE_FILE} is longer: its last ${nCharacters} characters are not shown]`;
