import assert from 'node:assert/strict';
import type { RunSummary } from '../../src/app/overview.ts';
import { isLively, needText, runStateIcon, runStateText } from '../../src/extension/words.ts';

const RUN: RunSummary = {
  runId: 'run-1',
  specId: 'SPEC-012',
  specFolder: 'specs/SPEC-012-rate-limit',
  title: 'Rate limit',
  at: 'ended',
  outcome: 'proposed',
  text: '',
  stage: 'implement',
  task: undefined,
  tasks: { done: 2, total: 5 },
  openQuestions: 2,
  proposedFiles: 3,
  microdollars: 41_200,
  startedAt: '2026-01-01T00:00:00Z',
  lastAt: '2026-01-01T00:01:00Z',
  owner: undefined,
};

function check(members: Partial<RunSummary>, words: string, icon: string, lively: boolean): void {
  const run = { ...RUN, ...members };
  assert.deepEqual([runStateText(run), runStateIcon(run).icon, isLively(run)], [words, icon, lively]);
}

describe('where a run stands, beside its name', () => {
  it('is a word or two', () => {
    check({ at: 'working' }, 'implement 3/5', 'sync~spin', true);
    check({ at: 'working', tasks: { done: 5, total: 5 } }, 'implement 5/5', 'sync~spin', true);
    check({ at: 'working', stage: 'plan' }, 'plan', 'sync~spin', true);
    check({ at: 'interrupted' }, 'interrupted', 'warning', true);
    check({ outcome: 'proposed' }, 'to review', 'diff', true);
    check({ outcome: 'needsInput' }, '2 questions', 'question', true);
    check({ outcome: 'needsInput', openQuestions: 0 }, 'answered', 'question', true);
    check({ outcome: 'applied' }, 'applied', 'pass', false);
    check({ outcome: 'rejected' }, 'rejected', 'circle-slash', false);
    check({ outcome: 'paused' }, 'paused', 'debug-pause', false);
    check({ outcome: 'stopped' }, 'stopped', 'circle-slash', false);
    check({ outcome: 'blocked' }, 'blocked', 'error', false);
    for (const outcome of ['gateFailed', 'infrastructure', 'configuration'] as const)
      check({ outcome }, 'failed', 'error', false);
  });

  it('says of a need what to do, and about which spec', () => {
    const need = { runId: 'run-1', specId: 'SPEC-012', title: 'Rate limit', stage: 'unlock', text: '' } as const;
    assert.deepEqual(needText({ ...need, kind: 'review', count: 3 }), {
      label: 'Review 3 files',
      description: 'SPEC-012',
      icon: 'diff',
    });
    assert.equal(needText({ ...need, kind: 'question', count: 1 }).label, '1 question');
  });
});
