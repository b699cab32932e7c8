import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { commandLine, program } from '../support/commandLine.ts';
import { finished, GOOD, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Every verb as `speckit --help --all` lists it, with words that succeed after a run `run-1` has made a proposal, in this order. */
const verbs: readonly (readonly [words: readonly string[], exit: number])[] = [
  [['status'], 0],
  [['show', 'run-1'], 0],
  [['explain', 'run-1'], 0],
  [['diff', 'run-1'], 0],
  [['replay', 'run-1'], 0],
  [['watch', 'run-1'], 11],
  [['export', 'run-1', '--to', 'exported'], 0],
  [['clarify', 'run-1'], 0],
  [['stop', 'run-1'], 0],
  [['pause', 'run-1'], 0],
  [['tell', 'run-1', 'Keep it short.'], 0],
  [['analyze', 'SPEC-001'], 0],
  [['checklist', 'SPEC-001'], 0],
  [['approve', 'run-1', '--file', 'src/greet.js'], 11],
  [['reject', 'run-1', '--file', 'test/greet.test.js', '--why', 'not yet'], 0],
  [['edit', 'run-1', '--file', 'src/greet.js', '--from', 'src/greet.js'], 0],
  [['resume', 'run-1'], 11],
  [['new', 'Another thing'], 0],
  [['doctor'], 0],
  [['models', 'list'], 0],
  [['reflex', 'plan', '--vram', '32'], 0],
  [['eval', 'drift'], 0],
  [['cost', 'SPEC-001'], 0],
  [['cost'], 0],
  [['policy', 'check', 'git status'], 0],
  [['policy', 'check', 'npm publish'], 12],
  [['policy', 'test'], 0],
  [['policy', 'scope'], 0],
  [['policy', 'show'], 0],
  [['policy', 'validate'], 0],
  [['config', 'check'], 0],
  [['route', 'explain', 'implement'], 0],
  [['init', '--offline', '--reconfigure'], 0],
  [['specify', 'SPEC-001', '--new', '--run-id', 'run-2'], 0],
  [['plan', 'SPEC-001'], 0],
  [['tasks', 'SPEC-001'], 0],
  [['implement', 'SPEC-001'], 0],
  [['validate', 'SPEC-001'], 0],
  [['audit', 'SPEC-001'], 0],
  [['unlock', 'SPEC-001'], 11],
  [['approve', 'run-2'], 0],
  [['undo', 'run-2'], 0],
  [['log', 'verify', 'run-2'], 0],
  [['gc', '--dry-run'], 0],
  [['patch', 'apply', '--batch'], 0],
];

/** One wrong use of every verb. */
const wrong: readonly (readonly string[])[] = [
  ...['status', 'doctor', 'init', 'sample'].map((verb) => [verb, 'surplus']),
  ...[
    'auto',
    'specify',
    'plan',
    'tasks',
    'implement',
    'validate',
    'audit',
    'unlock',
    'analyze',
    'checklist',
    'clarify',
  ].map((verb) => [verb, 'SPEC-404']),
  ...['show', 'explain', 'diff', 'watch', 'stop', 'pause', 'resume', 'approve', 'undo'].map((verb) => [
    verb,
    'no-such-run',
  ]),
  ['reject', 'no-such-run', '--why', 'x'],
  ['tell', 'no-such-run', 'x'],
  ['replay', 'no-such-run'],
  ['export', 'no-such-run', '--to', 'nowhere'],
  ['log', 'verify', 'no-such-run'],
  ['log', 'burn', 'run-1'],
  ['gc', 'surplus'],
  ['edit', 'run-1', '--file', 'src/greet.js'],
  ['new', ''],
  ['patch', 'apply'],
  ['auto', 'SPEC-001', '--pause', 'lunch'],
  ['approve', 'run-1', '--hunk', '1'],
  ['policy', 'check'],
  ['policy', 'nothing'],
  ['route', 'explain', 'nothing'],
  ['route', 'show', 'plan'],
  ['config', 'mend'],
  ['route', 'explain', 'plan', '--risk', 'some'],
  ['models', 'nothing'],
  ['reflex', 'nothing'],
  ['reflex', 'bakeoff', '--trials', '0'],
  ['eval', 'nothing'],
  ['eval', 'ab', '--stage', 'plan'],
  ['cost', 'SPEC-404'],
  ['cost', '--day', '--month'],
  ['cost', 'reconcile', 'no-such-file.csv'],
  ['unknown-verb'],
  ['status', '--unknown-option'],
];

/** The one JSON object of stdout, whose exit code has to be the process's. */
function objectOf(stdout: string, exit: number | null): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(stdout);
  assert.ok(typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed));
  const object = parsed as Readonly<Record<string, unknown>>;
  assert.equal(object['exitCode'], exit, stdout);
  return object;
}

