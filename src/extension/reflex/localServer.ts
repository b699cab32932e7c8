import { commands, env, ProgressLocation, Uri, window, type OutputChannel } from 'vscode';
import { USUAL_DOLLARS } from '../../core/reflex/usualBakeoff.ts';
import type { ServerState } from '../../core/reflex/serverState.ts';
import { chooseFolder } from '../commands/choose.ts';
import { requireTrust } from '../editor.ts';
import type { TrialNews } from '../engine/api.ts';
import type { Engine } from '../engine/client.ts';
import type { Overviews } from '../overviews.ts';
import { budgetOf } from './bakeoffAction.ts';
import { createServerActions, type NextStep, type ServerActions, type ServerWindow } from './serverActions.ts';

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
      bakeoff: (folder, request, onTrial, signal) =>
        engine.request('bakeoff', [folder, request], { signal, onEvent: (trial) => onTrial(trial as TrialNews) }),
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
      tell: (level, text, ...steps) => void tell(level, text, steps),
      showModels,
      async chooseStart() {
        const chosen = await window.showQuickPick(
          [
            {
              label: 'New bake-off',
              detail: 'The same small tasks by the local server and by a worker of the cloud, which costs money.',
              start: 'new' as const,
            },
            { label: 'Go on with the unfinished one', detail: 'What was measured is kept.', start: 'resume' as const },
          ],
          { title: 'SpecKit: bake-off of the local server' },
        );
        return chosen?.start;
      },
      askBudget: () =>
        window.showInputBox({
          title: 'SpecKit: bake-off of the local server',
          prompt: 'Most it may spend over all, in dollars',
          value: String(USUAL_DOLLARS),
          validateInput: (text) => (budgetOf(text) === undefined ? 'A number of dollars, e.g. 2.50' : undefined),
        }),
      openReport: async (file) => {
        await commands.executeCommand('markdown.showPreview', Uri.file(file));
      },
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

/** The word on the button of each step. */
const STEPS: Readonly<Record<NextStep, string>> = {
  'speckitAuto.showReflex': 'Show Status',
  'speckitAuto.reflexStart': 'Start',
  'speckitAuto.reflexRestart': 'Restart',
  'speckitAuto.reflexPlan': 'Plan',
  'speckitAuto.reflexModels': 'Show Models',
  'speckitAuto.reflexLog': 'Show Log',
  'speckitAuto.openConfiguration': 'Open speckit.toml',
};

async function tell(level: 'information' | 'warning', text: string, steps: readonly NextStep[]): Promise<void> {
  const words = steps.map((step) => STEPS[step]);
  const pressed =
    level === 'warning'
      ? await window.showWarningMessage(text, ...words)
      : await window.showInformationMessage(text, ...words);
  const step = steps.find((candidate) => STEPS[candidate] === pressed);
  if (step !== undefined) await commands.executeCommand(step);
}

/** The id of the one that is chosen is copied, for speckit.toml. */
async function showModels(...[title, models, asked]: Parameters<ServerWindow['showModels']>): Promise<void> {
  const chosen = await window.showQuickPick(
    models.map((label) => ({ label, description: label === asked ? 'asked for by its worker' : '' })),
    { title, placeHolder: 'Choose one to copy its id' },
  );
  if (chosen === undefined) return;
  await env.clipboard.writeText(chosen.label);
  window.setStatusBarMessage(`$(copy) ${chosen.label} is copied`, 5_000);
}
