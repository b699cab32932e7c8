import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { installation } from '../../support/scriptedProject.ts';
import { DRIVER } from '../driver/manifest.ts';

/** The packaged extension. Throws when it was not packaged. */
export function packagedSpecKit(): string {
  const vsix = path.join(installation, 'dist/speckit-auto.vsix');
  if (!existsSync(vsix)) throw new Error('dist/speckit-auto.vsix is missing: run `npm run package` first');
  return vsix;
}

/** Builds and packages the driver extension into dist/driver, and returns its vsix. Takes about a second. */
export async function packagedDriver(): Promise<string> {
  const folder = path.join(installation, 'dist/driver');
  await build({
    entryPoints: [path.join(installation, 'test/workbench/driver/driver.ts')],
    outfile: path.join(folder, 'driver.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return packageFolder(folder, DRIVER);
}

/** Writes the manifest into the folder and packages the folder, whose name the vsix takes. */
export async function packageFolder(folder: string, manifest: object): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  const vsix = `${folder}.vsix`;
  const vsce = path.join(installation, 'node_modules/@vscode/vsce/vsce');
  const words = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', vsix];
  await promisify(execFile)(process.execPath, [vsce, ...words], { cwd: folder });
  return vsix;
}
