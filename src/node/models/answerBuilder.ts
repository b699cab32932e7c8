import type { FinishReason, ModelAnswer, ModelEvent, Usage } from '../../core/ports.ts';
import { createToolCallPieces, type ToolCallPiece } from './toolCallPieces.ts';

/** An answer while it arrives. A provider's reader fills it; the driver of the call looks at it after each event. */
export interface AnswerBuilder {
  addText(text: string): void;
  addReasoning(text: string): void;
  addToolCall(piece: ToolCallPiece): void;
  /** The model's own words of refusal: they become text, and the answer a refusal whatever finish reason follows. */
  refuse(text: string): void;
  /** The model has begun to answer, though the server shows nothing of it (hidden reasoning). */
  sawToken(): void;
  setFinish(reason: FinishReason): void;
  setUsage(usage: Usage | undefined): void;
  setModel(model: string | undefined): void;
  /** The server told an error inside the stream; `body` is its error object, nested or flat. The first one counts. */
  fail(body: unknown): void;
  readonly state: AnswerState;
  /** The whole answer, or undefined before a finish reason came. */
  answer(): ModelAnswer | undefined;
}

export interface AnswerState {
  readonly text: string;
  /** UTF-8 bytes of text, reasoning and tool calls so far. */
  readonly bytes: number;
  readonly begun: boolean;
  readonly finished: boolean;
  /** Whether any text or tool call has arrived (reasoning does not count). */
  readonly hasContent: boolean;
  readonly failure?: { readonly body: unknown };
}

/** Starts an answer. `callsBefore` is the number of tool calls in the conversation so far, to name calls that come without an id. */
export function createAnswerBuilder(onEvent: (event: ModelEvent) => void, callsBefore: number): AnswerBuilder {
  const pieces = createToolCallPieces(callsBefore);
  const state: { -readonly [Key in keyof AnswerState]: AnswerState[Key] } = {
    text: '',
    bytes: 0,
    begun: false,
    finished: false,
    hasContent: false,
  };
  let finishReason: FinishReason | undefined;
  let usage: Usage | undefined;
  let model: string | undefined;
  let refused = false;
  const count = (text: string): void => {
    state.bytes += Buffer.byteLength(text);
    state.begun = true;
  };
  const addText = (text: string): void => {
    if (text === '') return;
    count(text);
    state.hasContent = true;
    state.text += text;
    onEvent({ kind: 'text', text });
  };
  return {
    state,
    addText,
    refuse(text) {
      refused = true;
      addText(text);
    },
    addReasoning(text) {
      if (text === '') return;
      count(text);
      onEvent({ kind: 'reasoning', text });
    },
    addToolCall(piece) {
      count((piece.name ?? '') + (piece.arguments ?? ''));
      state.hasContent = true;
      const name = pieces.add(piece);
      if (name !== undefined) onEvent({ kind: 'toolCall', name });
    },
    sawToken() {
      state.begun = true;
    },
    setFinish(reason) {
      finishReason = reason;
      state.finished = true;
    },
    setUsage(told) {
      usage = told;
    },
    setModel(told) {
      if (told !== undefined && told !== '') model = told.slice(0, 200);
    },
    fail(body) {
      state.failure ??= { body };
    },
    answer() {
      if (finishReason === undefined) return undefined;
      const toolCalls = pieces.calls();
      return {
        text: state.text,
        toolCalls,
        finishReason: refused ? 'refusal' : consistent(finishReason, toolCalls.length),
        ...(usage !== undefined && { usage }),
        ...(model !== undefined && { model }),
      };
    },
  };
}

/** Several servers say `stop` beside tool calls, and some say `tool_calls` and make none. */
function consistent(reason: FinishReason, nCalls: number): FinishReason {
  if (reason === 'stop' && nCalls > 0) return 'toolCalls';
  return reason === 'toolCalls' && nCalls === 0 ? 'other' : reason;
}
