import assert from 'node:assert/strict';
import { keyChoices, whyNoKeyName } from '../../../src/extension/models/keyNames.ts';

describe('the names of keys', () => {
  it('are offered once each, those in use first, with where each key is', () =>
    assert.deepEqual(
      keyChoices({
        used: ['B_KEY', 'A_KEY', 'C_KEY'],
        stored: ['A_KEY', 'OLD_KEY'],
        known: ['OPENAI_API_KEY', 'B_KEY', 'GEMINI_API_KEY'],
        environment: { B_KEY: 'x', OPENAI_API_KEY: 'secret', C_KEY: ' ', A_KEY: 'y' },
      }),
      [
        { name: 'B_KEY', description: 'used by a worker, in the environment' },
        { name: 'A_KEY', description: 'used by a worker, stored' },
        { name: 'C_KEY', description: 'used by a worker, missing' },
        { name: 'OLD_KEY', description: 'stored' },
        { name: 'OPENAI_API_KEY', description: 'in the environment' },
        { name: 'GEMINI_API_KEY', description: '' },
      ],
    ));

  for (const name of ['A', 'OPENAI_API_KEY', '_x9'])
    it(`may be ${name}`, () => assert.equal(whyNoKeyName(name), undefined));
  for (const name of ['', '9A', 'a-b', 'sk-ant-api03', 'a b', 'x'.repeat(101)])
    it(`may not be ${JSON.stringify(name.slice(0, 20))}`, () => assert.equal(typeof whyNoKeyName(name), 'string'));
});
