/*
 * Before the tests: what they need beside npm's packages. Missing Debian packages are installed where that is possible without asking (Debian, root);
 * elsewhere this says exactly what to install.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const hasCommand = (command) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
const hasLibrary = (name) => spawnSync('pkg-config', ['--exists', name], { stdio: 'ignore' }).status === 0;

/** What the tests need, and the Debian package that brings it. */
const NEEDED = [
  ...[
    ['git', 'git'],
    ['python3', 'python3'],
    ['make', 'make'],
    ['cc', 'gcc'],
    ['cargo', 'cargo'],
    ['script', 'bsdutils'],
    // Checks run in a sandbox.
    ['bwrap', 'bubblewrap'],
    // Modules of code-server are compiled when it is installed.
    ['g++', 'g++'],
    ['pkg-config', 'pkg-config'],
  ].map(([command, name]) => ({ what: command, name, isThere: () => hasCommand(command) })),
  // The editor is seen in it.
  {
    what: 'chromium (or CHROMIUM, naming a browser of its kind)',
    name: 'chromium',
    isThere: () => process.env.CHROMIUM !== undefined || ['chromium', 'google-chrome'].some(hasCommand),
  },
  { what: 'the headers of Kerberos', name: 'libkrb5-dev', isThere: () => hasLibrary('krb5-gssapi') },
];

const missing = NEEDED.filter(({ isThere }) => !isThere());
if (missing.length > 0) {
  const packages = missing.map(({ name }) => name);
  const isRoot = process.getuid?.() === 0;
  if (!existsSync('/etc/debian_version') || !isRoot) {
    process.stderr.write(
      `The tests need: ${missing.map(({ what }) => what).join(', ')}.\nOn Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}\n`,
    );
    process.exit(1);
  }
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '--quiet'], { stdio: 'inherit', env: environment });
  execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], {
    stdio: 'inherit',
    env: environment,
  });
}
