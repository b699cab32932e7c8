import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createOutputCap, type CappedOutput } from '../../src/node/outputCap.ts';

function check(capBytes: number, texts: readonly string[], expected: CappedOutput): void {
  const cap = createOutputCap(capBytes);
  for (const text of texts) cap.add(text);
  assert.deepEqual(cap.end(), expected);
}

describe('the cap on output', () => {
  it('keeps everything up to the cap', () => {
    check(9, [], { output: '', omittedBytes: 0 });
    check(9, ['abc', 'defghi'], { output: 'abcdefghi', omittedBytes: 0 });
    check(9, ['abcdefgh', 'i'], { output: 'abcdefghi', omittedBytes: 0 });
  });
  it('keeps the first third and the last two thirds', () => {
    check(9, ['abcdefghij'], { output: 'abc\n[1 bytes left out]\nefghij', omittedBytes: 1 });
    check(9, ['0123456789abcdefghijklmnop'.repeat(3)], {
      output: '012\n[69 bytes left out]\nklmnop',
      omittedBytes: 69,
    });
    check(9, '0123456789abcdef'.split(''), { output: '012\n[7 bytes left out]\nabcdef', omittedBytes: 7 });
  });
  it('never cuts through a character', () => {
    check(9, ['ab€', '1234567'], { output: 'ab\n[4 bytes left out]\n234567', omittedBytes: 4 });
    check(9, ['abc1', '€23456'], { output: 'abc\n[4 bytes left out]\n23456', omittedBytes: 4 });
    check(9, ['€'.repeat(4)], { output: '€\n[3 bytes left out]\n€€', omittedBytes: 3 });
  });
  it('can keep nothing', () => check(0, ['abc'], { output: '\n[3 bytes left out]\n', omittedBytes: 3 }));

  it('loses no byte it does not count, for any text in any pieces', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 60 }), fc.array(fc.string({ unit: 'grapheme' })), (capBytes, texts) => {
        const whole = texts.join('');
        const cap = createOutputCap(capBytes);
        for (const text of texts) cap.add(text);
        const { output, omittedBytes } = cap.end();
        if (omittedBytes === 0) return assert.equal(output, whole);
        const [first = '', last = ''] = output.split(`\n[${omittedBytes} bytes left out]\n`);
        assert.ok(whole.startsWith(first) && whole.endsWith(last));
        assert.equal(Buffer.byteLength(first + last) + omittedBytes, Buffer.byteLength(whole));
        assert.ok(Buffer.byteLength(first + last) <= capBytes);
        assert.ok(Buffer.byteLength(first + last) > capBytes - 8);
      }),
    );
  });
});
