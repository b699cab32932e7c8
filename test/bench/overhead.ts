import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureRun, PEERS, type MeasuredRun } from './measuredRun.ts';
import { writeChapter } from './page.ts';
import { prefixTables } from './prefixReuse.ts';
import { measureSample, type SampleRun } from './sampleRun.ts';
import { startUpTable } from './startUp.ts';
import { median, milliseconds, spread, table } from './table.ts';

/*
 * What SpecKit itself costs, beside peers measured in the same minutes on the same machine. Nothing here is asserted: a figure is read by a
 * person. `--runs N` (7), the first of which only warms up; `--write` also puts the chapter into docs/performance.md.
 */

const TITLE = 'What SpecKit itself costs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '7' }, write: { type: 'boolean', default: false } },
});
const nRuns = Math.max(2, Number(values.runs));
const [load = 0] = loadavg();
const all: MeasuredRun[] = [];
for (let index = 0; index < nRuns; index += 1) all.push(await measureRun());
/** The sample runs its checks many times over: a few of its runs tell enough. */
const SAMPLE_RUNS = 3;
const samples: SampleRun[] = [];
for (let index = 0; index < SAMPLE_RUNS; index += 1) samples.push(await measureSample());
const page = pageOf(all.slice(1), await prefixTables(), await startUpTable(nRuns - 1));
process.stdout.write(page);
if (values.write) writeChapter('docs/performance.md', TITLE, page);

function pageOf(runs: readonly MeasuredRun[], prefixes: string, startUp: string): string {
  return `# ${TITLE}

Written by \`npm run bench -- --write\`, on a machine of ${availableParallelism()} cores with Node ${process.versions.node.split('.')[0]}; ${runs.length} runs after one that warms up, each peer measured between them. Other programs kept ${load.toFixed(1)} processors busy when it began: where that is more than none, read the figures against the peers beside them.

## Overhead of a run

\`speckit auto\` on a project of four files, to the proposal, with models that answer at once: from the start of the process to its exit, the log on disk,
less the time in which the project's own checks ran. The aim is 0.5 s, the limit 1.0 s.

${overheadTable(runs)}

The same for the bundled sample, whose answers come at once from the recording:

${sampleTable(samples)}

Where it goes in the small project (median of the runs; the parts are measured apart and can overlap):

${partsTable(runs)}

Git calls of the last run: ${gitCalls(runs.at(-1))}.

## What a request shares with an earlier one

Bytes of tools and messages in the order a model reads them. OpenAI puts the output schema before them: there, calls with different schemas share nothing.

${prefixes}

## Start of a command

${startUp}
`;
}

function overheadTable(runs: readonly MeasuredRun[]): string {
  return table(
    ['', 'min', 'median', 'max'],
    [
      ['**overhead**', ...spread(runs.map((run) => run.overhead))],
      ['the checks of the project, not counted', ...spread(runs.map((run) => run.checks))],
      ['whole process', ...spread(runs.map((run) => run.wall))],
      ...PEERS.map((peer) => [`peer: \`${peer}\``, ...spread(runs.map((run) => run.peers[peer]))]),
    ],
  );
}

function sampleTable(runs: readonly SampleRun[]): string {
  return table(
    ['', 'min', 'median', 'max'],
    [
      ['**overhead**', ...spread(runs.map((run) => run.overhead))],
      [
        `its ${median(runs.map((run) => run.nChecks))} runs of checks, not counted`,
        ...spread(runs.map((run) => run.checks)),
      ],
      ['whole process', ...spread(runs.map((run) => run.wall))],
    ],
  );
}

function partsTable(runs: readonly MeasuredRun[]): string {
  const row = (
    name: string,
    count: (run: MeasuredRun) => number,
    time: (run: MeasuredRun) => number,
  ): readonly string[] => {
    const n = median(runs.map(count));
    const whole = median(runs.map(time));
    return [name, String(n), milliseconds(whole), n === 0 ? '' : `${(whole / n).toFixed(1)} ms`];
  };
  const sum = (figures: readonly number[]): number => figures.reduce((total, figure) => total + figure, 0);
  return table(
    ['Part', 'count', 'time', 'each'],
    [
      row(
        'start of node and of SpecKit, to the first git call',
        () => 1,
        (run) => run.start,
      ),
      row(
        'git calls',
        (run) => run.gitCalls.length,
        (run) => run.git,
      ),
      row(
        'writes made durable (fsync)',
        (run) => run.nSyncs,
        (run) => run.syncs,
      ),
      row(
        'first model call (loads the SDK, opens the connection)',
        () => 1,
        (run) => run.modelCalls[0] ?? 0,
      ),
      row(
        'model calls after it',
        (run) => run.modelCalls.length - 1,
        (run) => sum(run.modelCalls.slice(1)),
      ),
      row(
        'rest: JSON, hashes, events, gates, exit',
        (run) => run.nEvents,
        (run) => run.rest,
      ),
      row(
        'processor time of the process itself, all parts',
        () => 1,
        (run) => run.cpu,
      ),
    ],
  );
}

function gitCalls(run: MeasuredRun | undefined): string {
  const counts = new Map<string, number>();
  for (const name of run?.gitCalls ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .map(([name, count]) => `${count} × ${name.slice(4)}`)
    .join(', ');
}
