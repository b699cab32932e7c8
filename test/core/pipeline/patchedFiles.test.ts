import assert from 'node:assert/strict';
import { applyPatch } from '../../../src/core/patch/apply.ts';
import { parsePatch } from '../../../src/core/patch/parse.ts';
import { patchedFiles } from '../../../src/core/pipeline/patchedFiles.ts';
import { bytesOf, contentOf } from '../../../src/node/gitTrees.ts';

/** The bytes of `a` after this patch, or the words of the refusal. The tree has these files, in bytes. */
async function check(
  patch: string,
  files: Readonly<Record<string, Uint8Array>>,
  expected: Uint8Array | string,
): Promise<void> {
  const parsed = parsePatch(patch);
  if (parsed.kind === 'error') throw new Error(parsed.error.kind);
  const paths = parsed.value.files.map((file) => file.path);
  const read = await patchedFiles((path) => {
    const bytes = files[path];
    return Promise.resolve(bytes === undefined ? undefined : contentOf(bytes));
  }, paths);
  if (read.kind === 'error') return assert.equal(read.error, expected);
  const applied = applyPatch(parsed.value, read.value);
  const [change] = applied.kind === 'ok' ? applied.value.changes : [];
  assert.deepEqual(change?.kind === 'write' ? Uint8Array.from(bytesOf(change.content)) : undefined, expected);
}

const patch = '*** Begin Patch\n*** Update File: a\n@@\n one\n-two\n+zwei\n*** End Patch\n';
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : [...part])));
const refusal =
  'a is no UTF-8 text: it is binary, in UTF-16 or Latin-1, or a symbolic link. A patch cannot change it, and nothing was applied.';
const utf16 = (mark: readonly number[], isBig: boolean): Uint8Array =>
  bytes(
    mark,
    'one\ntwo\n'
      .split('')
      .flatMap((character) => (isBig ? [0, character.charCodeAt(0)] : [character.charCodeAt(0), 0])),
  );

describe('patchedFiles: the encoding of a file is kept byte for byte, or the patch refused', () => {
  it('keeps a UTF-8 byte order mark, and text beyond ASCII', () =>
    check(patch, { a: bytes([0xef, 0xbb, 0xbf], 'one\ntwo\nÄ😀') }, bytes([0xef, 0xbb, 0xbf], 'one\nzwei\nÄ😀')));
  it('keeps CRLF, a lone CR and mixed ends', () =>
    check(patch, { a: bytes('one\r\ntwo\r\nx\ry\nz') }, bytes('one\r\nzwei\r\nx\ry\nz')));
  it('refuses UTF-16, little and big end first, with and without its mark', async () => {
    await check(patch, { a: utf16([0xff, 0xfe], false) }, refusal);
    await check(patch, { a: utf16([0xfe, 0xff], true) }, refusal);
    await check(patch, { a: utf16([], false) }, refusal);
  });
  it('refuses Latin-1 and bytes that are no UTF-8', async () => {
    await check(patch, { a: bytes('one\ntwo\ncaf', [0xe9], '\n') }, refusal);
    await check(patch, { a: bytes('one\ntwo\n', [0xc3]) }, refusal);
  });
  it('refuses a new file in a folder that is a file or a symbolic link', () =>
    check(
      '*** Begin Patch\n*** Add File: away/in/b\n+x\n*** End Patch\n',
      { away: bytes('../outside') },
      'away/in/b leads through away, which is a file or a symbolic link and no folder: nothing was applied.',
    ));
});
