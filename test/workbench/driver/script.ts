import type { Step } from '../../support/scriptedStep.ts';

/*
 * What a test and the driver say to each other, in files: the driver reads the script at every request, so a test may change it at any time, and adds
 * each request it was sent to the record as one line of JSON.
 */

/** The variable of the editor's environment that names the script's file. Without it the driver offers no model. */
export const SCRIPT_VARIABLE = 'SPECKIT_DRIVER_SCRIPT';

export interface DriverModel {
  readonly id: string;
  readonly name?: string;
  readonly family?: string;
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
  readonly toolCalling?: boolean;
}

export interface DriverScript {
  /** Models the vendor `speckit-test` offers; one named `scripted` when left out. */
  readonly models?: readonly DriverModel[];
  /** The n-th request gets the n-th answer, and the last one all after it. Only `text`, `toolCalls`, `delayMs`, `chunkDelayMs` and `chunkSize` count. */
  readonly answers?: readonly Step[];
  /** The address of a scripted model server, without `/v1`: every request goes there as a chat request, and its answer comes from there. */
  readonly forwardTo?: string;
  /** The provider fails in place of an answer: with a LanguageModelError for `NotFound`, `NoPermissions`, `Blocked`, else with this message. */
  readonly failure?: string;
}

/** One request as the driver saw it. Parts keep their order; a message's role is VS Code's own word. */
export interface DriverRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly parts: readonly DriverPart[] }[];
  readonly tools: readonly string[];
  readonly toolMode: 'auto' | 'required';
  readonly modelOptions: unknown;
}

export type DriverPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'toolCall'; readonly id: string; readonly name: string; readonly input: unknown }
  | { readonly kind: 'toolResult'; readonly id: string; readonly text: string }
  | { readonly kind: 'other' };

/** Where the requests of a script's driver are recorded. */
export function recordOf(scriptFile: string): string {
  return `${scriptFile}.requests`;
}
