import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { counted } from '../../src/base/counted.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { installation, scriptedProject } from '../support/scriptedProject.ts';
import { fixedPart, oneWordRuns } from './oneWord.ts';
import { writeChapter } from './page.ts';
import { promptRun, type PromptCall, type PromptRun } from './promptCalls.ts';
import { promptProjects } from './promptProjects.ts';
import { table } from './table.ts';
import { timed } from './timed.ts';

/*
 * How much SpecKit sends to models: on the sample, on three installed packages taken as projects, and for one word of three lines. The models are
 * scripted, so that the figures are of prompts alone. Nothing here is asserted. `--write` also puts the chapter into docs/performance.md.
 */

const TITLE = 'What prompts hold';
/** The aims of a turn's fixed part and of the whole one-word edit, in bytes. */
const AIMS = { fixed: 6 * 1024, edit: 20 * 1024 };

/**
 * Bytes of the FIRST request of other agents for a one-word edit in a repository of three lines, tools included, as compact JSON, and each needs three such
 * requests: figures of an earlier measurement, not of this bench, given for scale.
 */
const AGENTS: readonly (readonly [agent: string, kilobytes: number])[] = [
  ['opencode', 24],
  ['gemini', 39],
  ['codex', 40],
  ['claude', 49],
  ['qwen', 71],
];

interface Measured {
  readonly name: string;
  readonly about: string;
  readonly run: PromptRun;
}

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const projects = [await sample()];
for (const { name, nFiles, bytes, options } of promptProjects())
  projects.push(await measured(name, `${nFiles} files, ${kilobytes(bytes)}`, options));
const words = await oneWordRuns();
const fixed = await fixedPart(words.at(-1)?.implement[0]);
const fixedLocal = await fixedPart(words.at(-1)?.implement[0], 'local');
const page = pageOf();
process.stdout.write(page);
if (values.write) writeChapter('docs/performance.md', TITLE, page);

async function sample(): Promise<Measured> {
  using home = temporaryFolder('speckit bench');
  const program = [process.execPath, path.join(installation, 'dist/cli/main.js')];
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home.path, SPECKIT_HOME: home.join('home') };
  const at = { cwd: home.path, environment };
  const folder = home.join('notes');
  await timed([...program, '--json', 'sample', '--folder', folder], at);
  const runs = path.join(folder, '.git/speckit/runs');
  const [id = ''] = readdirSync(runs);
  return { name: 'the sample', about: 'recorded', run: await promptRun(path.join(runs, id)) };
}

async function measured(
  name: string,
  about: string,
  options: Parameters<typeof scriptedProject>[0],
): Promise<Measured> {
  await using project = await scriptedProject(options);
  const run = await project.speckit('--json', 'auto', 'SPEC-001', '--run-id', 'run-1');
  if (run.exit !== 11) throw new Error(`the run on ${name} ended with ${run.exit}: ${run.stdout} ${run.stderr}`);
  return { name, about, run: await promptRun(path.join(project.root, '.git/speckit/runs/run-1')) };
}

function pageOf(): string {
  return `# ${TITLE}

Written by \`npm run bench:prompts -- --write\`. The sample answers from its recording; the others are installed packages, each made a repository with a
small spec (test/bench/specs) and answered by a script. Tokens are SpecKit's own estimate of all that is sent, output schemas and tools included.

## Tokens of prompts, by stage

${stageTable()}

## Turns of the implementer

An attempt is one conversation: each turn sends what stood before it, and that is the part a prefix cache takes.

${turnTable()}

## What did not fit

${cutTable()}

## One word in a repository of three lines

Bytes of the requests as compact JSON, tools included.

${wordTable()}

The fixed part of an implement turn (tools, rules and the stage's words, with nothing of any project): ${fixed.all} bytes, of them ${fixed.tools} tools and ${fixed.prompts} prompts. ${aimText(fixed.all, AIMS.fixed)}
In the words for local models: ${fixedLocal.all} bytes. ${aimText(fixedLocal.all, AIMS.fixed)}

Schemas of answers in prompts: ${words.map(({ way, schemas }) => `${schemas} bytes ${way}`).join(', ')}. They are left out where the provider is known to show the model the schema that is sent (OpenAI and Anthropic at their own endpoints).

${words.map((word) => `The whole edit ${word.way}: ${sum(word.requests.map(({ bytes }) => bytes))} bytes. ${aimText(sum(word.requests.map(({ bytes }) => bytes)), AIMS.edit)}`).join('\n\n')}
`;
}

function stageTable(): string {
  const stages = ['specify', 'plan', 'tasks', 'implement', 'audit'] as const;
  return table(
    ['Project', ...stages, 'all', 'requests', 'bytes that repeat an earlier prefix'],
    projects.map(({ name, about, run: { calls } }) => [
      `${name} (${about})`,
      ...stages.map((stage) =>
        thousands(sum(calls.filter((call) => call.stage === stage).map(({ tokens }) => tokens))),
      ),
      thousands(sum(calls.map(({ tokens }) => tokens))),
      String(calls.length),
      percent(calls),
    ]),
  );
}

function turnTable(): string {
  return table(
    [
      'Project',
      'turns',
      'tokens of the first',
      'of a later one (mean)',
      'of it repeated',
      'new tokens in a later one (mean)',
    ],
    projects.map(({ name, run }) => {
      const turns = run.calls.filter(({ stage }) => stage === 'implement');
      const later = turns.filter(({ key }) => !key.endsWith('/turn-1'));
      const fresh = later.map(({ tokens, bytes, repeated }) => (tokens * (bytes - repeated)) / bytes);
      return [
        name,
        String(turns.length),
        thousands(turns[0]?.tokens ?? 0),
        thousands(mean(later.map(({ tokens }) => tokens))),
        percent(later),
        thousands(mean(fresh)),
      ];
    }),
  );
}

function cutTable(): string {
  const rows = projects.flatMap(({ name, run }) =>
    run.cuts.map(({ key, part, limit, left }) => [
      name,
      `${key.slice(0, -part.length - 1)}: ${part}`,
      limit,
      left.length > 3 ? `${left.slice(0, 3).join(', ')} and ${left.length - 3} more` : left.join(', '),
    ]),
  );
  return rows.length === 0 ? 'Everything fitted.' : table(['Project', 'Where', 'Limit', 'Left out'], rows);
}

function wordTable(): string {
  const ours = words.map(({ way, requests }) => [
    `**SpecKit, ${way}**`,
    kilobytes(requests[0]?.bytes ?? 0),
    counted(requests.length, 'request'),
    kilobytes(sum(requests.map(({ bytes }) => bytes))),
  ]);
  const others = AGENTS.map(([agent, size]) => [
    `${agent} (measured earlier, not by this bench)`,
    `${size} KB`,
    '3 requests',
    `${size * 3} KB at least`,
  ]);
  return table(['Who', 'first request', 'requests', 'all requests'], [...ours, ...others]);
}

function aimText(bytes: number, aim: number): string {
  return `The aim, under ${aim / 1024} KB, is ${bytes < aim ? 'met' : '**not met**'}.`;
}

function percent(calls: readonly PromptCall[]): string {
  return `${Math.round((100 * sum(calls.map(({ repeated }) => repeated))) / Math.max(1, sum(calls.map(({ bytes }) => bytes))))} %`;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}

function mean(figures: readonly number[]): number {
  return sum(figures) / Math.max(1, figures.length);
}

function thousands(tokens: number): string {
  return Math.round(tokens).toLocaleString('en');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
