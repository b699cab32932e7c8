import {
  commands,
  env,
  EventEmitter,
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  window,
  workspace,
  type Disposable,
  type Event,
  type QuickPickItem,
} from 'vscode';
import type { CommandId } from '../manifest.ts';
import { createPoller, type PollerOptions, type ReflexRead } from './poller.ts';
import { presentReflex, type WatchedServer } from './presentation.ts';

/** The status-bar item of the local server. */
export interface ReflexStatusBar extends Disposable {
  /** To be called when the configuration or the folders may have changed, however often: polling begins or ends by it. */
  refresh(): void;
  /** Looks now, wholly. */
  check(): Promise<void>;
  /** The folder whose local worker is shown, and what is shown of it; undefined while none is. */
  folder(): string | undefined;
  watched(): WatchedServer | undefined;
  /** After each reading that is shown, and when the item goes. */
  readonly onDidWatch: Event<void>;
  /** The command speckitAuto.reflexActions. */
  showActions(): Promise<void>;
}

/** Shows the local server while one is configured. The item has a colour only where something is not as it should be. */
export function createReflexStatusBar(options: Pick<PollerOptions, 'read' | 'folder' | 'log'>): ReflexStatusBar {
  const item = window.createStatusBarItem('speckitAuto.reflex', StatusBarAlignment.Right, 90);
  item.name = 'SpecKit reflex';
  item.command = 'speckitAuto.reflexActions';
  let shown: ReflexRead | undefined;
  let watched: WatchedServer | undefined;
  const changed = new EventEmitter<void>();
  const poller = createPoller({
    ...options,
    clock: {
      now: () => Date.now(),
      after(ms, call) {
        const timer = setTimeout(call, ms);
        return () => clearTimeout(timer);
      },
    },
    window: {
      isFocused: () => window.state.focused,
      settings() {
        const settings = workspace.getConfiguration('speckitAuto.reflex');
        return { pollSeconds: settings.get('pollSeconds', 5), nvidiaSmi: settings.get('nvidiaSmi', '').trim() };
      },
      show(reading, state, trend) {
        shown = reading;
        const presented = presentReflex(reading, state, trend);
        const { text, tooltip, label } = presented;
        const { level } = (watched = presented.watched);
        item.text = text;
        item.backgroundColor = level === 'none' ? undefined : new ThemeColor(`statusBarItem.${level}Background`);
        item.accessibilityInformation = { label, role: 'button' };
        item.tooltip = tooltipOf(tooltip);
        item.show();
        changed.fire();
      },
      hide() {
        [shown, watched] = [undefined, undefined];
        item.hide();
        changed.fire();
      },
    },
  });
  const subscriptions = [
    item,
    changed,
    window.onDidChangeWindowState(() => poller.focusChanged()),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('speckitAuto.reflex')) void poller.check();
    }),
  ];
  return {
    refresh: () => poller.refresh(),
    check: () => poller.check(),
    folder: options.folder,
    watched: () => watched,
    onDidWatch: changed.event,
    showActions: () => showActions(shown?.baseUrl, () => poller.check()),
    dispose() {
      poller[Symbol.dispose]();
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

/** Only our own commands are links that run. */
function tooltipOf(markdown: string): MarkdownString {
  const links =
    '[Actions](command:speckitAuto.reflexActions "What can be done") · [History](command:speckitAuto.showReflex "Show status and history") · [Log](command:speckitAuto.showLog "Show the log")';
  const tooltip = new MarkdownString(`${markdown}\n\n${links}`);
  tooltip.isTrusted = {
    enabledCommands: ['speckitAuto.reflexActions', 'speckitAuto.showReflex', 'speckitAuto.showLog'],
  };
  return tooltip;
}

async function showActions(baseUrl: string | undefined, check: () => Promise<void>): Promise<void> {
  const open = (): PromiseLike<unknown> =>
    commands.executeCommand('workbench.action.openSettings', 'speckitAuto.reflex');
  const run = (command: CommandId) => (): PromiseLike<unknown> => commands.executeCommand(command);
  const actions: readonly (QuickPickItem & { readonly act: () => PromiseLike<unknown> })[] = [
    { label: '$(refresh) Check now', act: check },
    { label: '$(graph) Show status and history', act: run('speckitAuto.showReflex') },
    { label: '$(list-unordered) Show models', act: run('speckitAuto.reflexModels') },
    // Nothing is started or stopped before the person trusts the folder.
    ...(workspace.isTrusted
      ? [
          { label: '$(checklist) Plan the local server', act: run('speckitAuto.reflexPlan') },
          { label: '$(play) Start local server', act: run('speckitAuto.reflexStart') },
          { label: '$(debug-stop) Stop local server', act: run('speckitAuto.reflexStop') },
          { label: '$(debug-restart) Restart local server', act: run('speckitAuto.reflexRestart') },
          { label: '$(pulse) Check health', act: run('speckitAuto.reflexHealth') },
          { label: '$(beaker) Run a bake-off of the local server...', act: run('speckitAuto.reflexBakeoff') },
        ]
      : []),
    { label: "$(output) Show the local server's log", act: run('speckitAuto.reflexLog') },
    { label: '$(output) Show log', act: run('speckitAuto.showLog') },
    { label: '$(gear) Open settings', act: open },
    ...(baseUrl === undefined
      ? []
      : [{ label: '$(copy) Copy endpoint', description: baseUrl, act: () => env.clipboard.writeText(baseUrl) }]),
  ];
  const placeHolder = baseUrl === undefined ? 'No local server is configured' : 'The local server';
  const picked = await window.showQuickPick(actions, { placeHolder });
  await picked?.act();
}
