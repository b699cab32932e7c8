import assert from 'node:assert/strict';
import { exportedEvent, type ExportContent } from '../../../src/core/run/exported.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';

const event = (kind: string, payload: object): RunEvent =>
  ({ seq: 7, time: '2026-11-21T10:00:00.000Z', kind, payload, previous: 'p', hash: 'h' }) as unknown as RunEvent;

function check(from: RunEvent, include: readonly ExportContent[], expected: ReturnType<typeof exportedEvent>): void {
  assert.deepEqual(exportedEvent(from, new Set(include)), expected);
}

const asked = event('ToolCall', { key: 'k', name: 'search', arguments: '{"text":"x"}' });
const out = (kind: string, payload: object) =>
  ({ seq: 7, time: '2026-11-21T10:00:00.000Z', event_type: kind, payload }) as never;

describe('an exported event', () => {
  it('has the facts that are named, under event_type, and no text unless it is asked for', () => {
    check(asked, [], { event: out('ToolCall', { key: 'k', name: 'search' }), withheld: ['answers'] });
    check(asked, ['answers'], {
      event: out('ToolCall', { key: 'k', name: 'search', arguments: '{"text":"x"}' }),
      withheld: [],
    });
    check(asked, ['prompts', 'notes'], { event: out('ToolCall', { key: 'k', name: 'search' }), withheld: ['answers'] });
  });

  it('never names a person or a computer, whatever is asked for', () => {
    const everything: readonly ExportContent[] = ['prompts', 'answers', 'output', 'changes', 'notes', 'policy'];
    check(event('OwnerChange', { pid: 7, host: 'pc', why: 'start' }), everything, {
      event: out('OwnerChange', { why: 'start' }),
      withheld: ['OwnerChange.pid', 'OwnerChange.host'],
    });
    check(event('ApplyUndo', { round: 1, files: ['a'], by: 'Ada' }), everything, {
      event: out('ApplyUndo', { round: 1, files: ['a'] }),
      withheld: ['ApplyUndo.by'],
    });
  });

  it('stays at home when its kind, or a member of it, is named nowhere', () => {
    check(event('SomethingNew', { secret: 1 }), ['output'], {
      event: undefined,
      withheld: ['SomethingNew'],
    });
    check(event('Checkpoint', { key: 'k', tree: 't', more: 'x' }), [], {
      event: out('Checkpoint', { key: 'k', tree: 't' }),
      withheld: ['Checkpoint.more'],
    });
  });
});
