import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FIRST_PREVIOUS, LOG_VERSION, type RunEvent } from '../../src/core/run/event.ts';
import { hashOf } from '../../src/base/hash.ts';
import { RUN, runFolderOf } from '../support/killedRun.ts';
import { checkMessage } from '../support/message.ts';
import { scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';

type Line = Pick<RunEvent, 'seq' | 'time' | 'kind' | 'payload'>;

/** Lines with their chain made anew: what another version of SpecKit could have written. */
function chained(lines: readonly Line[]): string {
  let previous = FIRST_PREVIOUS;
  const texts = lines.map(({ time, kind, payload }, index) => {
    const line = { seq: index + 1, time, kind, payload, previous };
    previous = hashOf(line);
    return `${JSON.stringify({ ...line, hash: previous })}\n`;
  });
  return texts.join('');
}

const linesOf = (file: string): readonly Line[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

/** A log that is not as it was written: what was done to it, and the exit code of everything that reads it. */
const DAMAGES: readonly (readonly [name: string, damage: (log: string, blobs: string) => void, exit: number])[] = [
  ['a-log-whose-last-line-is-torn', (log) => appendFileSync(log, '{"seq":171,"ti'), 0],
  [
    'a-log-with-a-changed-line',
    (log) => writeFileSync(log, readFileSync(log, 'utf8').replace('"verdict":"proceed"', '"verdict":"stop"')),
    3,
  ],
  [
    'a-log-that-lacks-a-line',
    (log) => writeFileSync(log, readFileSync(log, 'utf8').split('\n').toSpliced(20, 1).join('\n')),
    3,
  ],
  ['a-log-with-a-torn-line-in-the-middle', (log) => writeFileSync(log, cutLine(readFileSync(log, 'utf8'), 40)), 3],
  ['a-log-whose-texts-are-gone', (_, blobs) => rmSync(blobs, { recursive: true }), 3],
  [
    'a-log-with-a-changed-text',
    (log, blobs) => {
      const proposal = linesOf(log).find(({ kind }) => kind === 'ProposalCreate')?.payload as {
        content: { sha256: string };
      };
      appendFileSync(path.join(blobs, proposal.content.sha256), ' ');
    },
    3,
  ],
  ['a-log-of-a-newer-speckit', (log) => writeFileSync(log, chained(withVersion(linesOf(log), 9))), 3],
  [
    'a-log-with-an-event-that-is-not-known-here',
    (log) => {
      const [last] = linesOf(log).slice(-1);
      assert.ok(last !== undefined);
      const kind = 'PlanDream' as RunEvent['kind'];
      writeFileSync(log, chained([...linesOf(log), { ...last, kind, payload: { key: 'x' } as never }]));
    },
    3,
  ],
];

const cutLine = (text: string, line: number): string =>
  text
    .split('\n')
    .map((whole, index) => (index === line - 1 ? whole.slice(0, 30) : whole))
    .join('\n');

const withVersion = (lines: readonly Line[], version: number): readonly Line[] =>
  lines.map((line) => (line.kind === 'RunStart' ? { ...line, payload: { ...line.payload, version } } : line));

/** As format 1 wrote it: without what was added since. */
const inFormat1 = (lines: readonly Line[]): readonly Line[] =>
  withVersion(lines, 1).map((line) => {
    if (line.kind !== 'OwnerChange') return line;
    const { version: _, ...payload } = line.payload as { readonly version?: number };
    return { ...line, payload: payload as never };
  });

describe('the log of a run', function () {
  this.timeout(30_000);
  let project: ScriptedProject;
  let log = '';
  let blobs = '';
  before(async () => {
    project = await scriptedProject({ answersBy: 'turn' });
    assert.equal((await project.speckit('auto', 'SPEC-001', '--run-id', RUN)).exit, 11);
    cpSync(runFolderOf(project), project.folder.join('sound'), { recursive: true });
    log = path.join(runFolderOf(project), 'events.jsonl');
    blobs = path.join(runFolderOf(project), 'blobs');
  });
  afterEach(() => {
    rmSync(runFolderOf(project), { recursive: true });
    cpSync(project.folder.join('sound'), runFolderOf(project), { recursive: true });
  });
  after(() => project[Symbol.asyncDispose]());

  /** Puts the run back to its first `count` events, with a ledger that knows no more than they do. */
  function goBackTo(count: number, change: (lines: readonly Line[]) => readonly Line[]): void {
    writeFileSync(log, chained(change(linesOf(log).slice(0, count))));
    rmSync(project.folder.join('home', 'data'), { recursive: true });
  }

  it('is verified, with the texts it refers to', async () => {
    const verified = await project.speckit('--json', 'log', 'verify', RUN);
    const {
      blobs: nBlobs,
      events: nEvents,
      ...report
    } = JSON.parse(verified.stdout) as Readonly<Record<string, unknown>>;
    assert.deepEqual(report, { runId: RUN, version: LOG_VERSION, droppedBlobs: 0, tornBytes: 0, exitCode: 0 });
    assert.equal(nBlobs, readdirSync(blobs).length);
    assert.equal(nEvents, readFileSync(log, 'utf8').trimEnd().split('\n').length);
  });

  for (const [name, damage, exit] of DAMAGES) {
    it(`is ${exit === 0 ? 'accepted' : 'refused'}: ${name.replaceAll('-', ' ')}`, async () => {
      damage(log, blobs);
      const words = ['log', 'verify', RUN];
      const result = await project.speckit(...words);
      checkMessage(name, { words, result: { ...result, stderr: withoutHashes(result.stderr) }, hide: [] });
      assert.equal(result.exit, exit);
    });
  }

  it('is never gone on with when it is damaged, and nothing in it changes', async () => {
    const [, damage] = DAMAGES[1] ?? [];
    damage?.(log, blobs);
    const before = readFileSync(log, 'utf8');
    for (const words of [
      ['resume', RUN],
      ['show', RUN],
      ['approve', RUN],
    ]) {
      const result = await project.speckit(...words);
      assert.equal(result.exit, 3, words.join(' '));
      assert.match(result.stderr, /damaged in line 19\b/);
    }
    assert.equal(readFileSync(log, 'utf8'), before);
  });

  it('tells of the torn line that was cut off when the run goes on', async () => {
    goBackTo(100, (lines) => lines);
    appendFileSync(log, `{"seq":101,${'x'.repeat(30)}`);
    const resumed = await project.speckit('resume', RUN);
    assert.equal(resumed.exit, 11, resumed.stderr + resumed.stdout);
    assert.match((await project.speckit('show', RUN)).stdout, /cut off by a crash; its 41 bytes never counted/);
    const verified = await project.speckit('--json', 'log', 'verify', RUN);
    assert.equal((JSON.parse(verified.stdout) as { readonly tornBytes: number }).tornBytes, 0);
  });

  it('of an older SpecKit is read and gone on with', async () => {
    goBackTo(120, inFormat1);
    const resumed = await project.speckit('resume', RUN);
    assert.equal(resumed.exit, 11, resumed.stderr + resumed.stdout);
    const verified = await project.speckit('--json', 'log', 'verify', RUN);
    assert.equal((JSON.parse(verified.stdout) as { readonly version: number }).version, LOG_VERSION);
  });
});

const withoutHashes = (text: string): string => text.replaceAll(/\b[0-9a-f]{64}\b/g, '<sha256>');
