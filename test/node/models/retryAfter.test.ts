import assert from 'node:assert/strict';
import { retryAfterMs } from '../../../src/node/models/retryAfter.ts';

const NOW = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');

function check(headers: Readonly<Record<string, string>>, expected: number | undefined): void {
  assert.equal(retryAfterMs(new Headers(headers), NOW), expected);
}

describe('retryAfterMs', () => {
  const cases: readonly (readonly [text: string, expected: number | undefined])[] = [
    ['0', 0],
    ['7', 7_000],
    ['1.5', 1_500],
    ['600', 600_000],
    ['86401', 86_400_000],
    ['1000000000', 86_400_000],
    ['99999999999999999999999999', 86_400_000],
    ['-5', undefined],
    ['1e9', undefined],
    ['NaN', undefined],
    ['soon', undefined],
    ['', undefined],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:27:30 GMT', 0],
    ['Wed, 21 Oct 2099 07:28:00 GMT', 86_400_000],
    ['Wednesday, 99 Foo 2026', undefined],
  ];
  for (const [text, expected] of cases) it(`'${text}'`, () => check({ 'retry-after': text }, expected));

  it('prefers milliseconds', () => check({ 'retry-after-ms': '250', 'retry-after': '9' }, 250));
  it('passes over milliseconds that say nothing', () => check({ 'retry-after-ms': '-1', 'retry-after': '9' }, 9_000));
  it('no header', () => check({}, undefined));
  it('no headers', () => assert.equal(retryAfterMs(undefined, NOW), undefined));
});
