/*
 * Bundles the command line and the editor's engine (ES modules that share chunks, so that each loads only what it needs), the extension host (a
 * CommonJS file that is read at once, and those for the rest) and the webviews.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const isProduction = process.argv.includes('--production');
const isWatching = process.argv.includes('--watch');
/** `--into=FOLDER` builds somewhere else than dist, so that packaging does not change what tests are running. */
const into = process.argv.find((word) => word.startsWith('--into='))?.slice('--into='.length) ?? 'dist';
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** Zod brings its messages in some fifty languages, a quarter of what a short command would read. Only the English ones are shown. */
const englishOnly = {
  name: 'english-only',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** Markdown's reader brings a finder of addresses in plain text, which is off in the panel: a text of a model is no link unless it says so. */
const withoutLinkify = {
  name: 'without-linkify',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/]linkify-it[\\/]/ }, () => ({ contents: 'export class LinkifyIt {}' }));
  },
};

/** The clients of models bring every part of their servers' interfaces. Of those that nothing here asks for only the names of the classes are kept. */
const withoutOtherParts = {
  name: 'without-other-parts',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    const filter = /(?:openai|@anthropic-ai[\\/]sdk)[\\/]resources[\\/](?:admin|beta|organization)[\\/].*\.mjs$/;
    build.onLoad({ filter }, async ({ path: file }) => ({
      contents: Object.keys(await import(pathToFileURL(file).href))
        .map((name) => `export class ${name} {}`)
        .join('\n'),
    }));
  },
};

/** What the extension loads when it is wanted, each a file beside it: CommonJS is not split by esbuild. */
const EXTENSION_PARTS = {
  editor: 'src/extension/startEditor.ts',
  panelActions: 'src/protocol/panelActions.ts',
  costPanel: 'src/extension/costPanel/panel.ts',
  reflexPanel: 'src/extension/reflexPanel/panel.ts',
};
const extensionApart = {
  name: 'extension-apart',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    for (const [name, file] of Object.entries(EXTENSION_PARTS))
      build.onResolve(
        { filter: new RegExp(`/${path.basename(file, '.ts')}\\.ts$`) },
        ({ kind, path: asked, resolveDir }) =>
          kind === 'dynamic-import' && fromRoot(path.resolve(resolveDir, asked)) === file
            ? { path: `./${name}.cjs`, external: true }
            : undefined,
      );
  },
};

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  minify: isProduction,
  keepNames: true,
  sourcemap: isProduction ? false : 'linked',
  define: { SPECKIT_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
  alias: { '@noble/hashes/sha2.js': path.join(import.meta.dirname, 'src/node/nativeSha256.ts') },
  plugins: [englishOnly],
};

/** What `speckit new` runs at once; what else its code would load when it is needed is a file of its own under dist/cli/parts. */
const SHORT = ['src/cli/commands/new.ts', 'src/app/newSpec.ts'];
const fromRoot = (/** @type {string} */ file) => path.relative(import.meta.dirname, file);
const nameOfPart = (/** @type {string} */ file) => `parts/${file.replace(/^src\//, '').replace(/\.ts$/, '')}`;

/** Files that the short command's code loads by `import()`, relative to here. @type {Set<string>} */
const parts = new Set();
const apart = {
  name: 'apart',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path: name, resolveDir }) => {
      const file = fromRoot(path.resolve(resolveDir, name));
      if (kind !== 'dynamic-import' || SHORT.includes(file)) return undefined;
      parts.add(file);
      return { path: `./${nameOfPart(file)}.js`, external: true };
    });
  },
};

/** Leaves out of the start of the command line both that go on from there: the short command, and the program with all others. */
const startApart = {
  name: 'start-apart',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^\.\/(?:short|program)\.ts$/ }, ({ path: name }) => ({
      path: name.replace(/\.ts$/, '.js'),
      external: true,
    }));
  },
};

/**
 * What takes a while to load and a short command needs only when it is not plain: loaded with the first call. An `import` of node:fs alone brings
 * its streams, promises and readline, because a module gets the values of all names.
 */
