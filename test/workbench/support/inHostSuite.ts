import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { installation } from '../../support/scriptedProject.ts';

/** What VS Code is told to run in its extension host. Absolute. */
export interface InHostSuite {
  /** An extension that does nothing: VS Code runs tests only beside an extension in development, and SpecKit itself is to run from its package. */
  readonly developmentFolder: string;
  /** The module with `run`. */
  readonly entry: string;
}

/** Bundles a folder of suites (`*.test.ts` and the runner) into dist/inHost/<name>. `mocha` comes from node_modules, `vscode` from the host. */
export async function bundleInHostSuite(folder = 'test/workbench/inHost'): Promise<InHostSuite> {
  const outdir = path.join(installation, 'dist', path.basename(folder));
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [
      path.join(installation, 'test/workbench/inHost/index.ts'),
      ...globSync('*.test.ts', { cwd: path.join(installation, folder) }).map((file) =>
        path.join(installation, folder, file),
      ),
    ],
    outdir,
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  const developmentFolder = path.join(outdir, 'empty-extension');
  mkdirSync(developmentFolder);
  const manifest = { name: 'empty', publisher: 'speckit-test', version: '0.0.0', engines: { vscode: '^1.125.0' } };
  writeFileSync(path.join(developmentFolder, 'package.json'), JSON.stringify(manifest));
  return { developmentFolder, entry: path.join(outdir, 'index.cjs') };
}
