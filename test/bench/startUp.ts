import path from 'node:path';
import { createApp } from '../../src/app/createApp.ts';
import { installation, scriptedProject } from '../support/scriptedProject.ts';
import { spread, table } from './table.ts';
import { timed } from './timed.ts';

/** What a short command costs from the start of its process to its exit, beside node doing nothing, in turns. */
export async function startUpTable(runs: number): Promise<string> {
  await using project = await scriptedProject();
  const { environment, root } = project;
  const speckit = [process.execPath, path.join(installation, 'dist/cli/main.js'), '-C', root];
  const commands: readonly (readonly [string, (round: number) => readonly string[]])[] = [
    ['`node -e 0`', () => [process.execPath, '-e', '0']],
    ['`git status`', () => ['git', 'status', '--porcelain']],
    ['`speckit --version`', () => [...speckit, '--version']],
    ['`speckit new`', (round) => [...speckit, 'new', `Round ${round}`]],
    ['`speckit status`', () => [...speckit, 'status']],
  ];
  const figures = commands.map((): number[] => []);
  for (let round = 0; round <= runs; round += 1) {
    for (const [index, [, words]] of commands.entries()) {
      const { start, end } = await timed(words(round), { cwd: root, environment });
      // The first round fills caches.
      if (round > 0) figures[index]?.push(end - start);
    }
  }
  return table(
    ['Command', 'min', 'median', 'max'],
    [
      ...commands.map(([name], index) => [name, ...spread(figures[index] ?? [])]),
      ['a new spec in a process that runs already, as in an editor', ...spread(await newSpecTimes(root, runs))],
    ],
  );
}

/** The same work without the start of a process: what an editor would wait for. The first time loads code and does not count. */
async function newSpecTimes(root: string, runs: number): Promise<readonly number[]> {
  const app = createApp({
    folder: root,
    installation,
    environment: process.env,
    program: 'bench',
    person: 'bench',
    secret: async () => undefined,
    provider: () => undefined,
    onEvent: () => undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const times: number[] = [];
  for (let round = 0; round <= runs; round += 1) {
    const start = performance.now();
    await app.newSpec({ title: `In one process ${round}` });
    if (round > 0) times.push(performance.now() - start);
  }
  return times;
}
