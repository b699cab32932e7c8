import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { readEventLog } from '../../src/node/log/eventLog.ts';
import { installation } from '../support/scriptedProject.ts';
import { REPOSITORIES, type LiveRepository } from './repositories.ts';

/** What became of one spec. Money in microdollars at the catalogue's prices, times in seconds; the estimate is the one made before the run. */
export interface LiveResult {
  readonly name: string;
  readonly repository: string;
  readonly size: string;
  readonly exit: number;
  readonly outcome: string;
  /** What the tests that no worker saw say of the applied change: `not run` where nothing was proposed. */
  readonly hidden: 'passed' | 'failed' | 'not run';
  readonly calls: number;
  readonly attempts: number;
  readonly escalations: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly microdollars: number;
  readonly estimate: { readonly min: number; readonly likely: number; readonly max: number };
  readonly why: string;
}

const RUN = 'live';
const CASES = path.join(import.meta.dirname, 'cases');

/** The person's own programs: the Node that comes with this repository is not the one the others are tested with. */
const ownPath = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .filter((folder) => !folder.endsWith(path.join('node_modules', '.bin')))
  .join(path.delimiter);

/** The models whose prices the calls are counted at; all of them are answered by the one server. */
const WORKERS = { small: 'gpt-6-luna', middle: 'gpt-6.1-sol', strong: 'claude-opus-5-5' };

export interface LivePlace {
  /** Where the clones lie, by name, with their dependencies installed. */
  readonly repositories: string;
  /** Of the server that answers, an OpenAI-compatible one. */
  readonly url: string;
}

/** Takes one spec from its text to the proposal, applies that, and runs the hidden tests on it. `number`: `01` to `10`. */
export async function runCase(number: string, place: LivePlace): Promise<LiveResult> {
  const repository = REPOSITORIES.find(({ cases }) => cases.includes(number));
  const [name] = globSync(`${number}-*`, { cwd: CASES });
  if (repository === undefined || name === undefined) throw new Error(`there is no live spec ${number}`);
  const home = mkdtempSync(path.join(tmpdir(), `speckit-live-${number}-`));
  const root = path.join(home, repository.name);
  prepare(root, { repository, name, place });
  const speckit = (...words: readonly string[]) =>
    spawnSync(process.execPath, [path.join(installation, 'dist/cli/main.js'), '-C', root, '--json', ...words], {
      encoding: 'utf8',
      env: { ...process.env, PATH: ownPath, SPECKIT_HOME: path.join(home, 'home') },
      maxBuffer: 64_000_000,
    });
  const preview = previewSchema.parse(JSON.parse(speckit('auto', 'SPEC-001', '--dry-run').stdout));
  const run = speckit('auto', 'SPEC-001', '--run-id', RUN);
  const end = endSchema.parse(JSON.parse(run.stdout));
  const applied = end.outcome === 'proposed' ? speckit('approve', RUN) : undefined;
  const summary = costSchema.parse(JSON.parse(speckit('cost', 'SPEC-001').stdout));
  const tokens = Object.values(summary.per_stage);
  process.stdout.write(`${name}: the repository is in ${root}\n`);
  return {
    name,
    repository: repository.name,
    size: preview.size,
    exit: run.status ?? -1,
    outcome: end.outcome,
    hidden: applied?.status === 0 ? hiddenTests(root, name) : 'not run',
    calls: summary.call_count,
    ...(await countsOf(root)),
    inputTokens: tokens.reduce((sum, stage) => sum + stage.input_tokens, 0),
    outputTokens: tokens.reduce((sum, stage) => sum + stage.output_tokens, 0),
    microdollars: Math.round(summary.spent * 1_000_000),
    estimate: preview.estimate.microdollars,
    why: applied !== undefined && applied.status !== 0 ? applied.stdout : end.text,
  };
}

interface CaseFiles {
  readonly repository: LiveRepository;
  readonly name: string;
  readonly place: LivePlace;
}

function prepare(root: string, { repository, name, place }: CaseFiles): void {
  const clone = path.join(place.repositories, repository.name);
  if (!existsSync(clone)) throw new Error(`clone ${repository.url} at ${repository.commit} into ${clone}`);
  cpSync(clone, root, { recursive: true, verbatimSymlinks: true });
  const specFolder = path.join(root, 'specs', `SPEC-001-${name.slice(3)}`);
  mkdirSync(specFolder, { recursive: true });
  cpSync(path.join(CASES, name, 'spec.md'), path.join(specFolder, 'spec.md'));
  writeFileSync(path.join(root, 'speckit.toml'), settings(repository, place.url));
  for (const words of [
    ['checkout', '--quiet', '--detach', repository.commit],
    ['add', 'specs', 'speckit.toml'],
    ['-c', 'user.name=Live', '-c', 'user.email=live@example.com', 'commit', '--quiet', '-m', 'Add a spec'],
    ['config', 'user.name', 'Live'],
    ['config', 'user.email', 'live@example.com'],
  ]) {
    const git = spawnSync('git', words, { cwd: root, encoding: 'utf8' });
    if (git.status !== 0) throw new Error(`git ${words.join(' ')}: ${git.stderr}`);
  }
}

function settings({ checks }: LiveRepository, url: string): string {
  const patience = 'first_token_timeout_seconds = 7200\nidle_timeout_seconds = 7200\ntotal_timeout_seconds = 14400';
  return [
    ...Object.entries(checks).map(
      ([name, command]) =>
        `[checks.${name}]\ncommand = ${JSON.stringify(command)}\nkind = "test"\ntimeout_seconds = 120`,
    ),
    ...Object.entries(WORKERS).map(
      ([name, model]) =>
        `[workers.${name}]\nprovider = "openai-chat"\nmodel = "${model}"\nbase_url = "${url}"\n${patience}`,
    ),
    '[routing]\narchitect = ["middle", "strong"]\nimplementer = ["small", "middle", "strong"]\ncritic = ["small"]\njudge = ["strong"]',
    '',
  ].join('\n\n');
}

function hiddenTests(root: string, name: string): 'passed' | 'failed' {
  const [file = ''] = globSync(path.join(CASES, name, 'hidden.*'));
  const program = file.endsWith('.py') ? 'python3' : process.execPath;
  const run = spawnSync(program, [file], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: path.join(root, 'src') },
    timeout: 60_000,
  });
  if (run.status !== 0) process.stdout.write(run.stderr.slice(-2_000));
  return run.status === 0 ? 'passed' : 'failed';
}

async function countsOf(root: string): Promise<Pick<LiveResult, 'attempts' | 'escalations'>> {
  const log = await readEventLog(path.join(root, '.git/speckit/runs', RUN, 'events.jsonl'));
  if (log.kind === 'error') throw new Error(JSON.stringify(log.error));
  const decisions = log.value.events.filter((event) => event.kind === 'GateDecision');
  return {
    attempts: decisions.filter(({ payload }) => payload.stage === 'implement').length,
    escalations: log.value.events.filter(({ kind }) => kind === 'Escalation').length,
  };
}

const money = z.object({ min: z.number(), likely: z.number(), max: z.number() });
const previewSchema = z.object({ size: z.string(), estimate: z.object({ microdollars: money }) });
const endSchema = z.object({ outcome: z.string(), text: z.string() });
const costSchema = z.object({
  call_count: z.number(),
  spent: z.number(),
  per_stage: z.record(z.string(), z.object({ input_tokens: z.number(), output_tokens: z.number() })),
});
