import type { Statement } from './documents.ts';
import { clip, type Problem } from './problem.ts';
import type { Spec } from './spec.ts';

interface Use {
  count: number;
  readonly path: string;
  readonly line: number;
}

/** Forms of one term: how it is written -> how often, and where first. */
type Forms = Map<string, Use>;

interface Sentence {
  readonly text: string;
  readonly path: string;
  readonly line: number;
}

/** Most drifting terms reported. */
const TERM_CAP = 50;
/** Characters of one line that are read for terms. */
const LINE_CAP = 5_000;

/**
 * Terms written in more than one way: "rate limit", "rate-limit" and "ratelimit", or backticked identifiers that differ only in case. Reported
 * once per term, where the rarer form first stands. Infos: both forms may be meant.
 */
export function terminologyProblems(spec: Spec, statements: readonly Statement[]): readonly Problem[] {
  const sentences: readonly Sentence[] = [
    ...spec.passages.flatMap((passage) =>
      passage.lines.map((line) => ({ text: line.text, path: spec.path, line: line.line })),
    ),
    ...statements.filter((statement) => statement.path !== spec.path),
  ].map((sentence) => ({ text: sentence.text.slice(0, LINE_CAP), path: sentence.path, line: sentence.line }));
  return [...drifting(compoundTerms(sentences)), ...drifting(identifiers(sentences))].slice(0, TERM_CAP);
}

function drifting(terms: ReadonlyMap<string, Forms>): readonly Problem[] {
  return [...terms.values()]
    .filter((forms) => forms.size > 1)
    .map((forms): Problem => {
      const ordered = [...forms].toSorted(([, left], [, right]) => right.count - left.count);
      const names = ordered.slice(0, 5).map(([form, use]) => `"${clip(form, 60)}" (${use.count})`);
      const rarest = ordered.at(-1)?.[1];
      const message = `One term, written ${forms.size} ways: ${names.join(', ')}.`;
      return {
        rule: 'terminology-drift',
        severity: 'info',
        message,
        path: rarest?.path ?? '',
        line: rarest?.line ?? 1,
      };
    });
}

/** Words no term begins or ends with, and particles: "log in" and "login", "set up" and "setup" are verb and noun. */
const LOOSE = new Set(
  'a an the of to in on at by for from with and or not no is are be was may can it its as if so any some every each other this that than then when up out off down over back away through into must shall should will'.split(
    ' ',
  ),
);

/** Key (letters only, lower case, singular) -> forms, for terms of two words; forms are lower case, so a capital at a sentence's start is no drift. */
function compoundTerms(sentences: readonly Sentence[]): ReadonlyMap<string, Forms> {
  const terms = new Map<string, Forms>();
  const singles = new Map<string, Forms>();
  for (const sentence of sentences) {
    const text = sentence.text.replace(/`[^`]*`/gu, ' . ').toLowerCase();
    let previous: { readonly word: string; readonly end: number } | undefined;
    for (const match of text.matchAll(/\p{L}[\p{L}\p{N}]*(?:-\p{L}[\p{L}\p{N}]*)*/gu)) {
      const word = match[0];
      const parts = word.split('-');
      const [left, right] = parts;
      if (parts.length === 2 && isTerm(left, right)) addUse(terms, keyOf(word), singular(word), sentence);
      if (parts.length === 1) {
        addUse(singles, keyOf(word), singular(word), sentence);
        const isAdjacent = previous !== undefined && /^[ \t]$/u.test(text.slice(previous.end, match.index));
        if (isAdjacent && isTerm(previous?.word, word)) {
          const pair = `${previous?.word ?? ''} ${word}`;
          addUse(terms, keyOf(pair), singular(pair), sentence);
        }
      }
      previous = parts.length === 1 ? { word, end: match.index + word.length } : undefined;
    }
  }
  for (const [key, forms] of terms) {
    for (const [form, use] of singles.get(key) ?? []) forms.set(form, use);
  }
  return terms;
}

function isTerm(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined || LOOSE.has(left) || LOOSE.has(right)) return false;
  return left.length >= 2 && right.length >= 2 && left.length + right.length >= 6;
}

function identifiers(sentences: readonly Sentence[]): ReadonlyMap<string, Forms> {
  const terms = new Map<string, Forms>();
  for (const sentence of sentences) {
    for (const match of sentence.text.matchAll(/`([\p{L}_$][\p{L}\p{N}_$]{1,80})`/gu)) {
      const name = match[1] ?? '';
      addUse(terms, name.toLowerCase(), name, sentence);
    }
  }
  return terms;
}

function addUse(terms: Map<string, Forms>, key: string, form: string, sentence: Sentence): void {
  const forms = terms.get(key) ?? new Map<string, Use>();
  terms.set(key, forms);
  const use = forms.get(form);
  if (use === undefined) forms.set(form, { count: 1, path: sentence.path, line: sentence.line });
  else use.count += 1;
}

function keyOf(term: string): string {
  return singular(term).replace(/[^\p{L}\p{N}]/gu, '');
}

function singular(term: string): string {
  return /[^s]s$/u.test(term) && term.length > 4 ? term.slice(0, -1) : term;
}
