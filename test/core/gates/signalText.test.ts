import assert from 'node:assert/strict';
import type { Signal } from '../../../src/core/gates/signal.ts';
import { signalText } from '../../../src/core/gates/signalText.ts';

function check(signal: Signal, expected: string): void {
  it(expected, () => assert.equal(signalText(signal), expected));
}

const treeHash = '5feca8385984aaaa';

describe('a signal in words', () => {
  check(
    { kind: 'ownerConfidence', role: 'architect', worker: 'cheap', value: 0.86 },
    'The architect cheap is 86 % confident.',
  );
  check(
    {
      kind: 'toolTruth',
      check: 'test',
      checkKind: 'test',
      exitCode: 1,
      outcome: 'failed',
      treeHash,
      evidenceId: 'e',
      changedTrackedFiles: [],
    },
    'Check test failed (exit 1) on tree 5feca8385984.',
  );
  check(
    {
      kind: 'toolTruth',
      check: 'test',
      checkKind: 'test',
      exitCode: null,
      outcome: 'deadline',
      treeHash,
      evidenceId: 'e',
      changedTrackedFiles: [],
    },
    'Check test ran out of time on tree 5feca8385984.',
  );
  check({ kind: 'patchApplied', ok: true }, 'A patch was applied.');
  check({ kind: 'patchApplied', ok: false, error: 'no patch was made' }, 'Nothing was applied: no patch was made.');
  check({ kind: 'scope', outside: ['a.js'] }, 'Changed outside the plan: a.js.');
  check({ kind: 'specLint', errors: [] }, 'The spec has no errors.');
  check({ kind: 'openQuestions', blocking: [{ id: 'Q1', text: 'Which?' }] }, 'Open: Which?');
  check(
    { kind: 'constitution', conflicts: [{ rule: 'C1', text: 'no network' }] },
    'Against the constitution: C1 no network',
  );
  check({ kind: 'coverage', subject: 'tasks', missing: [], total: 1 }, 'The tasks cover all of 1 requirement.');
  check({ kind: 'coverage', subject: 'plan', missing: ['FR-1'], total: 7 }, 'The plan leaves out 1 of 7: FR-1.');
  check({ kind: 'taskGraph', problems: ['T1 waits for itself'] }, "The tasks' order: T1 waits for itself.");
  check(
    { kind: 'counterSignal', source: 'critic', severity: 'blocking', message: 'not escaped', reference: 'FR-1' },
    'The critic, blocking: not escaped (FR-1)',
  );
  check(
    {
      kind: 'testIntegrity',
      findings: [{ rule: 'test-removed', path: 'a.test.js', line: 3, message: 'a test is gone' }],
      clearedByPerson: [{ rule: 'test-removed', path: 'a.test.js' }],
    },
    'Tests: a.test.js:3 a test is gone (1 allowed by a person)',
  );
  check({ kind: 'testCoverage', measured: null }, 'No check reported its test coverage.');
  check(
    { kind: 'testCoverage', measured: { percent: 79.5, of: 'statements', by: 'go test', check: 'unit' } },
    'Check unit reports 79.5 % of statements covered by tests (go test).',
  );
  check(
    { kind: 'newTests', required: true, files: ['a.test.js'], failedOnBase: null, passedOnNew: true },
    'New tests (a.test.js): are not known to fail without the change, pass with it.',
  );
  check({ kind: 'criteria', unevidenced: ['AC-1'], total: 4 }, 'Not shown: 1 of 4 criteria: AC-1.');
  check({ kind: 'freshness', stale: ['test@1'] }, 'Evidence of another tree: test@1.');
  check(
    { kind: 'audit', recommendation: 'block', findings: [{ severity: 'blocking', message: 'wrong' }] },
    'The audit says block: blocking: wrong',
  );
  check({ kind: 'judge', local: true, person: false }, 'The judge is a local model.');
  check({ kind: 'risk', level: 'low', reasons: [] }, 'The risk is low.');
  check(
    { kind: 'attempts', worker: 'cheap', failedHere: 1, failedTotal: 1, workersLeft: 2 },
    'cheap failed 1 time before; 2 workers left.',
  );
  check({ kind: 'approval', by: 'person', bytesMatch: false }, 'Approved by a person, for other bytes than these.');

  it('is cut', () => assert.equal(signalText({ kind: 'scope', outside: ['x'.repeat(2_000)] }).length, 500));
});
