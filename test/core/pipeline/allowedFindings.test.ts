import assert from 'node:assert/strict';
import { allowedDefinitions, allowedFindings, weakeningFindings } from '../../../src/core/pipeline/allowedFindings.ts';
import type { FileDifference } from '../../../src/core/ports.ts';
import { FIRST_PREVIOUS, type EventKind, type Payload, type RunEvent } from '../../../src/core/run/event.ts';

const definitions = { isTestFile: () => false, isCheckDefinition: (path: string) => path === 'check.sh' };

const changedTo = (after: string): readonly FileDifference[] => [
  { path: 'check.sh', change: 'modified', before: 'old', after, binary: false },
];

const event = <Kind extends EventKind>(kind: Kind, payload: Payload<Kind>): RunEvent =>
  ({
    seq: 1,
    time: '2026-01-01T00:00:00.000Z',
    kind,
    payload,
    previous: FIRST_PREVIOUS,
    hash: FIRST_PREVIOUS,
  }) as RunEvent;

/** A log in which these findings were asked about and answered. */
function answered(findings: ReturnType<typeof weakeningFindings>, answer: string): readonly RunEvent[] {
  const text = findings.map(({ path, rule, message }) => `${path} ${rule}: ${message}`).join('; ');
  const about = 'tests-weakened';
  return [
    event('QuestionAsk', { key: 'question/Q1', id: 'Q1', stage: 'implement', about, text, options: ['allow', 'stop'] }),
    event('QuestionAnswer', { id: 'Q1', answer, by: 'Ada' }),
  ];
}

describe('a changed check that a person allowed', () => {
  const first = weakeningFindings(changedTo('one'), definitions);
  const later = weakeningFindings(changedTo('two'), definitions);

  it('is allowed with the content that was asked about, and with no later one', () => {
    const log = answered(first, 'allow');
    assert.deepEqual([allowedFindings(log, first), allowedDefinitions(log, first)], [first, ['check.sh']]);
    assert.deepEqual([allowedFindings(log, later), allowedDefinitions(log, later)], [[], undefined]);
  });

  it('is not allowed by another answer, or by none', () => {
    assert.deepEqual(allowedDefinitions(answered(first, 'stop'), first), undefined);
    assert.deepEqual(allowedDefinitions([], first), undefined);
    assert.deepEqual(allowedDefinitions([], []), []);
  });
});
