import assert from 'node:assert/strict';
import { finishedTask, standingOf, tasksOfRun } from '../../../src/core/pipeline/finishedTasks.ts';
import type { Task } from '../../../src/core/pipeline/outputs.ts';
import type { Blobs } from '../../../src/core/ports.ts';
import type { EventKind, RunEvent } from '../../../src/core/run/event.ts';

const tree = (digit: number): string => String(digit).repeat(40);
const hash = (digit: number): string => String(digit).repeat(64);

/** Events of which only the payload matters, and of that only what is given. */
type Told = readonly [EventKind, object];
const events = (...list: readonly Told[]): readonly RunEvent[] =>
  list.map(([kind, payload]) => ({ kind, payload }) as unknown as RunEvent);

const TASK: Task = {
  id: 'T1',
  title: 'a',
  description: 'a',
  requirements: [],
  files: ['src/a.js'],
  depends_on: [],
  criteria: [],
};

const truth = (check: string, more: object = {}) => ({
  kind: 'toolTruth',
  check,
  checkKind: 'test',
  exitCode: 0,
  outcome: 'passed',
  treeHash: tree(2),
  evidenceId: `${check}@2`,
  changedTrackedFiles: [],
  ...more,
});
const patch = (task: string, before: number, after: number) =>
  ['PatchApply', { task, outcome: 'applied', before: tree(before), after: tree(after) }] as const;
const gate = (key: string, verdict: 'proceed' | 'retry' | 'ask', signals: readonly string[] = []) =>
  ['GateDecision', { key, stage: 'implement', verdict, signals }] as const;
const signal = (key: string, value: object) => ['Signal', { key, signal: value }] as const;

function check(list: readonly RunEvent[], expected: object | string): void {
  const found = finishedTask(list, TASK);
  assert.deepEqual(found.kind === 'ok' ? found.value : found.error, expected);
}

describe('a task of a finished run', () => {
  const good = [
    patch('T0', 1, 3),
    patch('T1', 3, 4),
    signal('s0', truth('test', { outcome: 'failed', exitCode: 1 })),
    gate('implement/T1/1/gate', 'retry', ['s0']),
    ['PlanAmendment', { key: 'amendment/T1/src/b.js', task: 'T1', path: 'src/b.js', by: 'a', why: '' }] as const,
    patch('T1', 3, 5),
    patch('T1', 5, 6),
    signal('s1', truth('lint')),
    signal('s2', truth('test')),
    gate('implement/T1/2/gate', 'proceed', ['s1', 's2']),
    patch('T2', 6, 7),
  ] as const;

  it('goes from the tree of its first attempt to that of its last patch, with what was added to its plan', () =>
    check(events(...good), {
      before: tree(3),
      after: tree(6),
      files: ['src/a.js', 'src/b.js'],
      checks: ['lint', 'test'],
    }));
  it('is not known without a patch', () => check(events(patch('T2', 1, 2)), 'no patch of it was applied'));
  it('did not pass by a word of a person', () =>
    check(events(patch('T1', 1, 2), gate('implement/T1/1/gate', 'ask')), 'it did not pass its gate by itself'));
  it('is measured by nothing without checks', () =>
    check(events(patch('T1', 1, 2), gate('implement/T1/1/gate', 'proceed')), 'no check decided about it'));
  it('is one whose checks all passed on one tree', () => {
    for (const other of [{ exitCode: 1 }, { treeHash: tree(9) }, { changedTrackedFiles: ['a'] }])
      check(
        events(
          patch('T1', 1, 2),
          signal('s1', truth('lint')),
          signal('s2', truth('test', other)),
          gate('implement/T1/1/gate', 'proceed', ['s1', 's2']),
        ),
        'its checks did not pass',
      );
  });
});

describe('what a person has made of a run', () => {
  const standing = (...list: readonly Told[]): string => {
    const found = standingOf(events(...list));
    return found.kind === 'ok' ? found.value : found.error;
  };
  const proposal = ['ProposalCreate', { round: 2 }] as const;
  const applied = ['ProposalApply', { round: 2 }] as const;
  it('is told by the last proposal', () => {
    assert.equal(standing(), 'it has not come to a proposal');
    assert.equal(standing(proposal), 'proposed');
    assert.equal(standing(['ApprovalDecision', { round: 1, decision: 'rejected', path: null }], proposal), 'proposed');
    assert.equal(standing(proposal, applied), 'applied');
    assert.equal(standing(proposal, applied, ['ApplyUndo', { round: 2 }]), 'what it made was taken back');
    assert.equal(standing(proposal, applied, ['ApplyUndo', { round: 2 }], applied), 'applied');
    assert.equal(
      standing(proposal, ['ApprovalDecision', { round: 2, decision: 'rejected', path: null, why: '' }]),
      'a person rejected what it made',
    );
  });
});

describe('the tasks of a run', () => {
  const blobs = (text: string): Blobs => ({
    get: async () => JSON.stringify({ text }),
    put: () => Promise.reject(new Error('nothing is written')),
  });
  const answer = { sha256: hash(1), bytes: 1 };
  const proceed = ['GateDecision', { key: 'tasks/1/gate', stage: 'tasks', verdict: 'proceed', signals: [] }] as const;
  const call = ['LLMCall', { key: 'tasks/1/tasks/cheap', answer }] as const;
  const tasksText = JSON.stringify({ tasks: [TASK], confidence: 1, open_questions: [] });
  const said = async (list: readonly RunEvent[], text = tasksText): Promise<unknown> => {
    const found = await tasksOfRun(list, blobs(text));
    return found.kind === 'ok' ? found.value : found.error;
  };
  it('are those of the answer that passed its gate', async () => {
    assert.deepEqual(await said(events(call, proceed)), [TASK]);
    assert.equal(await said(events(call)), 'its tasks did not pass their gate by themselves');
  });
  it('are not known where answers are not kept, or are none', async () => {
    const unkept = 'what was said in it is not kept, and with it the texts of its tasks';
    assert.equal(await said(events(['LLMCall', { key: 'tasks/1/tasks/cheap', answer: null }], proceed)), unkept);
    const dropped = ['BlobsDropped', { sha256: [hash(1)], bytes: 1, why: 'capture' }] as const;
    assert.equal(await said(events(call, proceed, dropped)), unkept);
    assert.equal(await said(events(call, proceed), 'no JSON'), 'the texts of its tasks cannot be read');
  });
});
