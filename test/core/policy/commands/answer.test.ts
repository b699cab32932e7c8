import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parse } from 'smol-toml';
import { ruleOfAnswer, ruleText } from '../../../../src/core/policy/commands/answer.ts';
import { exampleProblems } from '../../../../src/core/policy/commands/examples.ts';
import { splitWords } from '../../../../src/core/policy/commands/splitWords.ts';
import { writtenRule } from '../../../../src/core/policy/commands/writtenRule.ts';
import { configurationSchema } from '../../../../src/core/settings.ts';
import { judgeOf } from '../../../support/commandCorpus.ts';

describe('an answer about a command', () => {
  it('becomes a rule about exactly these words, which a configuration file can hold', async () => {
    const rule = ruleOfAnswer(['git', 'commit', '-m', "it's"], 'always', 'Ada');
    assert.deepEqual(rule, {
      id: rule.id,
      pattern: ['git', 'commit', '-m', "it's"],
      exact: true,
      decision: 'allow',
      justification: 'Ada answered so for good',
      match: ["git commit -m 'it'\\''s'"],
      not_match: [],
    });
    const read = configurationSchema.parse(parse(ruleText(rule)));
    assert.deepEqual(read.commands.rules, [rule]);
    const judge = await judgeOf({ rules: [writtenRule(rule)] });
    assert.equal(judge.line('git commit -m "it\'s"').kind, 'allow');
    assert.equal(judge.line('git commit -m "it\'s" --amend').kind, 'forbid');
  });

  it('holds for any words: its own example fits it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 }), (words) => {
        const rule = ruleOfAnswer(words, 'never', 'Ada');
        assert.deepEqual(exampleProblems([writtenRule(rule)]), []);
        assert.deepEqual(configurationSchema.parse(parse(ruleText(rule))).commands.rules, [rule]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the words of an example', () => {
  const cases: Readonly<Record<string, readonly string[] | 'error'>> = {
    'git status': ['git', 'status'],
    '  a  b ': ['a', 'b'],
    'echo \'a b\' "c d" e\\ f': ['echo', 'a b', 'c d', 'e f'],
    'a\'b\'"c"d': ['abcd'],
    "''": [''],
    'ls *': ['ls', '*'],
    'a; b': 'error',
    'a | b': 'error',
    'a $x': 'error',
    'a "$x"': 'error',
    'a `b`': 'error',
    "a 'b": 'error',
    '': 'error',
    '   ': 'error',
  };
  for (const [text, expected] of Object.entries(cases)) {
    it(`of ${JSON.stringify(text)}`, () => {
      const split = splitWords(text);
      assert.deepEqual(split.kind === 'ok' ? split.value : 'error', expected);
    });
  }
});
