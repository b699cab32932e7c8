import assert from 'node:assert/strict';
import { missingDependencies } from '../../src/node/missingDependencies.ts';
import { writeFiles } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

async function check(files: Readonly<Record<string, string>>, expected: readonly (string | RegExp)[]): Promise<void> {
  using folder = temporaryFolder();
  await writeFiles(folder.path, files);
  const missing = await missingDependencies({ root: folder.path, environment: {}, home: folder.join('home') });
  assert.equal(missing.length, expected.length, JSON.stringify(missing));
  for (const [index, pattern] of expected.entries()) assert.match(missing[index]?.text ?? '', new RegExp(pattern));
}

const manifest = '{ "devDependencies": { "a": "1" } }';
const cases: readonly (readonly [
  name: string,
  files: Readonly<Record<string, string>>,
  expected: readonly string[],
])[] = [
  ['a manifest that names nothing', { 'package.json': '{ "name": "x", "dependencies": {} }' }, []],
  ['packages of npm', { 'package.json': manifest, 'package-lock.json': '{}' }, ['`npm ci` first']],
  ['packages of pnpm', { 'package.json': manifest, 'pnpm-lock.yaml': '' }, ['`pnpm install` first']],
  ['packages that are there', { 'package.json': manifest, 'node_modules/a/x': '' }, []],
  ['a manifest that cannot be read', { 'package.json': '{' }, []],
  ['requirements of Python', { 'requirements.txt': '# none\nflask\n' }, ['there is no .venv']],
  ['requirements that are there', { 'requirements.txt': 'flask\n', '.venv/pyvenv.cfg': '' }, []],
  ['crates', { 'Cargo.lock': 'source = "registry+https://x"\n' }, ['`cargo fetch` first']],
  ['crates that are there', { 'Cargo.lock': 'source = "registry+https://x"\n', 'home/.cargo/registry/x': '' }, []],
  ['a crate without any other', { 'Cargo.lock': 'version = 3\n' }, []],
  ['modules of Go', { 'go.sum': 'a v1\n' }, ['`go mod download` first']],
  ['nothing', {}, []],
];

describe('dependencies that are missing', () => {
  for (const [name, files, expected] of cases) it(`of ${name}`, () => check(files, expected));
});
