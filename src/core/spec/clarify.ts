import { err, ok, type Result } from '../../base/result.ts';
import { parseSpec } from './parse.ts';
import { clip } from './problem.ts';
import type { ClarificationMarker } from './spec.ts';

export type ClarificationError =
  | { readonly kind: 'unknownMarker'; readonly markerId: string; readonly open: readonly string[] }
  | { readonly kind: 'emptyAnswer'; readonly markerId: string }
  | { readonly kind: 'answeredTwice'; readonly markerId: string };

export interface ClarificationAnswer {
  /** The id the marker has in the text as given: `CLR-001` is the first. */
  readonly markerId: string;
  readonly answer: string;
}

/** Marker ids listed in an error. */
const OPEN_CAP = 20;

/** The text with one marker replaced by its answer; see applyClarifications. */
export function applyClarification(text: string, markerId: string, answer: string): Result<string, ClarificationError> {
  return applyClarifications(text, [{ markerId, answer }]);
}

/**
 * The text with the named markers replaced by their answers and every other byte (line ends, byte order mark) as it was. All answers refer to
 * the ids of the text as given: ids count in order, so answering one by one would shift them. An answer's line breaks become
 * spaces, since a marker stands inside a sentence. Nothing is replaced when any answer cannot be.
 */
export function applyClarifications(
  text: string,
  answers: readonly ClarificationAnswer[],
): Result<string, ClarificationError> {
  const { spec } = parseSpec({ path: 'spec.md', text });
  const markers = new Map(spec.clarifications.map((marker) => [marker.id, marker]));
  const replacements: { readonly marker: ClarificationMarker; readonly answer: string }[] = [];
  const answered = new Set<string>();
  for (const { markerId, answer } of answers) {
    const marker = markers.get(markerId);
    const flat = flatten(answer);
    if (marker === undefined)
      return err({ kind: 'unknownMarker', markerId, open: [...markers.keys()].slice(0, OPEN_CAP) });
    if (flat === '') return err({ kind: 'emptyAnswer', markerId });
    if (answered.has(markerId)) return err({ kind: 'answeredTwice', markerId });
    answered.add(markerId);
    replacements.push({ marker, answer: flat });
  }
  let result = '';
  let position = 0;
  for (const { marker, answer } of replacements.toSorted((left, right) => left.marker.start - right.marker.start)) {
    result += text.slice(position, marker.start) + answer;
    position = marker.end;
  }
  return ok(result + text.slice(position));
}

/** One question and its answer, as it goes into clarifications.md. `answeredOn` is an ISO date, `answeredBy` a name or a role. */
export interface ClarificationEntry {
  readonly markerId: string;
  readonly question: string;
  readonly answer: string;
  readonly answeredOn: string;
  readonly answeredBy: string;
}

/** Characters of a question, and of an answer, that are kept in clarifications.md. */
const ENTRY_LENGTH = 2_000;

/** Characters of who answered that are kept: a citation stands there too. */
const BY_LENGTH = 1_200;

/** clarifications.md with one entry, unless it stands there already. */
export function withClarification(existing: string, entry: ClarificationEntry): string {
  return existing.split(/\r?\n/u).includes(lineOf(entry)) ? existing : clarificationsDocument(existing, [entry]);
}

/**
 * clarifications.md with the entries appended below a heading per day, each `- Q: … → A: …` as in spec-kit's sessions. What stands there is
 * kept byte for byte, its line ends (CRLF or LF) used for what is added. An empty document gets a title; no entries change nothing.
 */
export function clarificationsDocument(existing: string, entries: readonly ClarificationEntry[]): string {
  if (entries.length === 0) return existing;
  const lineEnd = existing.includes('\r\n') ? '\r\n' : '\n';
  let day = Array.from(existing.matchAll(/^### Session (\S+)[ \t]*\r?$/gmu)).at(-1)?.[1];
  const lines: string[] = existing.trim() === '' ? ['# Clarifications', ''] : [];
  for (const entry of entries) {
    if (entry.answeredOn !== day)
      lines.push(...(lines.at(-1) === '' ? [] : ['']), `### Session ${entry.answeredOn}`, '');
    day = entry.answeredOn;
    lines.push(lineOf(entry));
  }
  const gap = existing === '' || /[\r\n]$/u.test(existing) ? '' : lineEnd;
  return existing + gap + lines.join(lineEnd) + lineEnd;
}

function lineOf({ markerId, question, answer, answeredBy }: ClarificationEntry): string {
  const asked = clip(question, ENTRY_LENGTH) || '(no question given)';
  return `- ${markerId} Q: ${asked} → A: ${clip(answer, ENTRY_LENGTH)} (${clip(answeredBy, BY_LENGTH)})`;
}

function flatten(answer: string): string {
  return answer
    .split(/[\r\n\u2028\u2029]+/u)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
