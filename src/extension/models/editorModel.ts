import {
  CancellationTokenSource,
  LanguageModelChatMessage,
  LanguageModelChatMessageRole,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
  lm,
  type CancellationToken,
  type LanguageModelChat,
} from 'vscode';
import { unreachable } from '../../base/unreachable.ts';
import { err, type Result } from '../../base/result.ts';
import type { ModelAnswer, ModelError, ModelEvent, ModelRequest } from '../../core/ports.ts';
import { AbortedError, withAbort } from '../../base/withAbort.ts';
import { callEditorChat, type EditorAnswerPart, type EditorChat } from './editorCall.ts';
import type { EditorConversation, EditorMessage, EditorMessagePart } from './editorConversation.ts';
import { editorErrorOf } from './editorError.ts';
import { editorModelName, findEditorModel } from './editorModelName.ts';

/** Models that are listed for a person; an editor with several vendors may have hundreds. */
const MODELS_LISTED = 40;
/** How long a list of models is waited for. */
const LIST_MS = 5_000;

/**
 * One call of one of the editor's own models, found by what `workers.<name>.model` says. Never throws for what a vendor can do. The editor asks the
 * person once whether SpecKit may use a vendor's models, so the first call of a run should follow a person's act.
 */
export async function callEditorModel(
  request: ModelRequest,
  model: string,
  onEvent: (event: ModelEvent) => void,
  signal: AbortSignal,
): Promise<Result<ModelAnswer, ModelError>> {
  const found = await findModel(model, signal);
  if (found.kind === 'error') return found;
  return callEditorChat(chatOf(found.value), request, onEvent, signal);
}

/** The editor's models as `vendor/id`, at most 40. Empty where no extension brings any, as in an editor without Copilot. */
export async function listEditorModels(): Promise<readonly string[]> {
  const models = await modelsWithin(AbortSignal.timeout(LIST_MS)).catch((error: unknown) => {
    if (error instanceof AbortedError) return [];
    throw error;
  });
  return [...new Set(models.map(editorModelName))].slice(0, MODELS_LISTED);
}

/** A vendor's extension may never answer. */
const modelsWithin = (signal: AbortSignal): Promise<readonly LanguageModelChat[]> =>
  withAbort(Promise.resolve(lm.selectChatModels()), signal);

async function findModel(wanted: string, signal: AbortSignal): Promise<Result<LanguageModelChat, ModelError>> {
  try {
    const models = await modelsWithin(signal);
    const model = findEditorModel(models, wanted);
    if (model !== undefined) return { kind: 'ok', value: model };
    const others = models.slice(0, 10).map(editorModelName).join(', ');
    const message =
      models.length === 0
        ? `The editor has no language model. Sign in to one of its vendors (GitHub Copilot, for example), or give the worker another provider.`
        : `The editor has no model ${wanted}. It has ${others}.`;
    return err({ kind: 'notFound', message });
  } catch (error) {
    return err(signal.aborted ? { kind: 'stopped' } : editorErrorOf(error, ''));
  }
}

function chatOf(model: LanguageModelChat): EditorChat {
  return {
    name: editorModelName(model),
    maxInputTokens: model.maxInputTokens,
    callsTools: callsTools(model),
    countTokens: (text) => model.countTokens(text),
    async send(conversation, signal) {
      const token = tokenOf(signal);
      const options = {
        justification: 'SpecKit calls this model for the roles you routed to it in speckit.toml.',
        tools: [...conversation.tools],
      };
      const response = await model.sendRequest(messagesOf(conversation), options, token);
      return partsOf(response.stream);
    },
  };
}

/** The editor gives a model `capabilities` that the types of the stable API do not name; a model that says nothing of tools is tried. */
function callsTools(model: object): boolean {
  const capabilities = 'capabilities' in model ? model.capabilities : undefined;
  if (typeof capabilities !== 'object' || capabilities === null || !('supportsToolCalling' in capabilities))
    return true;
  return capabilities.supportsToolCalling !== false;
}

/** A token that is cancelled when the signal aborts; every call ends with an abort, so the source never outlives it. */
function tokenOf(signal: AbortSignal): CancellationToken {
  const source = new CancellationTokenSource();
  const cancel = (): void => {
    source.cancel();
    source.dispose();
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return source.token;
}

function messagesOf(conversation: EditorConversation): LanguageModelChatMessage[] {
  return conversation.messages.map(messageOf);
}

function messageOf({ role, parts }: EditorMessage): LanguageModelChatMessage {
  const speaker = role === 'user' ? LanguageModelChatMessageRole.User : LanguageModelChatMessageRole.Assistant;
  return new LanguageModelChatMessage(speaker, parts.map(partOf));
}

function partOf(
  part: EditorMessagePart,
): LanguageModelTextPart | LanguageModelToolCallPart | LanguageModelToolResultPart {
  switch (part.kind) {
    case 'text':
      return new LanguageModelTextPart(part.text);
    case 'toolCall':
      return new LanguageModelToolCallPart(part.callId, part.name, part.input);
    case 'toolResult':
      return new LanguageModelToolResultPart(part.callId, [new LanguageModelTextPart(part.text)]);
  }
  return unreachable(part);
}

async function* partsOf(stream: AsyncIterable<unknown>): AsyncIterable<EditorAnswerPart> {
  for await (const part of stream) yield answerPartOf(part);
}

/** Parts of classes that the stable API does not name yet are thinking where they hold words: shown, and never taken for the answer. */
function answerPartOf(part: unknown): EditorAnswerPart {
  if (part instanceof LanguageModelTextPart) return { kind: 'text', text: part.value };
  if (part instanceof LanguageModelToolCallPart)
    return { kind: 'toolCall', callId: part.callId, name: part.name, input: part.input };
  const value = typeof part === 'object' && part !== null && 'value' in part ? part.value : undefined;
  return typeof value === 'string' ? { kind: 'reasoning', text: value } : { kind: 'other' };
}
