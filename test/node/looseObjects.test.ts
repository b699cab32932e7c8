import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { looseObjects } from '../../src/node/looseObjects.ts';
import { makeRepository, userGit } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('objects read without git', () => {
  it('are the bytes that git kept, or nothing', async () => {
    using folder = temporaryFolder();
    await makeRepository(folder.path, { a: 'one\n', 'in/b': 'two\n' });
    const objects = join(folder.path, '.git/objects');
    const read = looseObjects(objects);
    const idOf = async (name: string): Promise<string> => (await userGit(folder.path, 'rev-parse', name)).trim();
    const blob = await idOf('HEAD:a');
    assert.equal((await read('blob', blob))?.toString('utf8'), 'one\n');
    assert.notEqual(await read('tree', await idOf('HEAD:in')), undefined);
    assert.equal(await read('tree', blob), undefined, 'a blob is no tree');
    assert.equal(await read('tree', await idOf('HEAD')), undefined, 'a commit is no tree');
    assert.equal(await read('blob', '0'.repeat(40)), undefined);

    const file = join(objects, blob.slice(0, 2), blob.slice(2));
    await chmod(file, 0o644);
    for (const bytes of [deflateSync('blob 4\0two\n'), deflateSync('blob'), Buffer.from('no zlib'), Buffer.alloc(0)]) {
      await writeFile(file, bytes);
      assert.equal(await read('blob', blob), undefined, 'bytes its id does not stand for');
    }
  });

  it('are not there once they lie in a pack', async () => {
    using folder = temporaryFolder();
    await makeRepository(folder.path, { a: 'one\n' });
    const blob = (await userGit(folder.path, 'rev-parse', 'HEAD:a')).trim();
    await userGit(folder.path, 'repack', '-a', '-d', '-q');
    assert.equal(await looseObjects(join(folder.path, '.git/objects'))('blob', blob), undefined);
  });
});
