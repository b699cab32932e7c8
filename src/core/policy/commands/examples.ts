import { quoted } from './decision.ts';
import { type CommandRule, matchRule } from './rule.ts';
import { splitWords } from './splitWords.ts';

/** An example of a rule that the rule does not do justice to. Indices count from 0. */
export interface ExampleProblem {
  readonly index: number;
  readonly list: 'match' | 'notMatch';
  readonly example: number;
  readonly rule: 'failed-example';
  readonly message: string;
}

/** Holds rules against their own examples. */
export function exampleProblems(rules: readonly CommandRule[]): readonly ExampleProblem[] {
  return rules.flatMap((rule, index) =>
    (['match', 'notMatch'] as const).flatMap((list) =>
      rule[list].flatMap((text, example): readonly ExampleProblem[] => {
        const message = problemOf(rule, list, text);
        return message === undefined ? [] : [{ index, list, example, rule: 'failed-example', message }];
      }),
    ),
  );
}

function problemOf(rule: CommandRule, list: 'match' | 'notMatch', text: string): string | undefined {
  const split = splitWords(text);
  if (split.kind === 'error')
    return `The rule ${rule.id} has an example that cannot be read, ${quoted(text)}: ${split.error}.`;
  const words = split.value.map((word) => ({ kind: 'literal' as const, text: word }));
  const found = matchRule(rule, words, undefined);
  if ((found.kind === 'match') === (list === 'match')) return undefined;
  if (list === 'notMatch')
    return `The rule ${rule.id} speaks about ${quoted(text)}, which not_match says it must not. Narrow its pattern, or move the example.`;
  const why = found.kind === 'near' ? `: ${found.text}` : '';
  return `The rule ${rule.id} does not speak about ${quoted(text)}, which match says it has to${why}. Widen its pattern, or move the example.`;
}
