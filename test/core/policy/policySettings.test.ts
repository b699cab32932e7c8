import assert from 'node:assert/strict';
import { policyDifferences, policySettings } from '../../../src/core/policy/policySettings.ts';
import { type Configuration, configurationSchema } from '../../../src/core/settings.ts';

const frozen = (configuration: Configuration, more: object = {}) => ({
  sha256: '0',
  configuration,
  prompts: 'p1',
  prices: '2026-11-01',
  decided: [],
  ...more,
});
const workers = { strong: { provider: 'anthropic', model: 'large' } };

describe('the settings of a policy', () => {
  it('are all there, each with whether it is the default', () => {
    const settings = policySettings(configurationSchema.parse({ workers, budget: { run_dollars: 3 } }));
    const found = (path: string) => settings.find((setting) => setting.path === path);
    assert.deepEqual(['budget.run_dollars', 'budget.day_dollars', 'workers.strong.model', 'routing.judge'].map(found), [
      { path: 'budget.run_dollars', value: '3', isDefault: false },
      { path: 'budget.day_dollars', value: '20', isDefault: true },
      { path: 'workers.strong.model', value: '"large"', isDefault: false },
      { path: 'routing.judge', value: '[]', isDefault: true },
    ]);
  });

  it('are compared one by one, with prompts and prices', () => {
    const before = frozen(configurationSchema.parse({ workers }));
    assert.deepEqual(policyDifferences(before, before), []);
    const changed = configurationSchema.parse({ gates: { critic: false }, tiers: { X: { climb: false } } });
    const after = frozen(changed, { prompts: 'p2' });
    const differences = policyDifferences(before, after);
    assert.deepEqual(
      differences.filter(({ path }) => !path.startsWith('workers.strong.') || path === 'workers.strong.model'),
      [
        { path: '(prompts)', before: 'p1', after: 'p2' },
        { path: 'gates.critic', before: 'true', after: 'false' },
        { path: 'tiers.X.climb', before: undefined, after: 'false' },
        { path: 'tiers.X.commands', before: undefined, after: '[]' },
        { path: 'workers.strong.model', before: '"large"', after: undefined },
      ],
    );
  });
});
