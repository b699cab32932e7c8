import path from 'node:path';
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
    commands.map(([name], index) => [name, ...spread(figures[index] ?? [])]),
  );
}