/** Escape sequences, and a carriage return, which moves the cursor back. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /\u001b|\r/;

describe('the contract of the command line', function () {
  this.timeout(60_000);
  let project: ScriptedProject;
  before(async () => {
    // As often as a run is led through here.
    const implement = Array.from({ length: 6 }, () => GOOD.implement).flat();
    project = await scriptedProject({ answers: { implement } });
  });
  after(() => project[Symbol.asyncDispose]());

  it('prints one JSON object for a run, with its verdict, its tree and what it cost', async () => {
    const run = await project.speckit('--json', 'auto', 'SPEC-001', '--run-id', 'run-1');
    const result = objectOf(run.stdout, 11);
    assert.equal(run.exit, 11);
    assert.equal(run.stderr, '');
    const { runId, specId, verdict, tree, spend } = result;
    assert.deepEqual({ runId, specId, verdict }, { runId: 'run-1', specId: 'SPEC-001', verdict: 'proceed' });
    assert.match(String(tree), /^[0-9a-f]{40}$/);
    const money = spend as Readonly<Record<string, unknown>>;
    assert.equal(money['reservedMicrodollars'], 0);
    assert.ok(Number(money['settledMicrodollars']) > 0);
    assert.equal(money['inDoubtMicrodollars'], 0);
  });

  for (const [words, exit] of verbs) {
    it(`prints one JSON object for ${words.join(' ')}`, async () => {
      const result = await project.speckit(...words, '--json');
      objectOf(result.stdout, exit);
      assert.equal(result.exit, exit, result.stdout + result.stderr);
    });
  }

  it('knows every verb that help lists', async () => {
    const help = await project.speckit('--help', '--all');
    const listed = [...help.stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, verb]) => verb);
    const known = new Set([...verbs.map(([words]) => words[0]), 'auto', 'reflex', 'reject', 'sample']);
    assert.deepEqual(new Set(listed), known);
    const short = await project.speckit('--help');
    assert.deepEqual(
      [...short.stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, verb]) => verb),
      ['sample', 'init', 'new', 'auto', 'status', 'approve'],
    );
    objectOf((await project.speckit('--help', '--json')).stdout, 0);
  });

  it('prints an error as one JSON object, for every verb', async () => {
    await Promise.all(
      wrong.map(async (words) => {
        const result = await project.speckit('--json', ...words);
        const { error } = objectOf(result.stdout, 4) as {
          readonly error?: { readonly kind: string; readonly text: string };
        };
        assert.equal(result.exit, 4, words.join(' '));
        assert.equal(error?.kind, 'usage', words.join(' '));
        assert.ok(error.text.length > 20, words.join(' '));
      }),
    );
  });

  it('prints only lines of JSON under --events, the result last', async () => {
    const result = await project.speckit('--events', '--json', 'auto', 'SPEC-001', '--new');
    const lines = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly kind: string; readonly exitCode?: number });
    assert.equal(lines[0]?.kind, 'RunStart');
    assert.ok(lines.length > 50);
    assert.deepEqual(
      lines.filter(({ kind }) => kind === 'result').map(({ exitCode }) => exitCode),
      [11],
    );
    assert.equal(lines.at(-1)?.kind, 'result');
    assert.equal(result.exit, 11);
  });

  it('moves no cursor and sets no colour where there is no terminal, and keeps progress off stdout', async () => {
    const result = await project.speckit('auto', 'SPEC-001', '--new');
    assert.doesNotMatch(result.stdout + result.stderr, CONTROL);
    assert.match(result.stderr, /^ {2}ok {2}plan /m);
    assert.doesNotMatch(result.stdout, /^ {2}ok {2}plan /m);
    assert.match(result.stderr, /^ {2}\? {3}unlock .* awaits your approval/m);
    assert.doesNotMatch(result.stderr, /\b1 (?:tasks|checks|files|points|requirements)\b/);
  });

  it('moves one line on a terminal: stage, worker, tokens, seconds, dollars', async () => {
    const shown = await onTerminal(project, ['auto', 'SPEC-001', '--new']);
    // oxlint-disable-next-line no-control-regex
    assert.match(shown, /\r\u001b\[2K {2}[-\\|/] {3}plan +architect cheap {3}~\d+ tokens {3}\d+\.\d s {3}\$\d+\.\d+/);
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(shown.replaceAll('\u001b[2K', ''), /\u001b/, 'nothing but the one line is moved');
  });

  it('ends quietly when nobody reads on', async () => {
    const line = `${quote(process.execPath)} ${quote(program)} -C ${quote(project.root)} show run-1 | true`;
    const result = await finished(
      spawn('sh', ['-c', line], { env: project.environment, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    assert.deepEqual({ exit: result.exit, stderr: result.stderr }, { exit: 0, stderr: '' });
  });

  it('works in the folder that -C names, also below the top and relative', async () => {
    const place = { cwd: project.folder.path, home: project.folder.path };
    const result = await commandLine(place, '-C', 'repository/src', 'status', '--json');
    assert.equal(result.exit, 0, result.stderr);
  });

  it('tells the sample apart: its proposal is the wanted end', async function () {
    this.timeout(180_000);
    using folder = temporaryFolder();
    const result = await commandLine({ cwd: folder.path, home: folder.path }, '--json', 'sample', '--folder', 'try it');
    const { outcome } = objectOf(result.stdout, result.exit);
    assert.equal(result.exit === 0, outcome === 'proposed', result.stdout);
  });
});

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The output of a command line whose stdout and stderr are a terminal (util-linux's script). */
async function onTerminal({ root, environment }: ScriptedProject, words: readonly string[]): Promise<string> {
  const line = [process.execPath, program, '-C', root, ...words].map(quote).join(' ');
  const child = spawn('script', ['-qec', line, path.sep === '/' ? '/dev/null' : 'NUL'], {
    env: { ...environment, TERM: 'xterm' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return (await finished(child)).stdout;
}
