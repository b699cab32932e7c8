import assert from 'node:assert/strict';
import { knownModels } from '../../../src/core/ledger/knownModels.ts';
import { PRICE_DATE, priceTable } from '../../../src/core/ledger/priceTable.ts';
import { priceOverrides } from '../../../src/core/policy/userConfigurationSchema.ts';
import { workerSchema } from '../../../src/core/settings.ts';

const worker = (settings: object) => workerSchema.parse({ provider: 'openai-chat', ...settings });

describe('the models that are known', () => {
  it('are those of the table with its day, and a model nobody knows is neither free nor guessed', () => {
    const workers = {
      cheap: worker({ model: 'gpt-6-luna' }),
      dated: worker({ model: 'gpt-6-luna-2026-09-01' }),
      close: worker({ model: 'gpt-6-luna-pro' }),
      near: worker({ model: 'gpt-6-luna', local: true }),
      plan: worker({ model: 'copilot/gpt-9', provider: 'editor' }),
    };
    const known = knownModels(workers, new Map());
    assert.equal(known.priceDate, PRICE_DATE);
    assert.equal(known.models.length, priceTable.size);
    assert.deepEqual(
      known.workers.map(({ pricing }) => pricing),
      ['priced', 'priced', 'unpriced', 'free', 'included'],
    );
    assert.deepEqual(
      known.models.find(({ model }) => model === 'claude-haiku-5-5'),
      {
        model: 'claude-haiku-5-5',
        source: 'table',
        dollars: { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 },
        long: {
          aboveInputTokens: 100_000,
          dollars: { input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625 },
        },
      },
    );
  });

  it("are a person's own first, with their own price for long requests", () => {
    const own = priceOverrides({
      'gpt-6-luna': {
        input_dollars: 1,
        output_dollars: 2,
        long: { above_tokens: 1_000, input_dollars: 3, output_dollars: 4, cache_read_dollars: 0.5 },
        batch: { input_dollars: 0.5, output_dollars: 1 },
      },
    });
    assert.deepEqual(
      knownModels({}, own).models.filter(({ model }) => model === 'gpt-6-luna'),
      [
        {
          model: 'gpt-6-luna',
          source: 'own',
          dollars: { input: 1, output: 2, cacheRead: 1, cacheWrite: 1 },
          batch: { input: 0.5, output: 1, cacheRead: 0.5, cacheWrite: 0.5 },
          long: { aboveInputTokens: 1_000, dollars: { input: 3, output: 4, cacheRead: 0.5, cacheWrite: 3 } },
        },
      ],
    );
  });
});
