import assert from 'node:assert/strict';
import { sentBody } from '../../../src/core/policy/sentBody.ts';
import { workerSchema } from '../../../src/core/settings.ts';

const BODY = { temperature: 0.2, top_k: 5, thinking: { type: 'disabled' }, service: 'x' };

function check(worker: object, leftOut: readonly string[]): void {
  it(`${JSON.stringify(worker)}: without ${leftOut.join(', ') || 'nothing'}`, () => {
    const sent = sentBody(workerSchema.parse({ provider: 'anthropic', model: 'm', ...worker, extra_body: BODY }));
    assert.deepEqual(
      sent.leftOut.map(({ parameter }) => parameter),
      leftOut,
    );
    assert.deepEqual(
      Object.keys(sent.body),
      Object.keys(BODY).filter((name) => !leftOut.includes(name)),
    );
  });
}

describe('what is sent of extra_body', () => {
  check({ model: 'claude-haiku-5-5' }, ['temperature', 'top_k']);
  check({ model: 'claude-opus-5-5' }, ['temperature', 'top_k', 'thinking']);
  check({ model: 'claude-opus-5-5-20261021' }, ['temperature', 'top_k', 'thinking']);
  check({ model: 'claude-opus-5' }, ['temperature', 'top_k']);
  check({ model: 'anthropic/claude-sonnet-5-5', base_url: 'https://proxy.example' }, ['temperature', 'top_k']);
  check({ model: 'deepseek-flash', base_url: 'https://api.deepseek.com/anthropic' }, []);
  check({ model: 'gpt-6-luna', provider: 'openai-chat' }, []);
});
