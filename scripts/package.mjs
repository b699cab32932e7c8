/*
 * Packages the extension into dist/speckit-auto.vsix, or into `--out=FILE`. It is built minified into a folder of its own, so that tests that run from
 * dist meanwhile keep what they have. Which files go in is said by .vscodeignore alone.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';

const root = path.resolve(import.meta.dirname, '..');
const out = path.resolve(
  root,
  process.argv.find((word) => word.startsWith('--out='))?.slice('--out='.length) ?? 'dist/speckit-auto.vsix',
);
const COPIED = [
  '.vscodeignore',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'media',
  'prompts',
  'sample/project',
  'sample/recordings',
  'reflex/suites',
];

mkdirSync(path.join(root, 'dist'), { recursive: true });
const staging = mkdtempSync(path.join(root, 'dist/package-'));
try {
  for (const name of COPIED.filter((name) => existsSync(path.join(root, name))))
    cpSync(path.join(root, name), path.join(staging, name), { recursive: true });
  // What only development needs says nothing to a person who installs the extension.
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const key of ['scripts', 'devDependencies', 'allowScripts']) delete manifest[key];
  writeFileSync(path.join(staging, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const build = ['esbuild.mjs', '--production', `--into=${path.join(staging, 'dist')}`];
  execFileSync(process.execPath, build, { cwd: root, stdio: 'inherit' });
  const made = path.join(staging, 'made.vsix');
  await createVSIX({
    cwd: staging,
    packagePath: made,
    dependencies: false,
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
  });
  mkdirSync(path.dirname(out), { recursive: true });
  renameSync(made, out);
  process.stdout.write(`${path.relative(root, out)}: ${(statSync(out).size / 1024).toFixed(0)} KB\n`);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
