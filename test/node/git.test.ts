import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitOutput, runGit } from '../../src/node/git.ts';
import { commitAll, makeRepository, userGit } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const unlimited = new AbortController().signal;

describe('running git', () => {
  it('passes bytes in and out', async () => {
    using folder = temporaryFolder();
    await makeRepository(folder.path, {});
    const bytes = Buffer.from([0, 255, 10, 13, 200]);
    const id = await gitOutput(folder.path, ['hash-object', '-w', '--stdin'], { input: bytes }, unlimited);
    const back = await gitOutput(folder.path, ['cat-file', 'blob', id.toString().trim()], {}, unlimited);
    assert.deepEqual([...back], [...bytes]);
  });

  it('runs no hook and signs nothing', async () => {
    using folder = temporaryFolder();
    await makeRepository(folder.path, { a: '1' });
    await writeFile(join(folder.path, '.git', 'hooks', 'pre-commit'), '#!/bin/sh\nexit 1\n');
    await chmod(join(folder.path, '.git', 'hooks', 'pre-commit'), 0o755);
    await userGit(folder.path, 'config', 'commit.gpgSign', 'true');
    await userGit(folder.path, 'config', 'gpg.program', 'false');
    await assert.rejects(commitAll(folder.path, 'the hook stands in the way'));
    const identity = ['-c', 'user.name=a', '-c', 'user.email=b'];
    await gitOutput(folder.path, [...identity, 'commit', '--allow-empty', '-m', 'x'], {}, unlimited);
  });

  it('tells the exit code, or throws git’s own words', async () => {
    using folder = temporaryFolder();
    const outcome = await runGit(folder.path, ['rev-parse', '--show-toplevel'], {}, unlimited);
    assert.ok(outcome.kind === 'exited' && outcome.exitCode === 128 && /not a git repository/.test(outcome.stderr));
    const asked = gitOutput(folder.path, ['rev-parse', '--show-toplevel'], {}, unlimited);
    await assert.rejects(asked, { name: 'GitError', message: /^git rev-parse: exit code 128: fatal: not a git/ });
  });

  it('ends at the deadline and at a stop', async () => {
    using folder = temporaryFolder();
    const waiting = ['-c', 'alias.wait=!sleep 30', 'wait'];
    const outcome = await runGit(folder.path, waiting, { deadlineMs: 100 }, unlimited);
    assert.deepEqual(outcome, { kind: 'deadline', afterMs: 100 });
    const startedAt = performance.now();
    await assert.rejects(runGit(folder.path, waiting, {}, AbortSignal.timeout(50)), { name: 'AbortedError' });
    assert.ok(performance.now() - startedAt < 2000);
  });
});
