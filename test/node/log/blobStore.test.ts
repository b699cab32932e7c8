import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createBlobStore } from '../../../src/node/log/blobStore.ts';
import { openEventLog } from '../../../src/node/log/eventLog.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('the blobs of a run', () => {
  it('are durable before a line that names them is written', async () => {
    using folder = temporaryFolder();
    const file = folder.join('events.jsonl');
    const blobs = createBlobStore(folder.join('blobs'));
    const linesWhenSettled: number[] = [];
    const lines = (): number => readFileSync(file, 'utf8').split('\n').length - 1;
    const settle = async (): Promise<void> => {
      await blobs.settle();
      linesWhenSettled.push(lines());
    };
    const opened = await openEventLog(file, { now: () => 0 }, () => undefined, settle);
    assert.ok(opened.kind === 'ok');
    const log = opened.value;
    for (const text of ['one', 'two']) {
      const { sha256 } = await blobs.put(text);
      log.append('ErrorEvent', { key: sha256, error: 'Named', text });
      await log.flush();
    }
    await log.close();
    assert.deepEqual(linesWhenSettled, [0, 1, 2]);
    assert.equal(lines(), 2);
  });

  it('are written again where a loss of power left the length without the bytes', async () => {
    using folder = temporaryFolder();
    const before = createBlobStore(folder.path);
    const { sha256 } = await before.put('whole');
    await before.settle();
    writeFileSync(folder.join(sha256), '\0\0\0\0\0');
    const after = createBlobStore(folder.path);
    const reference = { sha256, bytes: 5 };
    await assert.rejects(after.get(reference), /holds other bytes/);
    assert.deepEqual(await after.put('whole'), reference);
    assert.equal(await after.get(reference), 'whole');
    await after.settle();
    assert.deepEqual(readdirSync(folder.path), [sha256]);
  });

  it('may be more than can be held open', async () => {
    using folder = temporaryFolder();
    const blobs = createBlobStore(folder.path);
    const references = await Promise.all(Array.from({ length: 300 }, (_, index) => blobs.put(`text ${index}`)));
    await blobs.settle();
    const texts = await Promise.all(references.map((reference) => blobs.get(reference)));
    assert.deepEqual(
      texts,
      Array.from({ length: 300 }, (_, index) => `text ${index}`),
    );
  });
});
