import assert from 'node:assert/strict';
import type { Usage } from '../../../src/core/ports.ts';
import { usageOfChat, usageOfMessages, usageOfResponses } from '../../../src/node/models/usage.ts';

type Case = readonly [name: string, told: unknown, expected: Usage | undefined];

function describeCases(name: string, read: (told: unknown) => Usage | undefined, cases: readonly Case[]): void {
  describe(name, () => {
    for (const [label, told, expected] of cases) it(label, () => assert.deepEqual(read(told), expected));
  });
}

const chat = (more: object): object => ({ prompt_tokens: 10, completion_tokens: 5, ...more });

describeCases('usageOfChat', usageOfChat, [
  ['totals', chat({}), { input: 10, output: 5 }],
  [
    'all details',
    chat({
      prompt_tokens_details: { cached_tokens: 6, cache_write_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 3 },
    }),
    { input: 10, output: 5, cachedInput: 6, cacheWrite: 2, reasoning: 3 },
  ],
  ['reasoning at the top level', chat({ reasoning_tokens: 3 }), { input: 10, output: 5, reasoning: 3 }],
  ['null details', chat({ prompt_tokens_details: null }), { input: 10, output: 5 }],
  [
    'everything cached',
    chat({ prompt_tokens_details: { cached_tokens: 10 } }),
    { input: 10, output: 5, cachedInput: 10 },
  ],
  ['more cached than read', chat({ prompt_tokens_details: { cached_tokens: 11 } }), { input: 10, output: 5 }],
  ['more reasoning than written', chat({ reasoning_tokens: 6 }), { input: 10, output: 5 }],
  ['a negative part', chat({ prompt_tokens_details: { cached_tokens: -1 } }), { input: 10, output: 5 }],
  ['zero', { prompt_tokens: 0, completion_tokens: 0 }, { input: 0, output: 0 }],
  ['100 million', { prompt_tokens: 100_000_000, completion_tokens: 1 }, { input: 100_000_000, output: 1 }],
  ['more than 100 million', { prompt_tokens: 100_000_001, completion_tokens: 1 }, undefined],
  ['negative', { prompt_tokens: -1, completion_tokens: 5 }, undefined],
  ['a fraction', { prompt_tokens: 1.5, completion_tokens: 5 }, undefined],
  ['a text', { prompt_tokens: '10', completion_tokens: 5 }, undefined],
  ['one total missing', { prompt_tokens: 10 }, undefined],
  ['null', null, undefined],
  ['nothing', undefined, undefined],
]);

describeCases('usageOfResponses', usageOfResponses, [
  [
    'all details',
    {
      input_tokens: 10,
      output_tokens: 5,
      input_tokens_details: { cached_tokens: 6, cache_write_tokens: 2 },
      output_tokens_details: { reasoning_tokens: 3 },
    },
    { input: 10, output: 5, cachedInput: 6, cacheWrite: 2, reasoning: 3 },
  ],
  ['null', null, undefined],
]);

describeCases('usageOfMessages', usageOfMessages, [
  ['no cache', { input_tokens: 10, output_tokens: 5 }, { input: 10, output: 5 }],
  [
    'a cache, which input_tokens leaves out',
    { input_tokens: 10, cache_read_input_tokens: 600, cache_creation_input_tokens: 40, output_tokens: 5 },
    { input: 650, output: 5, cachedInput: 600, cacheWrite: 40 },
  ],
  [
    'null caches',
    { input_tokens: 10, cache_read_input_tokens: null, cache_creation_input_tokens: null, output_tokens: 5 },
    { input: 10, output: 5 },
  ],
  [
    'thinking',
    { input_tokens: 10, output_tokens: 5, output_tokens_details: { thinking_tokens: 4 } },
    { input: 10, output: 5, reasoning: 4 },
  ],
  ['a negative cache', { input_tokens: 10, cache_read_input_tokens: -1, output_tokens: 5 }, undefined],
  ['a sum over 100 million', { input_tokens: 6e7, cache_read_input_tokens: 6e7, output_tokens: 5 }, undefined],
  ['no output', { input_tokens: 10 }, undefined],
]);
