import { readFileSync } from 'node:fs';
import path from 'node:path';
import { installation } from '../support/scriptedProject.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { probeSchema } from './probeFile.ts';
import { covered } from './spans.ts';
import { timed } from './timed.ts';

/** `speckit sample` once, from the start of its process to its exit: the models answer at once, from the recording. Milliseconds. */
export interface SampleRun {
  readonly wall: number;
  readonly checks: number;
  readonly nChecks: number;
  readonly overhead: number;
}

/** Runs the bundled sample in a fresh folder and takes the project's own checks off its time. */
export async function measureSample(): Promise<SampleRun> {
  using home = temporaryFolder('speckit bench');
  const probe = home.join('probe.json');
  const program = path.join(installation, 'dist/cli/main.js');
  const words = [process.execPath, '--import', path.join(import.meta.dirname, 'probe.mjs'), program];
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: home.path,
    SPECKIT_HOME: home.join('home'),
    SPECKIT_PROBE: probe,
  };
  const { start, end } = await timed([...words, '--json', 'sample', '--folder', home.join('notes')], {
    cwd: home.path,
    environment,
  });
  const { processes } = probeSchema.parse(JSON.parse(readFileSync(probe, 'utf8')));
  const checks = processes.filter(({ name }) => name === 'check');
  const wall = end - start;
  return { wall, checks: covered(checks), nChecks: checks.length, overhead: wall - covered(checks) };
}
