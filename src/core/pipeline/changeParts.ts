import type { FileDifference } from '../ports.ts';
import { fileDifferenceText } from './prose.ts';

/** Characters of a change in one request of a reviewer. */
export const PART_CAP = 60_000;
/** Most requests in which one reviewer reads one change. */
const MOST_PARTS = 8;

/** A change as reviewers read it: all of it, in parts that each fit one request. `unread` are the files that did not fit into MOST_PARTS. */
export interface ChangeParts {
  readonly parts: readonly string[];
  readonly unread: readonly string[];
}

/** Whole files together while they fit; one that is larger by itself is cut at the ends of lines. */
export function changeParts(differences: readonly FileDifference[], cap = PART_CAP): ChangeParts {
  const pieces = differences.flatMap((difference) =>
    cutAtLines(fileDifferenceText(difference), cap).map((text) => ({
      path: difference.path,
      text,
    })),
  );
  const parts: { text: string; readonly paths: Set<string> }[] = [];
  for (const { path, text } of pieces) {
    const last = parts.at(-1);
    if (last !== undefined && last.text.length + 1 + text.length <= cap) {
      last.text += `\n${text}`;
      last.paths.add(path);
    } else parts.push({ text, paths: new Set([path]) });
  }
  const unread = parts.slice(MOST_PARTS).flatMap(({ paths }) => [...paths]);
  return { parts: parts.slice(0, MOST_PARTS).map(({ text }) => text), unread: [...new Set(unread)] };
}

/** The text in pieces of at most `cap` characters. A line that is longer than that is cut within. */
function cutAtLines(text: string, cap: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > cap) {
    const end = rest.lastIndexOf('\n', cap - 1);
    const length = end > 0 ? end + 1 : cap;
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...pieces, rest];
}
