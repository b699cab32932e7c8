import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { clearTemporaries, temporaryBeside } from '../../src/node/temporaryFiles.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('temporary files', () => {
  it('of a process that is gone are removed; those of a living one and everything else stay', async () => {
    using folder = temporaryFolder();
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const own = basename(temporaryBeside(folder.join('plan.md')));
    const kept = [own, 'plan.md', 'plan.md.12.tmp', '.speckit-notes.tmp', `.speckit-${gone}-mine`];
    const left = own.replace(String(process.pid), String(gone));
    for (const name of [...kept, left]) writeFileSync(folder.join(name), '');
    await clearTemporaries(folder.path, folder.join('missing'));
    assert.deepEqual(readdirSync(folder.path).sort(), kept.sort());
  });
});
