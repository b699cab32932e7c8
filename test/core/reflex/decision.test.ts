import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  againstReflex,
  CLOUD_RULES,
  decideReflex,
  isUnavailable,
  STALE_MS,
  type CloudRule,
  type ReflexFacts,
  type ReflexServer,
} from '../../../src/core/reflex/decision.ts';

const HEALTHY: Extract<ReflexServer, { kind: 'healthy' }> = {
  kind: 'healthy',
  isListed: true,
  contextTokens: 32_768,
  version: 'sglang 0.5.23',
  latencyMs: 4,
  ageMs: 1_000,
};

/** Everything speaks for reflex. */
const FACTS: ReflexFacts = {
  stage: 'implement',
  enabled: true,
  model: 'qwen',
  attempts: 'several',
  server: HEALTHY,
  promotion: { kind: 'promoted' },
  risk: { level: 'low', reasons: [] },
  tokens: 20_000,
  failures: 0,
  maxFailures: 3,
  refusal: null,
  turn: 'due',
};

const healthy = (more: Partial<typeof HEALTHY>): Partial<ReflexFacts> => ({ server: { ...HEALTHY, ...more } });

/** One thing that is otherwise than in FACTS, the rule it meets, and what its sentence says. */
const ROWS: readonly (readonly [what: string, facts: Partial<ReflexFacts>, rule: CloudRule, text: RegExp])[] = [
  ['another stage', { stage: 'plan' }, 'not_implement_stage', /implement stage alone/],
  ['it is switched off', { enabled: false }, 'reflex_disabled', /reflex\.enabled/],
  ['a hotfix', { attempts: 'single' }, 'single_attempt', /one attempt/],
  [
    'a server that is down',
    { server: { kind: 'down', why: 'nothing listens' } },
    'server_unhealthy',
    /nothing listens/,
  ],
  [
    'a server nobody looked at',
    { server: { kind: 'unknown', why: 'it was not looked at yet' } },
    'server_unhealthy',
    /not looked at yet/,
  ],
  ['a look that is old', healthy({ ageMs: STALE_MS + 1 }), 'server_unhealthy', /for 60 s/],
  [
    'another model',
    healthy({ isListed: false }),
    'model_not_available',
    /^The server does not list qwen: `speckit reflex models` shows what it lists, and model under \[reflex\] names the one to ask for\.$/,
  ],
  [
    'a server that listed nothing readable',
    healthy({ isListed: undefined }),
    'model_not_available',
    /^The server does not say whether it has qwen\.$/,
  ],
  [
    'no bake-off',
    { promotion: { kind: 'none', why: 'no bake-off has passed' } },
    'not_promoted',
    /no bake-off has passed/,
  ],
  ['high risk', { risk: { level: 'high', reasons: ['It touches login.'] } }, 'high_risk', /touches login/],
  ['a task that does not fit', { tokens: 32_769 }, 'context_too_small', /holds 32768 tokens; 32769/],
  ['a server that does not say what it holds', healthy({ contextTokens: undefined }), 'context_too_small', /not known/],
  ['as many failures as there may be', { failures: 3 }, 'too_many_failures', /left 3 calls in a row/],
  ['one failure where none may be', { failures: 1, maxFailures: 1 }, 'too_many_failures', /left 1 call in a row/],
  ['a budget', { refusal: { rule: 'budget-exhausted', text: 'Nothing is left.' } }, 'not_allowed', /Nothing is left/],
  ['a call that failed for this task', { turn: 'callFailed' }, 'call_failed', /did not answer for this task/],
  ['attempts that failed', { turn: 'failedBefore' }, 'failed_before', /have failed/],
  ['a task somebody else has begun', { turn: 'notFirst' }, 'not_first', /has begun/],
];

describe('whether an attempt is made by reflex', () => {
  it('is so where nothing stands against it', () => {
    const { mode, rule } = decideReflex(FACTS);
    assert.deepEqual([mode, rule, againstReflex(FACTS)], ['reflex', 'healthy_and_promoted', []]);
    assert.equal(decideReflex({ ...FACTS, risk: { level: 'medium', reasons: [] }, tokens: 32_768 }).mode, 'reflex');
  });

  for (const [what, facts, rule, text] of ROWS)
    it(`is not so for ${what}: ${rule}`, () => {
      const decision = decideReflex({ ...FACTS, ...facts });
      assert.deepEqual([decision.mode, decision.rule], ['cloud', rule]);
      assert.match(decision.text, text);
      assert.deepEqual(
        againstReflex({ ...FACTS, ...facts })
          .map((reason) => reason.rule)
          .slice(0, 1),
        [rule],
      );
    });

  it('has a row for every rung', () =>
    assert.deepEqual([...new Set(ROWS.map(([, , rule]) => rule))].sort(), [...CLOUD_RULES].sort()));

  it('tells the first of several, in the order of the rungs', () => {
    const all = Object.assign({}, FACTS, ...ROWS.toReversed().map(([, facts]) => facts)) as ReflexFacts;
    const rules = againstReflex(all).map(({ rule }) => rule);
    assert.deepEqual(
      rules,
      CLOUD_RULES.filter((rule) => rules.includes(rule)),
    );
    assert.equal(decideReflex(all).rule, 'not_implement_stage');
  });

  it('stops a run without a way to the cloud for what keeps reflex away, and not for what it has had its turn at', () =>
    assert.deepEqual(
      CLOUD_RULES.filter((rule) => !isUnavailable(rule)),
      ['not_implement_stage', 'reflex_disabled', 'single_attempt', 'failed_before', 'not_first'],
    ));

  it('never is so where a fact is missing, unknown or no number', () => {
    const facts = Object.keys(FACTS).filter((name) => name !== 'model') as (keyof ReflexFacts)[];
    const odd = fc.constantFrom<unknown>(undefined, Number.NaN, null, '', 'unknown', {}, [], -1);
    fc.assert(
      fc.property(
        fc.subarray(facts, { minLength: 1 }),
        fc.array(odd, { minLength: 12, maxLength: 12 }),
        (gone, values) => {
          const changed = gone.map((name, index) => [
            name,
            name === 'refusal' && values[index] === null ? undefined : values[index],
          ]);
          const decision = decideReflex({ ...FACTS, ...Object.fromEntries(changed) } as ReflexFacts);
          assert.equal(decision.mode, 'cloud', JSON.stringify(Object.fromEntries(changed)));
        },
      ),
      { numRuns: 2_000 },
    );
    const members = Object.keys(HEALTHY).filter((name) => !['kind', 'version', 'latencyMs'].includes(name));
    fc.assert(
      fc.property(fc.subarray(members, { minLength: 1 }), odd, (gone, value) => {
        const server = { ...HEALTHY, ...Object.fromEntries(gone.map((name) => [name, value])) } as ReflexServer;
        assert.equal(decideReflex({ ...FACTS, server }).mode, 'cloud', JSON.stringify(server));
      }),
    );
  });
});
