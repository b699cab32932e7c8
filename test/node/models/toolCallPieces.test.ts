import assert from 'node:assert/strict';
import type { ToolCall } from '../../../src/core/ports.ts';
import { createToolCallPieces, type ToolCallPiece } from '../../../src/node/models/toolCallPieces.ts';

function check(pieces: readonly ToolCallPiece[], expected: readonly ToolCall[], callsBefore = 0): void {
  const assembled = createToolCallPieces(callsBefore);
  const names = pieces.map((piece) => assembled.add(piece)).filter((name) => name !== undefined);
  assert.deepEqual(assembled.calls(), expected);
  // Each call is announced once.
  assert.deepEqual(names.toSorted(), expected.map((call) => call.name).toSorted());
}

const call = (id: string, name: string, text: string): ToolCall => ({ id, name, arguments: text });

describe('createToolCallPieces', () => {
  it('joins arguments by slot, though two calls come interleaved', () =>
    check(
      [
        { slot: 0, id: 'a', name: 'f', arguments: '' },
        { slot: 1, id: 'b', name: 'g', arguments: '' },
        { slot: 0, arguments: '{"n"' },
        { slot: 1, arguments: '{}' },
        { slot: 0, arguments: ':1}' },
      ],
      [call('a', 'f', '{"n":1}'), call('b', 'g', '{}')],
    ));
  it('joins by id where there is no slot', () =>
    check(
      [
        { id: 'a', name: 'f', arguments: '{' },
        { id: 'b', name: 'g', arguments: '{}' },
        { id: 'a', arguments: '}' },
      ],
      [call('a', 'f', '{}'), call('b', 'g', '{}')],
    ));
  it('joins to the last call where there is neither', () =>
    check(
      [{ name: 'f' }, { arguments: '{"n":' }, { arguments: '1}' }, { name: 'g' }, { arguments: '{}' }],
      [call('call_1', 'f', '{"n":1}'), call('call_2', 'g', '{}')],
    ));
  it('takes a name and an id repeated in every piece once', () =>
    check(
      [
        { slot: 0, id: 'a', name: 'f', arguments: '{' },
        { slot: 0, id: 'a', name: 'f', arguments: '}' },
      ],
      [call('a', 'f', '{}')],
    ));
  it('begins another call when a slot comes again with another id and a name', () =>
    check(
      [
        { slot: 0, id: 'a', name: 'f', arguments: '{}' },
        { slot: 0, id: 'b', name: 'f', arguments: '{"n":2}' },
        { slot: 0, id: 'b', arguments: '' },
      ],
      [call('a', 'f', '{}'), call('b', 'f', '{"n":2}')],
    ));
  it('takes an empty id for none', () =>
    check(
      [
        { slot: 0, id: '', name: 'f', arguments: '{' },
        { slot: 0, id: '', arguments: '}' },
      ],
      [call('call_1', 'f', '{}')],
    ));
  it('counts made-up ids on from the calls before', () =>
    check([{ slot: 0, name: 'f' }], [call('call_8', 'f', '{}')], 7));
  it('leaves out a call without a name', () => check([{ slot: 0, id: 'a', arguments: '{}' }], []));
  it('keeps malformed arguments as they are', () =>
    check([{ slot: 0, id: 'a', name: 'f', arguments: '{"n' }], [call('a', 'f', '{"n')]));
});
