import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { recoverApply, type UserChange } from '../../src/node/userTree.ts';
import { folderContents } from '../support/folderContents.ts';
import { writeFiles } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const unlimited = new AbortController().signal;
const nFiles = 30;
const names = Array.from({ length: nFiles }, (_, index) => `d${index % 4}/f${index}`);
const changes: readonly UserChange[] = names.map((path, index) => ({
  path,
  ...(index % 5 !== 0 && { before: `old ${index}\n` }),
  ...(index % 7 !== 3 && { after: `new ${index}\n` }),
}));

function side(name: 'before' | 'after'): Record<string, string> {
  return Object.fromEntries(
    changes.flatMap((change) => (change[name] === undefined ? [] : [[change.path, change[name]]])),
  );
}

/** Numbers in [0, 1), the same ones for the same seed (a linear congruential generator, constants of Numerical Recipes). */
function seededNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32;
}

const program = `
  import { applyToUserTree } from ${JSON.stringify(resolve('src/node/userTree.ts'))};
  const request = { root: 'root', journalFolder: 'journal', changes: ${JSON.stringify(changes)} };
  process.stdout.write('go');
  const startedAt = performance.now();
  const result = await applyToUserTree({ ...request, root: process.cwd() + '/root' }, new AbortController().signal);
  process.stdout.write(' ' + result.kind + ' ' + (performance.now() - startedAt));`;

/** Applies the changes in another process, which is killed `killAfterMs` after it began. Returns what it printed. */
async function applyAndKill(folder: string, killAfterMs: number | undefined): Promise<string> {
  await rm(join(folder, 'root'), { recursive: true, force: true });
  await rm(join(folder, 'journal'), { recursive: true, force: true });
  await mkdir(join(folder, 'root'));
  await writeFiles(join(folder, 'root'), side('before'));
  const child = spawn(process.execPath, ['apply.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  const closed = once(child, 'close');
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()));
  await once(child.stdout, 'data');
  if (killAfterMs !== undefined) {
    await wait(killAfterMs);
    child.kill('SIGKILL');
  }
  await closed;
  return printed;
}

describe('a process killed while it applies 30 files', () => {
  it('leaves all of them or none, once recovered, in ten rounds', async () => {
    using folder = temporaryFolder();
    await writeFile(join(folder.path, 'apply.mjs'), program);
    const whole = (await applyAndKill(folder.path, undefined)).split(' ');
    assert.equal(whole[1], 'ok');
    assert.deepEqual(await folderContents(join(folder.path, 'root')), side('after'));

    const random = seededNumbers(20_261_121);
    const ends = new Set<string>();
    for (let round = 0; round < 10; round += 1) {
      const printed = await applyAndKill(folder.path, random() * Number(whole[2]) * 1.1);
      const direction = round % 2 === 0 ? 'finish' : 'rollBack';
      const recovered = await recoverApply({ journalFolder: join(folder.path, 'journal'), direction }, unlimited);
      assert.ok(recovered.kind === 'ok', JSON.stringify(recovered));
      const expected = recovered.value.state === 'applied' ? side('after') : side('before');
      assert.deepEqual(await folderContents(join(folder.path, 'root')), expected, `round ${round}`);
      if (printed.includes('ok')) assert.equal(recovered.value.state, 'applied');
      ends.add(recovered.value.kind);
    }
    assert.ok(ends.has('recovered'), 'no round was cut off in the middle, so the test has shown nothing');
  });
});
