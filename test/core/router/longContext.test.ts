import assert from 'node:assert/strict';
import { librarianWindow } from '../../../src/core/router/longContext.ts';
import { configurationSchema } from '../../../src/core/settings.ts';

const worker = (context: number, more: object = {}) => ({
  provider: 'openai-chat',
  model: 'm',
  context_tokens: context,
  max_output_tokens: 8_000,
  ...more,
});
const WORKERS = {
  home: worker(32_000, { local: true }),
  bigger: worker(64_000, { local: true }),
  long: worker(400_000),
  short: worker(20_000),
};

function check(routing: object, tokens: number, expected: number, more: object = {}): void {
  const policy = configurationSchema.parse({ workers: WORKERS, routing, ...more });
  assert.equal(librarianWindow('plan', policy, tokens), expected);
}

describe('the tokens that a librarian is asked with', () => {
  const both = { librarian: ['home', 'bigger', 'long', 'short'], librarian_long_context_tokens: 50_000 };

  it('are what the largest local worker holds, up to the stated size', () => {
    check(both, 1_000, 56_000);
    check(both, 50_000, 56_000);
    check({ implementer: ['long', 'home'] }, 200_000, 24_000);
  });

  it('are what the one with the long context holds past it', () => {
    check(both, 50_001, 392_000);
    check({ ...both, librarian: ['long'] }, 50_001, 392_000);
  });

  it('are never those of a worker that must not be called, or holds less than the stated size', () => {
    check(both, 90_000, 56_000, { calls: { local_only: true } });
    check({ ...both, librarian: ['home', 'short'] }, 90_000, 24_000);
  });

  it('are as many as there are where nobody would be asked: the router says why', () => {
    check({ ...both, librarian: ['long'] }, 1_000, Infinity);
    check({ ...both, librarian: ['short'] }, 90_000, Infinity);
  });
});
