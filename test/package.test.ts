import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../src/extension/manifest.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';
import { zipEntries, type ZipEntry } from './support/zipEntries.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Kilobytes. What is in the package may grow to these and no further; a budget is raised on purpose or not at all. */
const BUDGET = {
  // 260 of them are the grammar that commands are read by, 20 the panel of costs, which shares its modules with the panel of runs, 20 the planner of the
  // local server with its table of models, 17 its supervisor, 10 what watches it, 11 its panel, 9 the librarian and the variants of prompts, 8 the formats of test coverage and
  // the comparisons at implement and audit, 70 the tasks of the bake-off, whose 120 small files are packed one by one (15 of them those in Go), and 10 what mines further ones
  // from finished runs.
  vsix: 1_715,
  'dist/grammars/': 1_600,
  'dist/extension.cjs': 3,
  'dist/editor.cjs': 140,
  'dist/panelActions.cjs': 40,
  'dist/costPanel.cjs': 6,
  'dist/reflexPanel.cjs': 6,
  'dist/cli/': 2_600,
  'dist/webview/': 700,
  prompts: 120,
  sample: 400,
  // The tasks of the bake-off.
  'reflex/': 78,
};

/** Every file below a folder or the file itself, from the root, as the package should have them. */
function filesOf(name: string): readonly string[] {
  const whole = path.join(root, name);
  if (!existsSync(whole)) return [];
  if (!statSync(whole).isDirectory()) return [name];
  return globSync('**/*', { cwd: whole, withFileTypes: true })
    .concat(globSync('**/.*', { cwd: whole, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

describe('the package', () => {
  let entries: readonly ZipEntry[] = [];
  let vsixSize = 0;
  const built =
    /^dist\/(?:(?:extension|editor|panelActions|costPanel|reflexPanel)\.cjs|cli\/(?:main|program|engine|short)\.js|cli\/chunks\/[\w-]+\.js|cli\/parts\/[\w/]+\.js|webview\/[\w-]+\.(?:js|css|ttf)|grammars\/[\w-]+\.wasm)$/;

  before(() => {
    using folder = temporaryFolder();
    const out = folder.join('speckit.vsix');
    execFileSync(process.execPath, [path.join(root, 'scripts/package.mjs'), `--out=${out}`], { stdio: 'pipe' });
    const bytes = readFileSync(out);
    vsixSize = bytes.length;
    entries = zipEntries(bytes)
      .filter(({ name }) => name.startsWith('extension/'))
      .map((entry) => ({ ...entry, name: entry.name.slice('extension/'.length) }));
  });

  it('holds what runs and nothing else', () => {
    const names = entries.map(({ name }) => name);
    // vsce renames these three.
    const expected = ['package.json', 'readme.md', 'changelog.md', 'LICENSE.txt'].concat(
      ['media', 'prompts', 'sample/project', 'sample/recordings', 'reflex/suites'].flatMap(filesOf),
    );
    assert.deepEqual(names.filter((name) => !built.test(name)).sort(), expected.sort());
    const running = [
      'extension.cjs',
      'editor.cjs',
      'panelActions.cjs',
      'costPanel.cjs',
      'reflexPanel.cjs',
      'cli/main.js',
      'cli/engine.js',
      'webview/runPanel.js',
      'webview/costPanel.js',
      'webview/reflexPanel.js',
      'grammars/tree-sitter-bash.wasm',
    ];
    assert.deepEqual(
      running.filter((name) => !names.includes(`dist/${name}`)),
      [],
    );
  });

  for (const panel of ['costPanel', 'reflexPanel'])
    it(`has the ${panel} in a file that the rest of the extension names and does not hold`, () => {
      const textOf = (name: string): string =>
        entries
          .find((entry) => entry.name === `dist/${name}.cjs`)
          ?.content()
          .toString('utf8') ?? '';
      // An action that only the panel's own code does.
      const words = panel === 'costPanel' ? 'chooseCosts' : 'reflexCommand';
      const isOfPanel = ['editor', 'extension', panel].map((name) => textOf(name).includes(words));
      assert.deepEqual(isOfPanel, [false, false, true]);
      assert.ok(textOf('editor').includes(`./${panel}.cjs`));
    });

  it('has React once for all panels', () => {
    const holders = entries.filter(
      ({ name, content }) => /^dist\/webview\/.*\.js$/.test(name) && content().includes('react.transitional.element'),
    );
    assert.match(holders.map(({ name }) => name).join(), /^dist\/webview\/shared-\w+\.js$/);
  });

  it('holds no map, and no word of one', () => {
    const mapped = entries.filter(
      (entry) => /\.(?:c?js|css)$/.test(entry.name) && /[#@] sourceMappingURL=/.test(entry.content().toString('utf8')),
    );
    assert.deepEqual(
      mapped.map(({ name }) => name),
      [],
    );
  });

  it('keeps to its budget of bytes', () => {
    const kilobytes = (bytes: number): number => Math.ceil(bytes / 1024);
    const sizes = Object.keys(BUDGET).map((part) => {
      const inPart = entries.filter(({ name }) => name.startsWith(part));
      return [
        part,
        part === 'vsix' ? kilobytes(vsixSize) : kilobytes(inPart.reduce((sum, { size }) => sum + size, 0)),
      ] as const;
    });
    process.stdout.write(`      ${sizes.map(([part, size]) => `${part} ${size} KB`).join(', ')}\n`);
    assert.deepEqual(
      sizes.filter(([part, size]) => size > BUDGET[part as keyof typeof BUDGET]),
      [],
    );
  });

  it('activates, registers every declared command, and loads nothing that can wait', () => {
    const manifest = path.join(root, 'package.json');
    const program = `
      const Module = require('node:module');
      const stub = require(${JSON.stringify(path.join(root, 'test/support/vscodeStub.cjs'))});
      const load = Module._load;
      Module._load = (name, ...rest) => (name === 'vscode' ? stub : load(name, ...rest));
      const before = Object.keys(require.cache).length;
      const extension = { packageJSON: require(${JSON.stringify(manifest)}) };
      require(${JSON.stringify(path.join(root, 'dist/extension.cjs'))}).activate({ subscriptions: [], extension });
      const modules = Object.keys(require.cache).slice(before).map((file) => require('node:path').basename(file));
      process.stdout.write(JSON.stringify({ ids: stub.registered.map(({ id }) => id), modules }));
      process.exit();`;
    const said = JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })) as unknown;
    assert.deepEqual(said, { ids: Object.keys(COMMANDS), modules: ['package.json', 'extension.cjs'] });
  });
});
