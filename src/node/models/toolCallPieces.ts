import type { ToolCall } from '../../core/ports.ts';

/** One piece of a tool call as a stream brings it. Servers leave out any of these. */
export interface ToolCallPiece {
  /** Which call the piece belongs to, as the server counts them. */
  readonly slot?: number | string | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** The next part of the arguments' text. */
  readonly arguments?: string | undefined;
}

interface OpenCall {
  readonly slot: number | string | undefined;
  id: string;
  name: string;
  arguments: string;
}

/** Tool calls put together from their pieces, in the order in which they began. */
export interface ToolCallPieces {
  /** Adds a piece; tells the call's name when this piece brought it first. */
  add(piece: ToolCallPiece): string | undefined;
  /** The calls so far. A call without a name is left out: nobody could run it, and no server takes it back. */
  calls(): readonly ToolCall[];
}

/**
 * Puts pieces together though index, id or name be missing: a piece belongs to the call of its slot unless it brings another id; without
 * a slot to the call of its id; without both to the last call, unless it brings a name and the last call has one already.
 * A call without an id gets `call_<n>`, n counted on from `callsBefore`, so that ids stay apart within a conversation.
 */
export function createToolCallPieces(callsBefore: number): ToolCallPieces {
  const open: OpenCall[] = [];
  return {
    add(piece) {
      const call = callOf(open, piece) ?? begin(open, piece);
      const knewName = call.name !== '';
      if (call.id === '') call.id = piece.id ?? '';
      if (!knewName) call.name = piece.name ?? '';
      call.arguments += piece.arguments ?? '';
      return knewName || call.name === '' ? undefined : call.name;
    },
    calls: () =>
      open
        .map((call, position) => ({
          id: call.id === '' ? `call_${callsBefore + position + 1}` : call.id,
          name: call.name,
          arguments: call.arguments.trim() === '' ? '{}' : call.arguments,
        }))
        .filter((call) => call.name !== ''),
  };
}

function begin(open: OpenCall[], piece: ToolCallPiece): OpenCall {
  const call: OpenCall = { slot: piece.slot, id: '', name: '', arguments: '' };
  open.push(call);
  return call;
}

function callOf(open: readonly OpenCall[], piece: ToolCallPiece): OpenCall | undefined {
  const id = piece.id ?? '';
  if (piece.slot !== undefined) {
    const call = open.findLast((candidate) => candidate.slot === piece.slot);
    // Some servers count every call as 0; a new id with a name then begins a new call.
    const another = call !== undefined && id !== '' && call.id !== '' && id !== call.id && (piece.name ?? '') !== '';
    return another ? undefined : call;
  }
  if (id !== '') {
    const byId = open.find((candidate) => candidate.id === id);
    const last = open.at(-1);
    return byId ?? (last?.id === '' && last.slot === undefined && last.name === '' ? last : undefined);
  }
  const last = open.at(-1);
  return (piece.name ?? '') !== '' && last !== undefined && last.name !== '' ? undefined : last;
}
