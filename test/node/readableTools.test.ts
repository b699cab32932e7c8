import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { packageCaches, readableTools } from '../../src/node/readableTools.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Folders below a temporary one; what is shown of them for this PATH (`:` between, relative to it), relative as well. */
async function shown(folders: readonly string[], searchPath: string, more: Readonly<Record<string, string>> = {}) {
  using folder = temporaryFolder();
  for (const name of [...folders, 'home/work/repository/node_modules/.bin'])
    await mkdir(folder.join(name), { recursive: true });
  const absolute = (text: string): string =>
    text
      .split(':')
      .map((part) => folder.join(part))
      .join(':');
  const named = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, absolute(value)]));
  const environment = { HOME: folder.join('home'), PATH: absolute(searchPath), ...named };
  const mounts = await readableTools(environment, folder.join('home/work/repository'));
  return mounts.map(({ at }) => at.slice(folder.path.length + 1)).toSorted();
}

const cases: readonly (readonly [
  name: string,
  folders: readonly string[],
  path: string,
  expected: readonly string[],
])[] = [
  [
    'an installation by prefix, and nothing beside it',
    ['opt/node/bin', 'opt/node/lib', 'opt/node/secrets'],
    'opt/node/bin',
    ['opt/node/bin', 'opt/node/lib'],
  ],
  ['a folder of programs alone', ['home/work/scripts'], 'home/work/scripts', ['home/work/scripts']],
  ['shims with their manager', ['opt/env/shims', 'opt/env/versions'], 'opt/env/shims', ['opt/env']],
  [
    "another project's programs with its dependencies",
    ['home/work/other/node_modules/.bin', 'home/work/other/src'],
    'home/work/other/node_modules/.bin',
    ['home/work/other/node_modules'],
  ],
  [
    'a checkout only by its programs',
    ['home/work/other/bin', 'home/work/other/lib', 'home/work/other/.git'],
    'home/work/other/bin',
    ['home/work/other/bin'],
  ],
  [
    'tools at home, without the keys beside them',
    ['home/.cargo/bin', 'home/.ssh', 'home/.local/share/keyrings', 'home/.nvm'],
    'home/.cargo/bin',
    ['home/.cargo/bin', 'home/.nvm'],
  ],
  ['nothing for the home folder itself, or what holds it', ['home/lib'], 'home:.', []],
  ["nothing of the repository's own", [], 'home/work/repository/node_modules/.bin', []],
  ['nothing that is not there', [], 'opt/gone/bin', []],
];

describe('the tools that a command in a sandbox may read', () => {
  for (const [name, folders, searchPath, expected] of cases)
    it(`are ${name}`, async () => assert.deepEqual(await shown(folders, searchPath), expected));

  it('are named by variables, but never lead to the whole home folder', async () => {
    const folders = ['opt/java', 'home/.cargo/credentials', 'opt/cargo/bin', 'opt/cargo/registry'];
    const variables = { JAVA_HOME: 'opt/java', CARGO_HOME: 'opt/cargo', VIRTUAL_ENV: 'home' };
    assert.deepEqual(await shown(folders, 'nowhere', variables), ['opt/cargo/bin', 'opt/java']);
  });

  it('are no caches of packages: those stand by themselves', () =>
    assert.ok(packageCaches({ HOME: '/h', CARGO_HOME: '/c' }).includes('/c/registry')));
});
