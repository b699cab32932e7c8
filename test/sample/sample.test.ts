import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathWithoutSandbox } from '../support/pathWithoutSandbox.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const installation = path.resolve(import.meta.dirname, '../..');

describe('the bundled sample', function () {
  // Its own checks run some eighteen times.
  this.timeout(240_000);

  it('reaches its proposal with recorded answers that belong to the shipped prompts', () => {
    using home = temporaryFolder('speckit sample test');
    const folder = home.join('notes service');
    const environment = { PATH: process.env['PATH'], HOME: home.path, SPECKIT_HOME: home.join('home'), LC_ALL: 'C.UTF-8' };
    const run = spawnSync(process.execPath, [path.join(installation, 'dist/cli/main.js'), 'sample', '--folder', folder], { env: environment, encoding: 'utf8' });
    assert.equal(run.status, 0, `${run.stderr}\nA prompt or the sample changed? npm run sample:record\n${run.stdout}`);
    assert.match(run.stdout, /all recorded/);
    assert.match(run.stdout, /npm run workbench/);
    const status = spawnSync(process.execPath, [path.join(installation, 'dist/cli/main.js'), '-C', folder, '--json', 'status'], { env: environment, encoding: 'utf8' });
    const { runs } = JSON.parse(status.stdout) as { runs: readonly { outcome: string; settledMicrodollars: number }[] };
    assert.deepEqual(
      runs.map(({ outcome, settledMicrodollars }) => ({ outcome, settledMicrodollars })),
      [{ outcome: 'proposed', settledMicrodollars: 0 }],
    );
  });

  it('asks what was recorded, whatever the person’s own settings would have it ask', () => {
    using home = temporaryFolder('speckit sample test');
    mkdirSync(home.join('home/config'), { recursive: true });
    writeFileSync(home.join('home/config/config.toml'), '[advisers]\nsecurity_review = "always"\n[prompt_tokens]\nplan = 3000\n');
    const environment = { PATH: process.env['PATH'], HOME: home.path, SPECKIT_HOME: home.join('home'), LC_ALL: 'C.UTF-8', SPEC_KIT_SIDECAR_CRITIC: 'off' };
    const run = spawnSync(process.execPath, [path.join(installation, 'dist/cli/main.js'), 'sample', '--folder', home.join('notes')], { env: environment, encoding: 'utf8' });
    assert.equal(run.status, 0, `${run.stderr}\n${run.stdout}`);
  });

  it('reaches its proposal where there is no sandbox too, and says that its commands run without one', () => {
    using home = temporaryFolder('speckit sample test');
    const folder = home.join('notes');
    const environment = { PATH: pathWithoutSandbox(home.join('bin')), HOME: home.path, SPECKIT_HOME: home.join('home'), LC_ALL: 'C.UTF-8' };
    const run = spawnSync(process.execPath, [path.join(installation, 'dist/cli/main.js'), 'sample', '--folder', folder], { env: environment, encoding: 'utf8' });
    assert.equal(run.status, 0, `${run.stderr}\n${run.stdout}`);
    assert.match(run.stdout, /There is no sandbox here .* came with SpecKit and run without one/);
  });
});
