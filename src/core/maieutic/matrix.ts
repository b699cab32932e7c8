import type { Magnitude, Resolvability, SettledBy } from '../run/questionFacts.ts';
import type { ClarifyDepth } from '../gateSettings.ts';

/** How sure whoever suggests an answer is. */
export const BANDS = ['high', 'medium', 'low'] as const;
export type Band = (typeof BANDS)[number];

/** Who settles a question: nobody has to (`rule`), a model that cites (`model`), a person, or it is written down and the work goes on (`noted`). */
export type Settler = SettledBy | 'person';

/** Confidence from which on a suggestion counts as sure. */
const HIGH = 0.9;

/** `minimum` is the policy's own: what an owner needs to proceed. */
export function bandOf(confidence: number, minimum: number): Band {
  if (confidence >= Math.max(HIGH, minimum)) return 'high';
  return confidence >= minimum ? 'medium' : 'low';
}

type Row = readonly [high: Settler, medium: Settler, low: Settler];
type Matrix = Readonly<Record<Magnitude, Readonly<Record<Resolvability, Row>>>>;

const ASK: Row = ['person', 'person', 'person'];
const NOTE: Row = ['noted', 'noted', 'noted'];
/** What is critical is a person's at every depth, and so is what only a person knows and is important. */
const CRITICAL: Matrix['critical'] = { 'auto-fix': ASK, 'suggest-fix': ASK, 'need-human': ASK };

/** Every cell, by `gates.clarify_depth`. By rule go at most those four that the gates this grew from let through: they are a suggestion's own word. */
const MATRIX: Readonly<Record<ClarifyDepth, Matrix>> = {
  low: {
    critical: CRITICAL,
    important: {
      'auto-fix': ['rule', 'model', 'model'],
      'suggest-fix': ['model', 'model', 'model'],
      'need-human': ASK,
    },
    minor: { 'auto-fix': ['rule', 'rule', 'noted'], 'suggest-fix': ['rule', 'noted', 'noted'], 'need-human': NOTE },
  },
  normal: {
    critical: CRITICAL,
    important: {
      'auto-fix': ['rule', 'model', 'person'],
      'suggest-fix': ['model', 'model', 'person'],
      'need-human': ASK,
    },
    minor: { 'auto-fix': ['rule', 'rule', 'noted'], 'suggest-fix': ['rule', 'model', 'noted'], 'need-human': NOTE },
  },
  high: {
    critical: CRITICAL,
    important: {
      'auto-fix': ['model', 'model', 'person'],
      'suggest-fix': ['model', 'person', 'person'],
      'need-human': ASK,
    },
    minor: {
      'auto-fix': ['rule', 'model', 'person'],
      'suggest-fix': ['model', 'model', 'person'],
      'need-human': ASK,
    },
  },
};

/** Where a question stands in the matrix. */
export interface MatrixCell {
  readonly depth: ClarifyDepth;
  readonly magnitude: Magnitude;
  readonly resolvability: Resolvability;
  readonly band: Band;
}

/** Who settles it, by the matrix alone: what a model says still has to be cited (settle.ts). */
export function settlerOf({ depth, magnitude, resolvability, band }: MatrixCell): Settler {
  const [high, medium, low] = MATRIX[depth][magnitude][resolvability];
  return { high, medium, low }[band];
}
