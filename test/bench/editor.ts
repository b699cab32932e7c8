import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { COMMANDS } from '../../src/extension/manifest.ts';
import { measureActivations, measureFirstSights } from './editorTimes.ts';
import { measureLongRun, measureMemory } from './editorLoad.ts';
import type { HostDelay } from './editorUnderTest.ts';
import { installedTable } from './installed.ts';
import { writeChapter } from './page.ts';
import { median, milliseconds, spread, table } from './table.ts';

/*
 * What SpecKit costs an editor: `npm run bench:editor`. Everything is measured in code-server with the packaged extension, beside extensions that do
 * nothing in the same host. Nothing here is asserted. `--rounds N` (6), the first of which only warms up; `--only activation,sights,run,memory`;
 * `--write` also puts the chapter into docs/performance.md.
 */

const TITLE = 'What SpecKit costs an editor';
/** What is measured, in the order of the page. */
const CHAPTERS = {
  activation: async (rounds: number) => activationText(await measureActivations(rounds)),
  sights: async (rounds: number) => sightsText(await measureFirstSights(rounds)),
  run: async () => longRunText(await measureLongRun()),
  memory: async () => memoryText(await measureMemory()),
  sizes: async () => `## What is installed\n\n${installedTable()}`,
} as const;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '6' },
    only: { type: 'string', default: Object.keys(CHAPTERS).join(',') },
    write: { type: 'boolean', default: false },
  },
});
const nRounds = Math.max(2, Number(values.rounds));
const [load = 0] = loadavg();
const wanted = values.only.split(',');
const chapters: string[] = [];
for (const [name, chapter] of Object.entries(CHAPTERS)) {
  if (!wanted.includes(name)) continue;
  const text = await chapter(nRounds);
  process.stdout.write(`${text}\n\n`);
  chapters.push(text);
}
const [loadAtEnd = 0] = loadavg();
const page = `# ${TITLE}

Written by \`npm run bench:editor -- --write\`: the packaged extension in code-server, on a machine of ${availableParallelism()} cores; ${nRounds - 1} windows after one that warms up, each with a fresh extension host. Other programs and the editor itself kept ${load.toFixed(1)} processors busy when it began and ${loadAtEnd.toFixed(1)} at its end: read the figures against the peers beside them.

${chapters.join('\n\n')}
`;
if (values.write) writeChapter('docs/performance.md', TITLE, page);

function activationText(rounds: Awaited<ReturnType<typeof measureActivations>>): string {
  type Round = (typeof rounds)[number];
  const row = (name: string, of: (round: Round) => number): readonly string[] => [
    name,
    ...spread(rounds.map(of), inTenths),
  ];
  const middle = (of: (round: Round) => number): number => median(rounds.map(of));
  const times = (peer: 'nothing' | 'oneCommand', figure: 'took' | 'work'): string =>
    (middle(({ speckit }) => speckit[figure]) / middle((round) => round[peer][figure])).toFixed(2);
  const nCommands = Object.keys(COMMANDS).length;
  return `## Activation

From the call of \`activate()\` to its end, the extension's file read on the way; the aim is 1.3 times the extension that does nothing. Whatever registers something asks for the editor's API first: the second peer does that for a single command. SpecKit registers ${nCommands} commands and four file systems there, and nothing else: a command that is not there when the activation ends loses the key press that began it, and a file system the tab that is restored. The processor time is the host's own, and says the same where other programs take the processor away. The rest of SpecKit is read after the activation, when the other extensions have begun: the last pair is the most processor time that the host took at a stretch, from the activation to a second after it.

${table(
  ['', 'min', 'median', 'max'],
  [
    row('**SpecKit**', ({ speckit }) => speckit.took),
    row('peer: an extension that does nothing', ({ nothing }) => nothing.took),
    row('peer: an extension with one command', ({ oneCommand }) => oneCommand.took),
    row('**SpecKit, processor time**', ({ speckit }) => speckit.work),
    row('peer: nothing', ({ nothing }) => nothing.work),
    row('peer: one command', ({ oneCommand }) => oneCommand.work),
    row('**SpecKit, longest work at a stretch**', ({ speckit }) => speckit.busiest),
    row('peer: nothing', ({ nothing }) => nothing.busiest),
    row('peer: one command', ({ oneCommand }) => oneCommand.busiest),
  ],
)}

The median activation of SpecKit is ${times('nothing', 'took')} times that of the extension that does nothing (${times('nothing', 'work')} times in processor time), and ${times('oneCommand', 'took')} times that of the one with one command (${times('oneCommand', 'work')}).`;
}

function sightsText(rounds: Awaited<ReturnType<typeof measureFirstSights>>): string {
  return `## What is seen first

In a repository with one finished run: from the click on the container in the activity bar to the first row, and from the command to the first words of the panel.

${table(
  ['', 'min', 'median', 'max'],
  [
    ['**first row of the spec explorer**', ...spread(rounds.map(({ tree }) => tree))],
    ['peer: a tree of one row that is always the same', ...spread(rounds.map(({ besideTree }) => besideTree))],
    ['**first words of the run panel**', ...spread(rounds.map(({ panel }) => panel))],
    ['peer: a webview of one heading', ...spread(rounds.map(({ besidePanel }) => besidePanel))],
  ],
)}`;
}

function longRunText({ nEvents, delays, webview }: Awaited<ReturnType<typeof measureLongRun>>): string {
  const row = (name: string, { longest, p99, blocked, busiest }: HostDelay) => [
    name,
    inTenths(p99),
    inTenths(longest),
    inTenths(blocked),
    inTenths(busiest),
  ];
  return `## A run of ${nEvents} events

Another process lets a run's log grow to ${nEvents} events, a few hundred a second, and touches its spec as often. By how much the event loop of the extension host came late meanwhile, which other programs can cause as well; the latest once more without the time in which its thread was ready and no processor was free (as Linux counts it); and the most processor time its main thread took at a stretch, which is its own. The aim is that the host is never blocked for more than 20 ms.

${table(
  ['', '99 of 100', 'latest', 'latest, waits taken off', 'longest of its own work'],
  [
    row('**with the panel of the run open**', delays.withPanel),
    row('without a panel', delays.withoutPanel),
    row('peer: the same host, and no log that grows', delays.idle),
    row('peer: a host without SpecKit while the log grows', delays.withoutSpeckit),
  ],
)}

To the panel went ${webview.messages} messages of ${kilobytes(webview.bytes)} together, the largest ${kilobytes(webview.largest)}; the last came at most ${milliseconds(webview.behind)} after the last event was written.`;
}

function memoryText({ rows }: Awaited<ReturnType<typeof measureMemory>>): string {
  const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
  return `## Memory

Of the extension host's process, all its threads together (the engine is one of them), and of the heap of its main thread after the garbage is collected.

${table(
  ['', 'process', 'heap of the main thread'],
  rows.map(({ name, rss, heapUsed }) => [name, megabytes(rss), `${(heapUsed / 1024 / 1024).toFixed(1)} MB`]),
)}`;
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KB`;
}

function inTenths(figure: number): string {
  return `${figure.toFixed(1)} ms`;
}
