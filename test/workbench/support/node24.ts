import { existsSync } from 'node:fs';
import path from 'node:path';
import { installation } from '../../support/scriptedProject.ts';

/** The Node 24 that came with the project, which code-server's compiled modules are built for. Throws when it is not installed. */
export function node24(): string {
  if (process.version.startsWith('v24.')) return process.execPath;
  const installed = path.join(installation, 'node_modules/.bin/node');
  if (existsSync(installed)) return installed;
  throw new Error(`code-server needs Node 24 and this is ${process.version}: run \`npm ci\` first`);
}
