import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { patchAddressOf, patchParts, proposalAddressOf, proposalParts } from '../../../src/extension/review/address.ts';

/** As the editor keeps a URI: each part encoded when it is written down, decoded once when it is read. */
function writtenDown(parts: ReturnType<typeof proposalParts>): ReturnType<typeof proposalParts> {
  const path = decodeURIComponent(encodeURIComponent(parts.path));
  const query = decodeURIComponent(encodeURIComponent(parts.query));
  return { scheme: parts.scheme, path, query };
}

function check(folder: string, path: string): void {
  const address = { folder, runId: 'r-1', round: 2, path };
  assert.deepEqual(proposalAddressOf(writtenDown(proposalParts('proposal', address))), address);
  assert.deepEqual(proposalAddressOf(writtenDown(proposalParts('base', address))), address);
}

describe('the address of a proposed file', () => {
  it('comes back whatever the names hold', () => {
    const folders = ['/home/a b', 'c:\\Work\\x', 'C:\\Work', '/ü/日本', '/a#b?c%20d', '/100%'];
    const paths = [
      'src/a b.ts',
      'a#b.ts',
      'what?.md',
      '50%.txt',
      '%41.txt',
      'ü/日本.py',
      'C:/x.ts',
      'a\\b',
      '"q".ts',
      '+&=.ts',
    ];
    for (const folder of folders) for (const path of paths) check(folder, path);
  });

  it('comes back for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), check));
  });

  it('ends with the file name and carries no content', () => {
    const parts = proposalParts('proposal', { folder: '/f', runId: 'r', round: 1, path: 'src/http/limit.ts' });
    assert.deepEqual(parts, {
      scheme: 'speckitAuto-proposal',
      path: '/src/http/limit.ts',
      query: '{"folder":"/f","runId":"r","round":1,"path":"src/http/limit.ts"}',
    });
  });

  it('is another one in another folder, run, round or side', () => {
    const address = { folder: '/f', runId: 'r', round: 1, path: 'a' };
    const all = [
      proposalParts('proposal', address),
      proposalParts('base', address),
      proposalParts('proposal', { ...address, round: 2 }),
      proposalParts('proposal', { ...address, runId: 's' }),
      proposalParts('proposal', { ...address, folder: '/g' }),
    ];
    assert.equal(new Set(all.map((parts) => JSON.stringify(parts))).size, all.length);
  });

  it('is nothing for a URI that is not ours', () => {
    const query = proposalParts('proposal', { folder: '/f', runId: 'r', round: 1, path: 'a' }).query;
    const cases = [
      { scheme: 'file', path: '/a', query },
      { scheme: 'speckitAuto-proposal', path: '/a', query: '' },
      { scheme: 'speckitAuto-proposal', path: '/a', query: '{' },
      { scheme: 'speckitAuto-proposal', path: '/a', query: 'null' },
      { scheme: 'speckitAuto-base', path: '/a', query: '{"folder":"/f","runId":"r","round":"1","path":"a"}' },
    ];
    assert.deepEqual(
      cases.map((parts) => proposalAddressOf(parts)),
      cases.map(() => undefined),
    );
  });
});

describe('the address of a patch', () => {
  it('comes back, and is no proposal', () => {
    const address = {
      folder: 'c:\\w',
      runId: 'r',
      key: 'implement/T2/1/patch#1',
      path: 'a b.ts',
      side: 'after' as const,
    };
    const parts = writtenDown(patchParts(address));
    assert.deepEqual([patchAddressOf(parts), proposalAddressOf(parts)], [address, undefined]);
    assert.equal(patchAddressOf({ ...parts, query: parts.query.replace('after', 'middle') }), undefined);
  });
});
