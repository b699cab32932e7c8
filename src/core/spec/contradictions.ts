import type { Statement } from './documents.ts';
import { withoutInlineCode } from './markdownLines.ts';
import { clip, type Problem } from './problem.ts';
import type { Requirement } from './spec.ts';

/** Two ways that exclude each other. Each side is matched as a whole word in any letter case. */
interface Opposites {
  readonly name: string;
  readonly left: RegExp;
  readonly right: RegExp;
}

const OPPOSITES: readonly Opposites[] = [
  // "an optional label" describes a thing; only what makes the whole statement optional opposes MUST.
  {
    name: 'must / optional',
    left: side('must(?! not)|shall(?! not)|mandatory|(?:is|are) required'),
    right: side('(?:is|are|be) optional|optionally|nice to have|(?:is|are) not required'),
  },
  { name: 'real-time / batch', left: side('real[- ]?time'), right: side('batch(?:es|ed)?|nightly') },
  {
    name: 'synchronous / asynchronous',
    left: side('synchronous(?:ly)?|sync (?:call|mode|api|request)s?'),
    right: side('asynchronous(?:ly)?|async'),
  },
];

function side(alternatives: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${alternatives})(?![\\p{L}\\p{N}_])`, 'giu');
}

/** What turns a word round when it stands before it in the same clause. */
const NEGATION =
  /(?<![\p{L}\p{N}])(?:not|no|never|without|instead of|rather than|neither|nor|than)(?![\p{L}\p{N}])[^.;:,]{0,25}$/iu;

/** Characters of a statement that are compared. */
const TEXT_CAP = 4_000;

/**
 * Statements about the same id of which one takes one side of a pair and another the other. A statement that names both sides speaks about
 * the choice and takes neither; a negated side does not count. One problem per id and pair, at the later statement.
 */
export function contradictionProblems(statements: readonly Statement[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const opposites of OPPOSITES) {
    const first = new Map<string, { left?: Statement; right?: Statement; isReported: boolean }>();
    for (const statement of statements) {
      const taken = sideTaken(opposites, statement.text);
      if (taken === undefined) continue;
      for (const subject of new Set(statement.subjects)) {
        const sides = first.get(subject) ?? { isReported: false };
        first.set(subject, sides);
        sides[taken] ??= statement;
        const other = taken === 'left' ? sides.right : sides.left;
        if (other === undefined || sides.isReported) continue;
        sides.isReported = true;
        problems.push(contradiction(subject, opposites, other, statement));
      }
    }
  }
  return problems;
}

function contradiction(subject: string, opposites: Opposites, earlier: Statement, later: Statement): Problem {
  const where =
    earlier.label === later.label ? `line ${earlier.line}` : `${earlier.label} (${earlier.path}:${earlier.line})`;
  const message = `${clip(subject, 60)}: ${clip(later.label, 80)} and ${clip(where, 200)} contradict each other (${opposites.name}).`;
  return { rule: 'contradiction', severity: 'error', message, path: later.path, line: later.line };
}

function sideTaken(opposites: Opposites, statement: string): 'left' | 'right' | undefined {
  const text = withoutInlineCode(statement.slice(0, TEXT_CAP)).replace(/\*\*|__/gu, '');
  const left = takes(opposites.left, text);
  const right = takes(opposites.right, text);
  if (left === right) return undefined;
  return left ? 'left' : 'right';
}

function takes(pattern: RegExp, text: string): boolean {
  for (const match of text.matchAll(pattern)) {
    if (!NEGATION.test(text.slice(Math.max(0, match.index - 40), match.index))) return true;
  }
  return false;
}

/** Requirements with one and the same text but for case, punctuation and white space. */
export function duplicateTextProblems(requirements: readonly Requirement[]): readonly Problem[] {
  const first = new Map<string, Requirement>();
  return requirements.flatMap((requirement): readonly Problem[] => {
    const key = requirement.text
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .join(' ')
      .trim();
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, requirement);
    if (key === '' || earlier === undefined || earlier.id === requirement.id) return [];
    const message = `${requirement.id} says the same as ${earlier.id} on line ${earlier.line}.`;
    return [
      { rule: 'duplicate-requirement', severity: 'warning', message, path: requirement.path, line: requirement.line },
    ];
  });
}
