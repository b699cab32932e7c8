import { err, ok, type Result } from '../base/result.ts';
import type { Blobs, ModelAnswer, ModelError, ModelProvider } from '../core/ports.ts';
import { promptHash } from '../core/prompt/promptHash.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';

/** A provider whose answers are those of the log: by the key of the call, the last one that ended. */
export async function recordedAnswers(
  events: readonly RunEvent[],
  blobs: Blobs,
  gone: ReadonlySet<string>,
): Promise<ModelProvider> {
  const ends = new Map<string, Payload<'StepEnd'>>();
  const prompts = new Map<string, string>();
  for (const event of events) {
    if (event.kind === 'StepEnd' && event.payload.outcome !== 'stopped') ends.set(event.payload.key, event.payload);
    if (event.kind === 'LLMCall') prompts.set(event.payload.key, event.payload.promptHash);
  }
  return {
    async call(request, onEvent, signal) {
      if (signal.aborted) return err({ kind: 'stopped' });
      const end = ends.get(request.stepKey);
      const missing = (message: string): Result<ModelAnswer, ModelError> =>
        err({ kind: 'recordingMissing', stepKey: request.stepKey, message });
      if (end === undefined) return missing(`The log holds no answer for the step ${request.stepKey}.`);
      if (prompts.get(request.stepKey) !== promptHash(request))
        return missing(`The prompt of the step ${request.stepKey} is another one than in the log.`);
      const { output } = end;
      if ('blob' in output && gone.has(output.blob.sha256))
        return missing(`The run does not keep the answer of the step ${request.stepKey}.`);
      const text = 'inline' in output ? undefined : await blobs.get(output.blob);
      // It was written by this program from exactly this type, and its hash has been checked.
      const result = ('inline' in output ? output.inline : JSON.parse(text ?? 'null')) as unknown as Result<
        ModelAnswer,
        ModelError
      >;
      if (result.kind === 'ok') onEvent({ kind: 'text', text: result.value.text });
      return result.kind === 'ok' ? ok({ ...result.value, recorded: true }) : result;
    },
  };
}
