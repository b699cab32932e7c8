/*
 * What a scripted model server answers: an answer, and what goes wrong with it. Shared by the server and by the wire formats.
 */

export type WireApi = 'chat' | 'responses' | 'messages';

export interface ScriptedToolCall {
  readonly id: string;
  readonly name: string;
  /** An object is sent as its JSON; a text is sent as it is, malformed or not. */
  readonly arguments: Readonly<Record<string, unknown>> | string;
}

/** Figures in our own words; each wire format tells them in its own (Messages excludes the cache from its input). */
export interface ScriptedUsage {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
}

export interface StatusFault {
  readonly kind: 'status';
  readonly status: number;
  readonly message?: string;
  readonly type?: string;
  readonly code?: string | number;
  /** `nested` {error: {...}}, `flat` {object: 'error', ...}, a proxy's page, or no body. Nested when left out. */
  readonly shape?: 'nested' | 'flat' | 'html' | 'empty';
  /** The Retry-After header, word for word. */
  readonly retryAfter?: string;
  readonly retryAfterMs?: string;
  /** The x-should-retry header. */
  readonly shouldRetry?: string;
  /** The Location header of a redirect. */
  readonly location?: string;
}

export type Fault =
  | StatusFault
  /** The socket is reset before any header. */
  | { readonly kind: 'reset' }
  /** The socket is closed after half of the events, or after `afterEvents` of them. */
  | { readonly kind: 'cut'; readonly afterEvents?: number }
  /** Nothing more is sent and the connection stays open. `beforeFirstToken`: headers and opening events were sent. */
  | { readonly kind: 'silence'; readonly at: 'beforeHeaders' | 'beforeFirstToken' | 'midStream' | 'afterFinish' }
  /** As `silence` before the first token or mid-stream, with a keep-alive every `everyMs`. */
  | { readonly kind: 'keepAlive'; readonly at: 'beforeFirstToken' | 'midStream'; readonly everyMs: number }
  /** Every event in pieces of `bytes`, one every `everyMs`. */
  | { readonly kind: 'slowDrip'; readonly everyMs: number; readonly bytes: number }
  /** [DONE] or message_stop is left out; the response ends in order. */
  | { readonly kind: 'missingDone' }
  | { readonly kind: 'oddFinishReason'; readonly reason?: string }
  | { readonly kind: 'malformedJson' }
  /** An error event after half of the events, on HTTP 200. */
  | {
      readonly kind: 'errorEvent';
      readonly shape: 'nested' | 'flat';
      readonly message?: string;
      readonly type?: string;
      readonly code?: string | number;
    }
  | { readonly kind: 'emptyAnswer' }
  /** Headers of an event stream, and its end. */
  | { readonly kind: 'emptyStream' }
  /** 5 MB of text, unless told otherwise, in pieces of `chunkSize`. */
  | { readonly kind: 'hugeAnswer'; readonly bytes?: number }
  | { readonly kind: 'refusal' }
  | { readonly kind: 'length' }
  | { readonly kind: 'fencedJson' }
  | { readonly kind: 'wrongSchema' }
  /** HTTP 200 with a page. */
  | { readonly kind: 'html' };

export interface Step {
  readonly text?: string;
  readonly toolCalls?: readonly ScriptedToolCall[];
  readonly reasoning?: string;
  /** Estimated at four characters a token when left out. */
  readonly usage?: ScriptedUsage | 'missing' | 'negative' | 'absurd';
  /** The wire's own word; what fits the answer when left out. */
  readonly finishReason?: string;
  readonly model?: string;
  /** Before the headers. */
  readonly delayMs?: number;
  /** Before every event. */
  readonly chunkDelayMs?: number;
  /** Characters of text, reasoning or arguments in one event; 40 when left out. */
  readonly chunkSize?: number;
  readonly fault?: Fault;
}

/** A step after its fault was put into the answer, with everything filled in: what a wire format renders. */
export interface WireAnswer {
  readonly text: string;
  readonly refusal: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly reasoning: string;
  readonly usage: ScriptedUsage | undefined;
  readonly finishReason: string | undefined;
  readonly lengthStop: boolean;
  readonly model: string;
  readonly chunkSize: number;
}

/** The answer a step and its fault make. `promptCharacters` serves the estimate of usage. */
export function wireAnswerOf(step: Step, model: string, promptCharacters: number): WireAnswer {
  const { fault } = step;
  const text = faultyText(step.text ?? '', fault);
  const toolCalls = fault?.kind === 'emptyAnswer' || fault?.kind === 'refusal' ? [] : (step.toolCalls ?? []);
  return {
    text,
    refusal: fault?.kind === 'refusal' ? 'I cannot help with that.' : '',
    toolCalls: toolCalls.map((call) => ({
      id: call.id,
      name: call.name,
      arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
    })),
    reasoning: step.reasoning ?? '',
    usage: usageOf(step.usage, promptCharacters, text.length),
    finishReason: fault?.kind === 'oddFinishReason' ? (fault.reason ?? 'because_i_said_so') : step.finishReason,
    lengthStop: fault?.kind === 'length',
    model: step.model ?? model,
    chunkSize: step.chunkSize ?? (fault?.kind === 'hugeAnswer' ? 64 * 1024 : 40),
  };
}

function faultyText(text: string, fault: Fault | undefined): string {
  if (fault?.kind === 'emptyAnswer' || fault?.kind === 'refusal') return '';
  if (fault?.kind === 'hugeAnswer') return 'x'.repeat(fault.bytes ?? 5_000_000);
  if (fault?.kind === 'fencedJson') return `\`\`\`json\n${text}\n\`\`\`\n`;
  if (fault?.kind === 'wrongSchema') return '{"unexpected": true}';
  return text;
}

function usageOf(usage: Step['usage'], promptCharacters: number, textLength: number): ScriptedUsage | undefined {
  if (usage === 'missing') return undefined;
  if (usage === 'negative') return { input: -5, output: 3 };
  if (usage === 'absurd') return { input: 9_000_000_000_000, output: 3 };
  return usage ?? { input: Math.ceil(promptCharacters / 4), output: Math.ceil(textLength / 4) };
}
