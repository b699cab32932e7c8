/* Bundles the command line (ES modules, split so that a verb loads only what it needs) and the extension host (one CommonJS file). */
import { readFileSync, rmSync } from 'node:fs';
import * as esbuild from 'esbuild';

const isProduction = process.argv.includes('--production');
const isWatching = process.argv.includes('--watch');
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
  plugins: [englishOnly],
};

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  {
    ...common,
    entryPoints: { main: 'src/cli/main.ts' },
    outdir: 'dist/cli',
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
    entryPoints: { extension: 'src/extension/activate.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    external: ['vscode'],
  },
];

rmSync('dist/cli', { recursive: true, force: true });
if (isWatching) {
  for (const options of bundles) await (await esbuild.context(options)).watch();
} else {
  await Promise.all(bundles.map((options) => esbuild.build(options)));
}
