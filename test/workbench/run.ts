import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';

/*
 * Runs each file of these tests in a process of its own, all of them or those that are named. An editor in a browser on a busy computer does lose a click or a frame now and
 * then, so a file that failed is run once more when the others are through, and the end says so in words: what passed only then is worth a look. When more than
 * three files fail nothing is repeated: that is no chance.
 */

const MOST_REPEATED = 3;

const named = process.argv.slice(2);
const files = named.length > 0 ? named : globSync('test/workbench/*.test.ts').sort();
const failed = files.filter((file) => !passes(file));
const repeated = failed.length <= MOST_REPEATED ? failed : [];
const failedTwice = repeated.filter((file) => !passes(file));
const isLost = failed.length > MOST_REPEATED || failedTwice.length > 0;

const lines = files.map((file) => `${outcome(file).padEnd(32)} ${file}`);
process.stdout.write(`\n${lines.join('\n')}\n`);
process.exitCode = isLost ? 1 : 0;

function passes(file: string): boolean {
  const mocha = path.join(import.meta.dirname, '../../node_modules/mocha/bin/mocha.js');
  return spawnSync(process.execPath, [mocha, '--timeout', '120000', file], { stdio: 'inherit' }).status === 0;
}

function outcome(file: string): string {
  if (!failed.includes(file)) return 'passed';
  if (repeated.length === 0) return 'failed';
  return failedTwice.includes(file) ? 'failed twice' : 'FAILED, passed the second time';
}
