import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { COMMANDS } from '../src/extension/manifest.ts';

const root = path.resolve(import.meta.dirname, '..');
const inPackage = (name: string, ...words: readonly string[]): string =>
  execFileSync(process.execPath, [path.join(root, 'node_modules', name), ...words], { cwd: root, encoding: 'utf8' });

describe('the package', () => {
  it('holds what runs and nothing else', () => {
    const files = inPackage('@vscode/vsce/vsce', 'ls', '--no-dependencies').trim().split('\n');
    for (const needed of [
      'dist/extension.cjs',
      'dist/cli/main.js',
      'prompts/roles/preamble.md',
      'sample/project/speckit.toml',
      'package.json',
    ]) {
      assert.ok(files.includes(needed), `${needed} is missing`);
    }
    const foreign = files.filter((file) =>
      /^(?:src|test|node_modules|docs|webview|\.ci|\.git)\b|\.map$|held-out/.test(file),
    );
    assert.deepEqual(foreign, []);
  });

  it('activates, registers every declared command, and loads nothing that can wait', () => {
    const program = `
      const Module = require('node:module');
      const stub = require(${JSON.stringify(path.join(root, 'test/support/vscodeStub.cjs'))});
      const load = Module._load;
      Module._load = (name, ...rest) => (name === 'vscode' ? stub : load(name, ...rest));
      const before = Object.keys(require.cache).length;
      require(${JSON.stringify(path.join(root, 'dist/extension.cjs'))}).activate({ subscriptions: [] });
      process.stdout.write(JSON.stringify({ ids: stub.registered.map(({ id }) => id), nModules: Object.keys(require.cache).length - before }));`;
    const said = JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })) as unknown;
    assert.deepEqual(said, { ids: Object.keys(COMMANDS), nModules: 1 });
  });
});
