import { spawn } from 'node:child_process';

/*
 * `npm run check`: what is run after every change. The build first; then types, lint, format and unused code one after the other, beside the unit tests,
 * which leave one processor idle while their longest file runs. What a step printed is shown when it has ended, and whole only where it failed.
 */

interface Step {
  readonly name: string;
  readonly words: readonly string[];
}

interface Ended {
  readonly name: string;
  readonly exit: number;
  readonly seconds: number;
}

const node = (name: string, ...words: readonly string[]): Step => ({ name, words: [process.execPath, ...words] });
const BUILD = node('build', 'esbuild.mjs');
const LANES: readonly (readonly Step[])[] = [
  [node('unit tests', 'test/run.ts', 'unit')],
  [
    { name: 'types', words: ['tsc', '-p', 'tsconfig.json'] },
    { name: 'lint', words: ['oxlint', '--type-aware', '--deny-warnings'] },
    { name: 'format', words: ['oxfmt', '--check'] },
    { name: 'unused code', words: ['knip'] },
  ],
];
/** Lines of a step that passed: its summary. */
const LINES_SHOWN = 3;

const started = performance.now();
const built = await run(BUILD);
const ended = built.exit === 0 ? [built, ...(await Promise.all(LANES.map(runLane))).flat()] : [built];
const failed = ended.filter(({ exit }) => exit !== 0);
const told = ended.map(
  ({ name, exit, seconds }) => `${exit === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.toFixed(1)} s`,
);
const whole = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(
  `\n${told.join('\n')}\n${failed.length === 0 ? 'All of it passed' : 'Not all of it passed'} in ${whole} s.\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Every step, also after one that failed: each says something else. */
async function runLane(steps: readonly Step[]): Promise<readonly Ended[]> {
  const all: Ended[] = [];
  for (const step of steps) all.push(await run(step));
  return all;
}

function run({ name, words: [program = '', ...rest] }: Step): Promise<Ended> {
  const begun = performance.now();
  // The programs of the project's own packages are on the PATH of an npm script.
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => output.push(piece));
  process.once('exit', () => child.kill());
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const exit = code ?? 1;
      const lines = Buffer.concat(output).toString('utf8').trimEnd().split('\n');
      const shown = exit === 0 ? lines.filter((line) => line.trim() !== '').slice(-LINES_SHOWN) : lines;
      process.stdout.write(`== ${name}\n${shown.join('\n')}\n`);
      resolve({ name, exit, seconds: (performance.now() - begun) / 1000 });
    });
  });
}
