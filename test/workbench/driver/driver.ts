import { appendFileSync, readFileSync, watchFile, unwatchFile } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  EventEmitter,
  LanguageModelChatMessageRole,
  LanguageModelChatToolMode,
  LanguageModelError,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
  lm,
  type CancellationToken,
  type ExtensionContext,
  type LanguageModelChatInformation,
  type LanguageModelChatProvider,
  type LanguageModelChatRequestMessage,
  type LanguageModelResponsePart,
  type Progress,
  type ProvideLanguageModelChatResponseOptions,
} from 'vscode';
import type { Step } from '../../support/scriptedStep.ts';
import { forward } from './forward.ts';
import { DRIVER } from './manifest.ts';
import { recordOf, SCRIPT_VARIABLE, type DriverPart, type DriverRequest, type DriverScript } from './script.ts';

/** Registers the vendor whose models answer by the script. */
export function activate(context: ExtensionContext): void {
  const file = process.env[SCRIPT_VARIABLE];
  if (file === undefined) return;
  const changed = new EventEmitter<void>();
  watchFile(file, { interval: 200 }, () => changed.fire());
  const vendor = DRIVER.contributes.languageModelChatProviders[0].vendor;
  context.subscriptions.push(changed, lm.registerLanguageModelChatProvider(vendor, provider(file, changed)), {
    dispose: () => unwatchFile(file),
  });
}

function provider(file: string, changed: EventEmitter<void>): LanguageModelChatProvider {
  let nRequests = 0;
  return {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: () => informationOf(scriptIn(file)),
    provideLanguageModelChatResponse: async (model, messages, options, progress, token) => {
      const script = scriptIn(file);
      const request = requestOf(model.id, messages, options);
      appendFileSync(recordOf(file), `${JSON.stringify(request)}\n`);
      const nth = nRequests;
      nRequests += 1;
      if (script.failure !== undefined) throw failureOf(script.failure);
      if (script.forwardTo !== undefined)
        return forward({ url: script.forwardTo, request, options, progress }, signalOf(token));
      const answers = script.answers ?? [];
      await play(answers[Math.min(nth, answers.length - 1)] ?? { text: '' }, progress, signalOf(token));
    },
    provideTokenCount: async (_model, text) =>
      Math.ceil((typeof text === 'string' ? text : JSON.stringify(text.content)).length / 4),
  };
}

/** `NotFound`, `NoPermissions` and `Blocked` are the failures VS Code knows; any other word is an ordinary error's message. */
function failureOf(word: string): Error {
  if (word === 'NotFound') return LanguageModelError.NotFound('the model is gone');
  if (word === 'NoPermissions') return LanguageModelError.NoPermissions('the person said no');
  if (word === 'Blocked') return LanguageModelError.Blocked('quota is used up');
  return new Error(word);
}

function scriptIn(file: string): DriverScript {
  return JSON.parse(readFileSync(file, 'utf8')) as DriverScript;
}

function informationOf(script: DriverScript): LanguageModelChatInformation[] {
  return (script.models ?? [{ id: 'scripted' }]).map((model) => ({
    id: model.id,
    name: model.name ?? model.id,
    family: model.family ?? 'scripted',
    version: '1',
    maxInputTokens: model.maxInputTokens ?? 200_000,
    maxOutputTokens: model.maxOutputTokens ?? 32_000,
    capabilities: { toolCalling: model.toolCalling ?? true },
  }));
}

function requestOf(
  model: string,
  messages: readonly LanguageModelChatRequestMessage[],
  options: ProvideLanguageModelChatResponseOptions,
): DriverRequest {
  return {
    model,
    messages: messages.map(({ role, content }) => ({
      role: role === LanguageModelChatMessageRole.Assistant ? 'assistant' : 'user',
      parts: content.map(partOf),
    })),
    tools: (options.tools ?? []).map(({ name }) => name),
    toolMode: options.toolMode === LanguageModelChatToolMode.Required ? 'required' : 'auto',
    modelOptions: options.modelOptions ?? {},
  };
}

function partOf(part: unknown): DriverPart {
  if (part instanceof LanguageModelTextPart) return { kind: 'text', text: part.value };
  if (part instanceof LanguageModelToolCallPart)
    return { kind: 'toolCall', id: part.callId, name: part.name, input: part.input };
  if (part instanceof LanguageModelToolResultPart) {
    const texts = part.content.map((piece) => (piece instanceof LanguageModelTextPart ? piece.value : ''));
    return { kind: 'toolResult', id: part.callId, text: texts.join('') };
  }
  return { kind: 'other' };
}

async function play(step: Step, progress: Progress<LanguageModelResponsePart>, signal: AbortSignal): Promise<void> {
  if (step.delayMs !== undefined) await delay(step.delayMs, undefined, { signal });
  const size = step.chunkSize ?? 40;
  const text = step.text ?? '';
  for (let start = 0; start < text.length; start += size) {
    if (step.chunkDelayMs !== undefined) await delay(step.chunkDelayMs, undefined, { signal });
    signal.throwIfAborted();
    progress.report(new LanguageModelTextPart(text.slice(start, start + size)));
  }
  for (const call of step.toolCalls ?? []) {
    const input = typeof call.arguments === 'string' ? (JSON.parse(call.arguments) as object) : call.arguments;
    progress.report(new LanguageModelToolCallPart(call.id, call.name, input));
  }
}

function signalOf(token: CancellationToken): AbortSignal {
  const ended = new AbortController();
  if (token.isCancellationRequested) ended.abort();
  token.onCancellationRequested(() => ended.abort());
  return ended.signal;
}