const LATER = /^node:(?:child_process|fs|fs\/promises|timers\/promises)$/;
const loadedLater = {
  name: 'loaded-later',
  /** @param {esbuild.PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: LATER }, ({ path: name }) => ({ path: name, namespace: 'later' }));
    build.onLoad({ filter: LATER, namespace: 'later' }, async ({ path: name }) => ({
      contents: Object.entries(await import(name))
        .filter(([key, value]) => key !== 'default' && typeof value === 'function')
        .map(([key]) => `export const ${key} = (...all) => process.getBuiltinModule('${name}').${key}(...all);`)
        .join('\n'),
    }));
  },
};

/** @type {esbuild.BuildOptions} */
const short = {
  ...common,
  // Only a title without a Latin letter is hashed: loading node:crypto would take longer than the rest of the command.
  alias: {},
  entryPoints: { short: 'src/cli/short.ts' },
  outdir: `${into}/cli`,
  format: 'esm',
  plugins: [englishOnly, apart, loadedLater],
};
await esbuild.build({ ...short, write: false });

/** Builds the short command's bundle over the others, whose code it names: what it remembers counts only for the same code. */
async function buildShort() {
  const hash = createHash('sha256');
  for (const file of globSync(`${into}/cli/**/*.js`).sort()) hash.update(file).update(readFileSync(file));
  await esbuild.build({ ...short, define: { ...common.define, SPECKIT_BUILD: JSON.stringify(hash.digest('hex')) } });
}

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  // In a file of its own, so that a short command reads two files.
  {
    ...common,
    entryPoints: { main: 'src/cli/main.ts' },
    plugins: [startApart],
    outdir: `${into}/cli`,
    format: 'esm',
  },
  {
    ...common,
    entryPoints: {
      program: 'src/cli/program.ts',
      engine: 'src/extension/engine/engine.ts',
      ...Object.fromEntries([...parts].map((file) => [nameOfPart(file), file])),
    },
    plugins: [englishOnly, withoutOtherParts],
    outdir: `${into}/cli`,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // Packages written as CommonJS ask for `require`, which an ES module does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  },
  {
    ...common,
    entryPoints: { extension: 'src/extension/activate.ts', ...EXTENSION_PARTS },
    outdir: into,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    external: ['vscode'],
    // The extension host reads `vscode` for `require` only.
    supported: { 'dynamic-import': false },
    plugins: [englishOnly, extensionApart],
  },
  {
    ...common,
    platform: 'browser',
    target: 'es2022',
    alias: {},
    entryPoints: {
      parts: 'webview/parts/parts.css',
      runPanel: 'webview/runPanel/main.tsx',
      costPanel: 'webview/costPanel/main.tsx',
      reflexPanel: 'webview/reflexPanel/main.tsx',
    },
    // The names of functions are for stacks and for the tests that count what is drawn; with them the shipped page would be a tenth larger.
    keepNames: !isProduction,
    plugins: [englishOnly, withoutLinkify],
    outdir: `${into}/webview`,
    // Modules, so that React and the parts of the page are there once for all panels. The nonce of a page's script holds for what it imports.
    format: 'esm',
    splitting: true,
    chunkNames: 'shared-[hash]',
    jsx: 'automatic',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    define: { 'process.env.NODE_ENV': isProduction ? '"production"' : '"development"' },
  },
];

for (const folder of ['cli', 'webview']) rmSync(`${into}/${folder}`, { recursive: true, force: true });
// The grammar that commands are read by, and the runtime it needs: WebAssembly, read when the first command is judged.
mkdirSync(`${into}/grammars`, { recursive: true });
for (const file of [
  import.meta.resolve('web-tree-sitter/web-tree-sitter.wasm'),
  import.meta.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm'),
])
  copyFileSync(new URL(file), `${into}/grammars/${path.basename(file)}`);
if (isWatching) {
  for (const options of [...bundles, short]) await (await esbuild.context(options)).watch();
} else {
  await Promise.all(bundles.map((options) => esbuild.build(options)));
  await buildShort();
}
