import type { Message, ModelAnswer, ModelError } from '../ports.ts';
import type { Result } from '../../base/result.ts';
import type { AgentTool, ToolResult } from './tool.ts';

/** How an agent's turn at a task ended. `messages` is the whole conversation: append to it to go on. */
export type AgentEnd =
  | { readonly kind: 'finished'; readonly text: string; readonly messages: readonly Message[] }
  | { readonly kind: 'turnsUsedUp'; readonly messages: readonly Message[] }
  | { readonly kind: 'callFailed'; readonly error: ModelError; readonly messages: readonly Message[] };

/** What the loop needs from outside: one durable model call, and somebody to tell about tool calls. Neither may throw for what a model does. */
export interface AgentPorts {
  call(key: string, messages: readonly Message[]): Promise<Result<ModelAnswer, ModelError>>;
  /** A message to be heard before the call of this key, if there is one. */
  before(key: string): Message | undefined;
  /** Whether something is to be heard before the call `next`, although the answer of the call `key` was the last one. */
  isMoreToHear(key: string, next: string): boolean;
  onTool(key: string, name: string, argumentsText: string, result: ToolResult): void;
}

/** The same call with the same arguments this often in a row is a loop: the model is told so instead of being answered again. */
const SAME_CALL_LIMIT = 3;
/** Tool calls of one answer that are carried out; a model that asks for more is told to ask again. */
const CALLS_PER_ANSWER = 16;

/**
 * Runs one agent: call the model, carry out its tool calls, append both, until it answers without one or `maxTurns` calls are used up.
 * Messages are only ever appended, so that every request begins with the whole of the one before it (prefix caches live on that).
 */
export async function runAgent(
  key: string,
  start: readonly Message[],
  tools: readonly AgentTool[],
  maxTurns: number,
  ports: AgentPorts,
): Promise<AgentEnd> {
  const messages: Message[] = [...start];
  const lastCalls: string[] = [];
  for (let turn = 1; turn <= maxTurns; turn += 1) {
    const callKey = `${key}/turn-${turn}`;
    const heard = ports.before(callKey);
    if (heard !== undefined) messages.push(heard);
    const answer = await ports.call(callKey, messages);
    if (answer.kind === 'error') return { kind: 'callFailed', error: answer.error, messages };
    const { text, toolCalls, finishReason } = answer.value;
    messages.push({ role: 'assistant', text, toolCalls: toolCalls.slice(0, CALLS_PER_ANSWER) });
    if (toolCalls.length === 0) {
      if (finishReason !== 'length') {
        if (turn < maxTurns && ports.isMoreToHear(callKey, `${key}/turn-${turn + 1}`)) continue;
        return { kind: 'finished', text, messages };
      }
      messages.push({
        role: 'user',
        text: 'Your answer was cut off at its length limit. Go on in smaller steps, with the tools.',
      });
    }
    for (const [index, call] of toolCalls.slice(0, CALLS_PER_ANSWER).entries()) {
      const mark = `${call.name} ${call.arguments}`;
      lastCalls.push(mark);
      const repeated = lastCalls.slice(-SAME_CALL_LIMIT);
      const isLoop = repeated.length === SAME_CALL_LIMIT && repeated.every((other) => other === mark);
      const toolKey = `${key}/turn-${turn}/tool-${index + 1}`;
      const result = isLoop ? REPEATED : await carryOut(toolKey, call.name, call.arguments, tools);
      ports.onTool(toolKey, call.name, call.arguments, result);
      messages.push({ role: 'tool', toolCallId: call.id, name: call.name, text: result.text });
    }
  }
  return { kind: 'turnsUsedUp', messages };
}

const REPEATED: ToolResult = {
  outcome: 'refused',
  text: 'You made exactly this call before and nothing has changed since. Do something else, or finish.',
};

async function carryOut(
  key: string,
  name: string,
  argumentsText: string,
  tools: readonly AgentTool[],
): Promise<ToolResult> {
  const tool = tools.find((candidate) => candidate.definition.name === name);
  if (tool !== undefined) return tool.run(key, argumentsText);
  return {
    outcome: 'failed',
    text: `There is no tool ${name}. The tools are: ${tools.map((candidate) => candidate.definition.name).join(', ')}.`,
  };
}
