import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { commandLine } from '../support/commandLine.ts';
import { ECOSYSTEMS } from '../support/ecosystems.ts';
import { makeRepository, type FileSeed } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const manifest = '{ "name": "x", "scripts": { "test": "node --test" } }\n';

/** What stands in the root of a repository, and the ecosystem and the checks that init finds there. */
const repositories: readonly (readonly [
  files: Readonly<Record<string, FileSeed>>,
  ecosystem: string,
  checks: readonly string[],
])[] = [
  [{ 'package.json': manifest }, 'npm', ['test']],
  [{ 'package.json': manifest, 'pnpm-lock.yaml': '' }, 'pnpm', ['test']],
  [{ 'package.json': manifest, 'yarn.lock': '' }, 'yarn', ['test']],
  [{ 'Cargo.toml': '[package]\nname = "x"\n' }, 'cargo', ['compile', 'test']],
  [{ 'go.mod': 'module x\n' }, 'go', ['compile', 'vet', 'test']],
  [{ 'pytest.ini': '[pytest]\n' }, 'python', ['test']],
  [{ 'pom.xml': '<project/>' }, 'maven', ['compile', 'test']],
  [{ 'build.gradle.kts': '' }, 'gradle', ['compile', 'test']],
  [{ Makefile: 'test:\n\ttrue\n' }, 'make', ['test']],
  [{ 'README.md': 'words\n' }, 'unknown', []],
];

describe('init', function () {
  this.timeout(30_000);

  for (const [files, ecosystem, checks] of repositories) {
    it(`finds the checks of ${ecosystem}, and writes what can be read again`, async () => {
      using folder = temporaryFolder();
      const root = folder.join('repository');
      await makeRepository(root, files);
      const place = { cwd: root, home: folder.path };
      const made = await commandLine(place, '--json', 'init', '--offline');
      assert.equal(made.exit, 0, made.stdout + made.stderr);
      const found = JSON.parse(made.stdout) as {
        readonly ecosystem: string;
        readonly checks: readonly { readonly name: string }[];
      };
      assert.deepEqual(
        { ecosystem: found.ecosystem, checks: found.checks.map(({ name }) => name) },
        { ecosystem, checks },
      );
      const doctor = await commandLine(place, '--json', 'doctor');
      const { configuration } = JSON.parse(doctor.stdout) as {
        readonly configuration: { readonly kind: string; readonly checks: readonly string[] };
      };
      assert.deepEqual([configuration.kind, configuration.checks], ['ok', checks], doctor.stdout);
    });
  }

  it('finds every ecosystem that the documentation names', () => {
    const known = new Set(repositories.map(([, ecosystem]) => ecosystem).filter((name) => name !== 'unknown'));
    assert.deepEqual(new Set(ECOSYSTEMS.map(({ name }) => name)), known);
  });

  it('writes over a file only when told to, and shows first what would change', async () => {
    using folder = temporaryFolder();
    const root = folder.join('repository');
    const own = '# mine\n[budget]\nrun_dollars = 1\n';
    await makeRepository(root, { 'package.json': manifest, 'speckit.toml': own });
    const place = { cwd: root, home: folder.path };
    const file = path.join(root, 'speckit.toml');
    assert.equal((await commandLine(place, 'init', '--offline')).exit, 4);
    assert.equal(readFileSync(file, 'utf8'), own);
    const shown = await commandLine(place, 'init', '--offline', '--reconfigure');
    assert.equal(shown.exit, 0);
    assert.match(shown.stdout, /npm test/);
    assert.equal(readFileSync(file, 'utf8'), own);
    assert.equal((await commandLine(place, 'init', '--offline', '--force')).exit, 0);
    assert.match(readFileSync(file, 'utf8'), /npm test/);
  });

  it('proposes a cloud model only for a key that is there, and never writes the key', async () => {
    using folder = temporaryFolder();
    const root = folder.join('repository');
    await makeRepository(root, { 'package.json': manifest });
    const place = { cwd: root, home: folder.path, environment: { ANTHROPIC_API_KEY: 'sk-ant-not-to-be-seen' } };
    const offline = await commandLine(place, 'init', '--offline', '--reconfigure');
    assert.doesNotMatch(offline.stdout, /claude/);
    assert.equal(existsSync(path.join(root, 'speckit.toml')), false);
    const made = await commandLine(place, 'init');
    assert.equal(made.exit, 0, made.stderr);
    const text = readFileSync(path.join(root, 'speckit.toml'), 'utf8');
    assert.match(text, /key_env = "ANTHROPIC_API_KEY"/);
    assert.doesNotMatch(text + made.stdout, /not-to-be-seen/);
    assert.equal((await commandLine(place, 'doctor')).exit, 0);
  });
});
