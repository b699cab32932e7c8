/*
 * Before the tests: what they need beside npm's packages. Missing Debian packages are installed where that is possible without asking (Debian, root);
 * elsewhere this says exactly what to install.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A command the tests run, and the Debian package that brings it. */
const NEEDED = [
  ['git', 'git'],
  ['python3', 'python3'],
  ['make', 'make'],
  ['cc', 'gcc'],
  ['cargo', 'cargo'],
  ['script', 'bsdutils'],
];

const isThere = (command) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
const missing = NEEDED.filter(([command]) => !isThere(command));
if (missing.length > 0) {
  const packages = missing.map(([, name]) => name);
  const isRoot = process.getuid?.() === 0;
  if (!existsSync('/etc/debian_version') || !isRoot) {
    const commands = missing.map(([command]) => command).join(', ');
    process.stderr.write(
      `The tests need these commands: ${commands}.\nOn Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}\n`,
    );
    process.exit(1);
  }
  execFileSync('apt-get', ['update', '--quiet'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], { stdio: 'inherit' });
}
