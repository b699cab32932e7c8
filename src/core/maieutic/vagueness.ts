import type { Problem } from '../spec/problem.ts';
import type { Spec } from '../spec/spec.ts';

/** Rules of the spec's lint that tell of something left open. The errors among its rules stop a run by themselves. */
const VAGUE_RULES: ReadonlySet<string> = new Set([
  'vague-language',
  'unmeasured-quantifier',
  'time-ambiguity',
  'scenario-without-outcome',
]);

/** Places that one check is asked about: the gravest stand first in the text anyway. */
const PLACES = 12;

/** A place of the spec that leaves something open, with the words that stand there. */
export interface VaguePlace {
  readonly line: number;
  readonly message: string;
  readonly words: string;
}

/** Where the lint found the spec vague, in the order of the text, at most PLACES. */
export function vaguePlaces(spec: Spec, problems: readonly Problem[]): readonly VaguePlace[] {
  const words = new Map(spec.passages.flatMap(({ lines }) => lines.map(({ line, text }) => [line, text] as const)));
  return problems
    .filter(({ rule, severity }) => severity === 'warning' && VAGUE_RULES.has(rule))
    .slice(0, PLACES)
    .map(({ line, message }) => ({ line, message, words: words.get(line) ?? '' }));
}
