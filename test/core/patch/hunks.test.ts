import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { hunksOf, selectHunks } from '../../../src/core/patch/hunks.ts';
import { changedTexts } from './changedTexts.ts';

const numbers = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
const before = `${numbers.join('\n')}\n`;
const after = before.replace('line 3\n', 'LINE 3\n').replace('line 25\n', '');

describe('hunksOf', () => {
  it('tells where each change is and what it does', () => {
    assert.deepEqual(
      hunksOf('a.txt', before, after).map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
        header: [oldStart, oldLines, newStart, newLines],
        changed: lines.filter((line) => !line.startsWith(' ')),
      })),
      [
        { header: [1, 6, 1, 6], changed: ['-line 3', '+LINE 3'] },
        { header: [22, 7, 22, 6], changed: ['-line 25'] },
      ],
    );
  });

  it('keeps the id of a hunk when another part of the file changes', () => {
    const ids = hunksOf('a.txt', before, after).map((hunk) => hunk.id);
    const moved = hunksOf('a.txt', `top\n${before}`, `top\n${after.replace('line 14\n', 'LINE 14\n')}`);
    assert.deepEqual([moved[0]?.id, moved[2]?.id], ids);
    assert.ok(ids.every((id) => /^[0-9a-f]{12}$/.test(id)));
  });

  it('gives another id to other bytes, another file, and the second of two equal hunks', () => {
    const twice = `x\n${before}x\n${before}x\n`;
    const ids = [
      ...hunksOf('a.txt', twice, twice.replaceAll('x\n', 'y\n')),
      ...hunksOf('b.txt', twice, twice.replaceAll('x\n', 'y\n')),
      ...hunksOf('a.txt', twice, twice.replaceAll('x\n', 'y\r\n')),
      ...hunksOf('a.txt', 'x\n', 'x'),
      ...hunksOf('a.txt', 'x', 'x\n'),
    ].map((hunk) => hunk.id);
    assert.equal(ids.length, 11);
    assert.equal(new Set(ids).size, 11);
  });

  it('is one whole hunk when the texts are too far apart to align', () => {
    const left = Array.from({ length: 3000 }, (_, index) => `left ${index}\n`).join('');
    const right = Array.from({ length: 3000 }, (_, index) => `right ${index}\n`).join('');
    const hunks = hunksOf('a.txt', left, right);
    assert.deepEqual([hunks.length, hunks[0]?.oldLines, hunks[0]?.newLines], [1, 3000, 3000]);
    assert.equal(selectHunks('a.txt', left, right, new Set(hunks.map((hunk) => hunk.id))), right);
  });
});

describe('selectHunks', () => {
  it('applies only what was approved', () => {
    const [first, second] = hunksOf('a.txt', before, after);
    assert.ok(first && second);
    assert.equal(selectHunks('a.txt', before, after, new Set([first.id])), before.replace('line 3\n', 'LINE 3\n'));
    assert.equal(selectHunks('a.txt', before, after, new Set([second.id])), before.replace('line 25\n', ''));
  });

  it('throws on an id of another change: an approval is void when the bytes change', () => {
    const [first] = hunksOf('a.txt', before, after);
    assert.throws(
      () => selectHunks('a.txt', before, after.replace('LINE', 'Line'), new Set([first?.id ?? ''])),
      RangeError,
    );
  });

  it('all hunks give the text after and none the text before, byte for byte', () => {
    fc.assert(
      fc.property(changedTexts, ({ before, after }) => {
        const ids = hunksOf('a.txt', before, after).map((hunk) => hunk.id);
        assert.equal(new Set(ids).size, ids.length);
        assert.equal(selectHunks('a.txt', before, after, new Set(ids)), after);
        assert.equal(selectHunks('a.txt', before, after, new Set()), before);
      }),
      { numRuns: 500 },
    );
  });

  it('approving some hunks and then the rest gives the text after', () => {
    fc.assert(
      fc.property(changedTexts, fc.integer(), ({ before, after }, choice) => {
        const ids = hunksOf('a.txt', before, after).map((hunk) => hunk.id);
        const some = new Set(ids.filter((_, index) => ((choice >> (index % 31)) & 1) === 1));
        const halfway = selectHunks('a.txt', before, after, some);
        const rest = new Set(hunksOf('a.txt', halfway, after).map((hunk) => hunk.id));
        assert.equal(selectHunks('a.txt', halfway, after, rest), after);
        if (some.size === 0) assert.equal(halfway, before);
      }),
      { numRuns: 300 },
    );
  });
});
