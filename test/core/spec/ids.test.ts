import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findSpecFolder, nextSpecId, slugOf, specFolderName, specIdOf } from '../../../src/core/spec/ids.ts';

describe('nextSpecId', () => {
  const cases: readonly [string, number, readonly string[], string][] = [
    ['SPEC-', 3, [], 'SPEC-001'],
    ['SPEC-', 3, ['SPEC-007-x', 'SPEC-002-y'], 'SPEC-008'],
    ['SPEC-', 3, ['SPEC-007-x', 'feature/SPEC-009-y'], 'SPEC-010'],
    ['SPEC-', 3, ['origin/feature/spec-011-y'], 'SPEC-012'],
    ['SPEC-', 3, ['SPEC-KIT-900-x', '003-name', 'XSPEC-50', 'SPEC-12a'], 'SPEC-001'],
    ['SPEC-', 3, ['SPEC-999'], 'SPEC-1000'],
    ['SPEC-', 2, ['SPEC-0007'], 'SPEC-08'],
    ['', 3, ['003-name', 'feature/004-z', '2-a'], '005'],
    ['', 3, ['20260319-143022-x', 'readme'], '001'],
    ['ACME-PAY-', 4, ['ACME-PAY-0041-x', 'ACME-7-x'], 'ACME-PAY-0042'],
  ];
  for (const [prefix, digits, taken, expected] of cases) {
    it(`${expected} after ${taken.join(', ') || 'nothing'}`, () =>
      assert.equal(nextSpecId({ prefix, digits, taken }), expected));
  }
});

describe('slugOf', () => {
  const cases: readonly [string, string][] = [
    ['Add a dark mode', 'add-a-dark-mode'],
    ['Crème brûlée – à la carte!', 'creme-brulee-a-la-carte'],
    ["Don't stop", 'dont-stop'],
    ['認証 API を追加', 'api'],
    ['', 'spec'],
    ['   ', 'spec'],
    ['A title that is much too long to be the name of a folder', 'a-title-that-is-much-too-long-to-be-the'],
    ['x'.repeat(60), 'x'.repeat(40)],
    ['../../etc/passwd', 'etc-passwd'],
  ];
  for (const [title, expected] of cases)
    it(`${JSON.stringify(title)} -> ${expected}`, () => assert.equal(slugOf(title), expected));

  it('tells two titles without a Latin letter apart', () => {
    assert.match(slugOf('認証'), /^spec-[0-9a-f]{8}$/u);
    assert.notEqual(slugOf('認証'), slugOf('支払い'));
  });

  it('is always a short, plain folder-name part', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (title) => {
        const slug = slugOf(title);
        assert.match(slug, /^[a-z0-9]+(?:-[a-z0-9]+)*$/u);
        assert.ok(slug.length <= 40);
      }),
    );
  });
});

describe('findSpecFolder', () => {
  const names = [
    'SPEC-10-b',
    'SPEC-1-a',
    'SPEC-100',
    'SPEC-KIT-900-z',
    '003-name',
    '004-a',
    '004-b',
    '20260319-143022-x',
  ];
  const found: readonly [string, string][] = [
    ['SPEC-1', 'SPEC-1-a'],
    ['SPEC-10', 'SPEC-10-b'],
    ['SPEC-100', 'SPEC-100'],
    ['SPEC-KIT-900', 'SPEC-KIT-900-z'],
    ['003', '003-name'],
    ['004-b', '004-b'],
    ['20260319-143022', '20260319-143022-x'],
  ];
  for (const [id, folder] of found)
    it(`finds ${folder} by ${id}`, () => assert.deepEqual(findSpecFolder(names, id), { kind: 'ok', value: folder }));
  for (const id of ['SPEC-2', 'SPEC-KIT-90', 'SPEC-', '', '3', 'spec-1', '20260319']) {
    it(`finds nothing by ${JSON.stringify(id)}`, () =>
      assert.deepEqual(findSpecFolder(names, id), { kind: 'error', error: { kind: 'notFound', id } }));
  }
  it('names both folders of one id', () => {
    assert.deepEqual(findSpecFolder(names, '004'), {
      kind: 'error',
      error: { kind: 'ambiguous', id: '004', names: ['004-a', '004-b'] },
    });
  });

  it('finds what specFolderName made', () => {
    const folder = specFolderName('SPEC-007', slugOf('Add login'));
    assert.equal(folder, 'SPEC-007-add-login');
    assert.equal(specIdOf(folder), 'SPEC-007');
  });
});
