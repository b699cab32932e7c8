import assert from 'node:assert/strict';
import { sha256 } from '../../../src/base/hash.ts';
import { frozenConfiguration, policySnapshot } from '../../../src/core/policy/snapshot.ts';
import { configurationSchema } from '../../../src/core/settings.ts';

const configuration = configurationSchema.parse({});
const snapshot = policySnapshot(configuration, { plan: 'aa', audit: 'bb' }, 'v1');

describe('a policy snapshot', () => {
  it('is canonical JSON of all that decides, with the hash of its bytes', () => {
    assert.equal(snapshot.sha256, sha256(snapshot.json));
    assert.deepEqual(JSON.parse(snapshot.json), {
      version: 1,
      configuration,
      prompts: { plan: 'aa', audit: 'bb' },
      prices: 'v1',
    });
    assert.match(snapshot.json, /^\{"configuration":\{"advisers":\{.*?\},"budget":\{"day_dollars":20,"run_dollars":2,/);
  });

  it('does not depend on the order keys were written in', () => {
    const reversed = configurationSchema.parse(Object.fromEntries(Object.entries(configuration).reverse()));
    assert.deepEqual(policySnapshot(reversed, { audit: 'bb', plan: 'aa' }, 'v1'), snapshot);
  });

  it('changes with every part of the policy', () => {
    const others = [
      policySnapshot(
        { ...configuration, gates: { ...configuration.gates, critic: false } },
        { plan: 'aa', audit: 'bb' },
        'v1',
      ),
      policySnapshot(configuration, { plan: 'aa', audit: 'bc' }, 'v1'),
      policySnapshot(configuration, { plan: 'aa' }, 'v1'),
      policySnapshot(configuration, { plan: 'aa', audit: 'bb' }, 'v2'),
    ];
    assert.equal(new Set([snapshot, ...others].map((one) => one.sha256)).size, 5);
  });

  it('of before there were reviewers asks none, and a later one is what it was', () => {
    const { advisers, ...before } = configuration;
    const none = { ...advisers, security_review: 'never', performance_review: 'never', librarian: false, tutor: false };
    assert.deepEqual(frozenConfiguration(before), { ...configuration, advisers: none });
    const { librarian: _, ...known } = advisers;
    const without = { ...configuration, advisers: { ...advisers, librarian: false } };
    assert.deepEqual(frozenConfiguration({ ...configuration, advisers: known }), without);
    assert.deepEqual(frozenConfiguration(configuration), configuration);
  });
});
