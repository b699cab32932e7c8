/*
 * Loaded into a run with `--import`: notes when the process asks something of the system, and writes it as JSON to the file named by
 * SPECKIT_PROBE when the process exits. Plain JavaScript, so that loading it costs next to nothing. Times are milliseconds since 1970.
 */
import childProcess from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { performance } from 'node:perf_hooks';

const now = () => performance.timeOrigin + performance.now();
const processes = [];
const syncs = [];

const { spawn } = childProcess;
childProcess.spawn = (file, ...rest) => {
  const span = { name: nameOf(file, rest), start: now(), end: 0 };
  const child = spawn(file, ...rest);
  processes.push(span);
  child.once('exit', () => (span.end = now()));
  return child;
};
syncBuiltinESMExports();

/** The checks are what runs in the sandbox, or by a shell where there is none; git's verb stands behind its own options. */
function nameOf(file, [words, options]) {
  if (!Array.isArray(words)) return words?.shell === true ? 'check' : 'other';
  if (options?.shell === true || /(?:^|\/)bwrap$/.test(file)) return 'check';
  if (file !== 'git') return 'other';
  return `git ${words.find((word, index) => !word.startsWith('-') && words[index - 1] !== '-c') ?? ''}`;
}

const handle = await open(import.meta.filename, 'r');
const prototype = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ['sync', 'datasync']) {
  const original = prototype[name];
  prototype[name] = async function timed() {
    const span = { name, start: now(), end: 0 };
    syncs.push(span);
    try {
      return await original.call(this);
    } finally {
      span.end = now();
    }
  };
}

process.on('exit', () => {
  const file = process.env['SPECKIT_PROBE'];
  const { user, system } = process.cpuUsage();
  if (file !== undefined) writeFileSync(file, JSON.stringify({ processes, syncs, cpuMs: (user + system) / 1000 }));
});
