import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { standsAgainst } from '../../../src/core/gates/standsAgainst.ts';

const folder = path.resolve(import.meta.dirname, '../../../src/core/gates');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(path.join(folder, file), 'utf8'))
  .join('\n');

/** Rule ids that stand beside the effect PROCEED in the sources, those built from a level written out. */
const letting = [...sources.matchAll(/effect: PROCEED, rule: '([^']+)'/g)].map(([, rule]) => rule ?? '');

describe('what stands against the work', () => {
  it('is nothing that a rule lets through', () => {
    assert.ok(letting.length > 15);
    // A project without checks is let through at implement and asked about at validate: a person has to hear of it.
    const rules = [...new Set(letting), 'low-risk', 'accepted:low-confidence'].filter((rule) => rule !== 'no-checks');
    assert.deepEqual(standsAgainst(rules.map((rule) => ({ rule, text: rule }))), []);
  });

  it('is everything else, in its order', () => {
    const reasons = ['check-failed', 'outside-plan', 'patch-applied', 'advice'].map((rule) => ({ rule, text: rule }));
    assert.deepEqual(
      standsAgainst(reasons).map(({ rule }) => rule),
      ['check-failed', 'outside-plan'],
    );
  });

  it('leaves out a proof of new tests that a failed check made impossible', () => {
    const rules = (...names: readonly string[]) =>
      standsAgainst(names.map((rule) => ({ rule, text: rule }))).map(({ rule }) => rule);
    assert.deepEqual(rules('check-failed', 'new-tests-unproven'), ['check-failed']);
    assert.deepEqual(rules('new-tests-unproven', 'tests-intact'), ['new-tests-unproven']);
  });
});
