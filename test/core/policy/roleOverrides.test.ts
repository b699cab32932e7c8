import assert from 'node:assert/strict';
import { withRoleOverrides, type RoleOverrideMode } from '../../../src/core/policy/roleOverrides.ts';
import { roleSections } from '../../../src/core/policy/roleSections.ts';
import { configurationSchema } from '../../../src/core/settings.ts';

const worker = (model: string, more: object = {}) => ({ provider: 'openai-chat', model, ...more });
const policy = configurationSchema.parse({
  workers: {
    mid: worker('gpt-6.1-terra'),
    strong: worker('gpt-6.1-sol'),
    unknown: worker('nobody-knows-its-price'),
    home: worker('qwen', { local: true, base_url: 'http://127.0.0.1:1/v1' }),
    idle: worker('gpt-6-luna'),
    editor: { provider: 'editor', model: 'copilot/gpt-4o' },
  },
  routing: { architect: ['pair', 'strong'], implementer: ['mid'], judge: ['strong'], critic: ['home', 'unknown'] },
  model_chains: { pair: { primary: 'mid', fallbacks: ['editor'] } },
});

/** `role: chain` of what changed, and how each wish ended. */
function check(
  mode: RoleOverrideMode,
  text: string,
  expected: readonly string[],
  ownWorkers: readonly string[] = [],
): void {
  it(`${mode}: ${JSON.stringify(text)}${ownWorkers.length > 0 ? ` with ${ownWorkers.join(', ')} as one's own` : ''}`, () => {
    const ground = { mode, ownWorkers, prices: new Map() };
    const { configuration, overrides } = withRoleOverrides(policy, roleSections(text), ground);
    const chains = (['architect', 'implementer', 'judge', 'critic'] as const).flatMap((role) =>
      configuration.routing[role].join() === policy.routing[role].join()
        ? []
        : [`${role}: ${configuration.routing[role].join(' ')}`],
    );
    assert.deepEqual([...overrides.map(({ role, kind }) => `${role} ${kind}`), ...chains], expected);
    assert.doesNotThrow(() => configurationSchema.parse(configuration), 'a run can freeze it');
    for (const [name, settings] of Object.entries(configuration.workers)) {
      const from = policy.workers[name.replace(/-for-.*/, '')];
      assert.deepEqual({ ...settings, extra_body: {} }, from, 'no endpoint and no key is another one');
    }
  });
}

describe('the wishes of role sections', () => {
  check('off', '## Architect\nmodel: home\n', ['architect refused']);
  check('cheaper_only', '## Architect\nmodel: home\n', ['architect taken', 'architect: home pair strong']);
  check('cheaper_only', '## Architect\nmodel: gpt-6.1-sol\n', ['architect refused']);
  check('cheaper_only', '## Architect\nmodel: nobody-knows-its-price\n', ['architect refused']);
  check('cheaper_only', '## Builder\nmodel: GPT-6-Luna\n', ['implementer refused']);
  check('cheaper_only', '## Builder\nmodel: GPT-6-Luna\n', ['implementer taken', 'implementer: idle mid'], ['idle']);
  check('cheaper_only', '## Builder\ntemperature: 0.2\n', ['implementer taken', 'implementer: mid-for-implementer']);
  check('cheaper_only', '## Builder\ntemperature: hot\n', ['implementer refused']);
  check('cheaper_only', '## Builder\ntemperature: 3\n', ['implementer refused']);
  check('cheaper_only', '## Builder\ncontext: 10\n', ['implementer refused']);
  check('cheaper_only', '## Builder\ncontext: 32k\n', ['implementer taken']);
  check('cheaper_only', '## Judge\nmodel: idle\n', ['judge refused'], ['idle']);
  check('cheaper_only', '## Critic\nmodel: home\n', ['critic refused']);
  check('any_worker', '## Judge\nmodel: unknown\n', ['judge taken', 'judge: unknown strong']);
  check('any_worker', '## Judge\nmodel: https://evil.example/v1\n', ['judge refused']);
  check('any_worker', '## Judge\nmodel: __proto__\n', ['judge refused']);
  check('any_worker', '## Architect\nmodel: editor\ntemperature: 1\n', [
    'architect refused',
    'architect taken',
    'architect: editor pair strong',
  ]);
  check('any_worker', '## Judge\ncontext: 8k\n', ['judge refused']);
  check(
    'any_worker',
    '## Judge\nmodel: idle\n## Auditor\nmodel: mid\n',
    ['judge taken', 'judge refused', 'judge: idle strong'],
    ['idle'],
  );
  check('any_worker', '## Tester\nmodel: mid\n', ['tester refused']);
});
