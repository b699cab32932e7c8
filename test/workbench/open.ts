import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { makeRepository } from '../../src/app/sampleRepository.ts';
import { installation } from '../support/scriptedProject.ts';
import { startCodeServer } from './support/codeServer.ts';
import { packagedSpecKit } from './support/extensionsUnderTest.ts';

/*
 * `npm run workbench`: the packaged SpecKit in a browser, on a fresh copy of the sample, or on the folder that is named after `--`. Ctrl-C ends it and
 * removes what it made. Run as a program.
 * SPECKIT_WORKBENCH_QUIET keeps it from opening a browser by itself.
 */

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());

await using server = await startCodeServer({ vsixes: [packagedSpecKit()] });
const [named] = process.argv.slice(2);
const project = named === undefined ? await freshSample() : path.resolve(named);
const address = server.address(project);
const what = named === undefined ? 'a copy of the sample' : project;
process.stdout.write(`SpecKit in a browser, on ${what}: ${address}\nCtrl-C ends it.\n`);
const hasDisplay = process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
if (hasDisplay && process.env['SPECKIT_WORKBENCH_QUIET'] === undefined)
  spawn('xdg-open', [address], { stdio: 'ignore', detached: true })
    .on('error', () => process.stdout.write('No browser could be opened: open the address yourself.\n'))
    .unref();
// A timer keeps the program alive; an abort ends the wait.
const alive = setInterval(() => undefined, 60_000);
await new Promise<void>((resolve) => {
  if (ended.signal.aborted) resolve();
  ended.signal.addEventListener('abort', () => resolve(), { once: true });
});
clearInterval(alive);

async function freshSample(): Promise<string> {
  const folder = path.join(server.folder, 'sample');
  cpSync(path.join(installation, 'sample/project'), folder, { recursive: true });
  await makeRepository(folder, ended.signal);
  return folder;
}
