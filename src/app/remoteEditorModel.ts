import { err, type Result } from '../base/result.ts';
import type { ModelAnswer, ModelError, ModelEvent, ModelProvider, ModelRequest } from '../core/ports.ts';
import type { WorkerSettings } from '../core/settings.ts';
import { startDeadlines } from '../node/models/deadlines.ts';

/**
 * Asks the editor's host for one call of one of its models. Aborting the signal cancels the call there. Rejects only when the way to the host
 * is lost.
 */
export type AskEditorModel = (
  model: string,
  request: ModelRequest,
  onEvent: (event: ModelEvent) => void,
  signal: AbortSignal,
) => Promise<Result<ModelAnswer, ModelError>>;

/**
 * A model of the editor as a provider on this side of the way to the host: the editor's API lives on the host's main thread only. The worker's
 * three deadlines are held here, because the API has none; the wait for a person's consent counts as the wait for the first token.
 */
export function remoteEditorModel(
  ask: AskEditorModel,
  settings: Pick<
    WorkerSettings,
    'model' | 'first_token_timeout_seconds' | 'idle_timeout_seconds' | 'total_timeout_seconds'
  >,
): ModelProvider {
  const timeouts = {
    firstTokenMs: settings.first_token_timeout_seconds * 1000,
    idleMs: settings.idle_timeout_seconds * 1000,
    totalMs: settings.total_timeout_seconds * 1000,
  };
  return {
    async call(request, onEvent, signal) {
      if (signal.aborted) return err({ kind: 'stopped' });
      const deadlines = startDeadlines(timeouts, signal);
      const { promise: aborted, resolve } = Promise.withResolvers<void>();
      deadlines.signal.addEventListener('abort', () => resolve(), { once: true });
      const watch = (event: ModelEvent): void => {
        // What still arrives of a call that was ended is nobody's any more.
        if (deadlines.ended() !== undefined) return;
        deadlines.sawToken();
        onEvent(event);
      };
      try {
        // The host may never answer a cancelled call, so the deadline itself ends the wait.
        const answer = await Promise.race([ask(settings.model, request, watch, deadlines.signal), aborted]);
        const ended = deadlines.ended();
        if (ended !== undefined) return err(ended);
        return answer ?? err({ kind: 'stopped' });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return err(
          deadlines.ended() ?? { kind: 'connection', message: `the editor cannot be asked: ${message.slice(0, 500)}` },
        );
      } finally {
        deadlines.close();
      }
    },
  };
}
