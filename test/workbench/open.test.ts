import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { installation } from '../support/scriptedProject.ts';
import { launchChromium } from './support/chromium.ts';
import { eventually } from './support/eventually.ts';
import { openWorkbenchPage } from './support/workbenchPage.ts';

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/\?folder=\S+/;

describe('npm run workbench', () => {
  it('says where SpecKit can be seen on the sample, and leaves nothing when it is interrupted', async () => {
    const program = startProgram();
    const ended = once(program, 'exit');
    try {
      const address = await saidAddress(program.stdout);
      await using browser = await launchChromium();
      const workbench = await openWorkbenchPage(browser, { address: () => address.href }, folderOf(address));
      await workbench.page.getByRole('treeitem', { name: 'speckit.toml' }).waitFor();
      assert.equal(await workbench.offersCommand('SpecKit: Show Log'), true);
      program.kill('SIGINT');
      assert.deepEqual(await ended, [0, null]);
      await assert.rejects(fetch(address), 'the server still answers');
      assert.equal(existsSync(folderOf(address)), false);
    } finally {
      program.kill('SIGKILL');
    }
  });

  it('takes its server with it even when it is killed', async () => {
    const program = startProgram();
    const address = await saidAddress(program.stdout);
    program.kill('SIGKILL');
    await eventually('the server is gone', () =>
      fetch(address, { redirect: 'manual' }).then(
        () => undefined,
        () => true,
      ),
    );
    // A process that is killed cannot tidy up.
    rmSync(path.dirname(folderOf(address)), { recursive: true, force: true, maxRetries: 10 });
  });
});

function startProgram(): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, [path.join(installation, 'test/workbench/open.ts')], {
    env: { ...process.env, SPECKIT_WORKBENCH_QUIET: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function folderOf(address: URL): string {
  const folder = address.searchParams.get('folder');
  assert.ok(folder !== null);
  return folder;
}

/** The first address the program says. Fails when it ends without one. */
async function saidAddress(stdout: AsyncIterable<Buffer>): Promise<URL> {
  let said = '';
  for await (const piece of stdout) {
    said += piece.toString('utf8');
    const [address] = ADDRESS.exec(said) ?? [];
    if (address !== undefined) return new URL(address);
  }
  throw new Error(`no address in: ${said}`);
}
