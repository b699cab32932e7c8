import { ProgressLocation, window, type OutputChannel } from 'vscode';
import type { ServerState } from '../../core/reflex/serverState.ts';
import { chooseFolder } from '../commands/choose.ts';
import { requireTrust } from '../editor.ts';
import type { Engine } from '../engine/client.ts';
import type { Overviews } from '../overviews.ts';
import { createServerActions, type ServerActions } from './serverActions.ts';

/** What the palette does about the local server, in this window. Its log has a channel of its own, made when it is first shown. */
export function createLocalServer(
  engine: Engine,
  overviews: Overviews,
  onChange: () => void,
): ServerActions & { dispose(): void } {
  let channel: OutputChannel | undefined;
  const actions = createServerActions(
    {
      start: (folder, how, onState, signal) =>
        engine.request('startServer', [folder, how], { signal, onEvent: (state) => onState(state as ServerState) }),
      stop: (folder) => engine.requests.stopServer(folder),
      check: (folder) => engine.requests.checkReflex(folder),
      log: (folder, from) => engine.requests.serverLog(folder, from),
    },
    {
      requireTrust,
      folder: async () =>
        overviews.all().find(({ overview }) => overview.localWorkers.length > 0)?.folder ?? (await chooseFolder()),
      progress: (title, work) =>
        window.withProgress(
          { location: ProgressLocation.Notification, title, cancellable: true },
          async (progress, cancelled) => {
            const abort = new AbortController();
            cancelled.onCancellationRequested(() => abort.abort());
            return work((message) => progress.report({ message }), abort.signal);
          },
        ),
      tell: (level, text) =>
        void (level === 'warning' ? window.showWarningMessage(text) : window.showInformationMessage(text)),
      openLog: () => (channel ??= window.createOutputChannel('SpecKit Local Server')),
      after(ms, call) {
        const timer = setTimeout(call, ms);
        return () => clearTimeout(timer);
      },
    },
    onChange,
  );
  return {
    ...actions,
    dispose() {
      actions[Symbol.dispose]();
      channel?.dispose();
    },
  };
}
