import { commands, window, type ExtensionContext, type LogOutputChannel } from 'vscode';
import { COMMANDS, type CommandId } from './manifest.ts';

/** Registers every declared command. A command without a handler does not compile. */
export function registerCommands(context: ExtensionContext): void {
  let channel: LogOutputChannel | undefined;
  const log = (): LogOutputChannel => {
    if (channel === undefined) {
      channel = window.createOutputChannel('SpecKit', { log: true });
      context.subscriptions.push(channel);
    }
    return channel;
  };
  const handlers: Record<CommandId, () => void> = {
    'speckitAuto.showLog': () => log().show(true),
  };
  for (const id of Object.keys(COMMANDS) as CommandId[])
    context.subscriptions.push(commands.registerCommand(id, handlers[id]));
}
