import assert from 'node:assert/strict';
import { estimateRequestTokens, estimateTokens } from '../../../src/core/ledger/estimate.ts';

const cases: readonly [name: string, text: string, expected: number][] = [
  ['nothing', '', 0],
  ['one letter', 'a', 1],
  ['36 letters', 'a'.repeat(36), 10],
  ['37 letters', 'a'.repeat(37), 11],
  ['Chinese', '规格驱动开发', 6],
  ['Japanese', 'かな漢字', 4],
  ['Korean', '한국어', 3],
  ['mixed', 'abc规格', 3],
  ['emoji', '🚀🚀', 4],
];

describe('a token estimate', () => {
  for (const [name, text, expected] of cases) it(`of ${name}`, () => assert.equal(estimateTokens(text), expected));

  it('of a request counts every part that is sent', () => {
    const empty = { system: '', messages: [], tools: [] };
    const text = 'a'.repeat(36);
    const parts = [
      { ...empty, system: text },
      { ...empty, messages: [{ role: 'user', text }] },
      { ...empty, messages: [{ role: 'assistant', text: '', toolCalls: [{ id: '', name: '', arguments: text }] }] },
      { ...empty, messages: [{ role: 'tool', toolCallId: '', name: '', text }] },
      { ...empty, tools: [{ name: '', description: text, parameters: {} }] },
      { ...empty, tools: [{ name: '', description: '', parameters: { text } }] },
      { ...empty, outputSchema: { name: '', schema: { text } } },
    ] as const;
    assert.equal(estimateRequestTokens(empty), 6);
    for (const part of parts) assert.ok(estimateRequestTokens(part) >= 16, JSON.stringify(part));
  });
});
