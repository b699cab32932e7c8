import { commands, window, type ExtensionContext } from 'vscode';
import { registerFileSystems } from './review/fileSystems.ts';
import type { StartedEditor } from './startEditor.ts';

/**
 * Says what there is, and reads the rest (dist/editor.cjs) when something of it is wanted, at the latest once the host has let the other extensions
 * begin. With that an editor that starts with SpecKit does not wait for it.
 */
export function activate(context: ExtensionContext): void {
  let started: Promise<StartedEditor> | undefined;
  const start = (): Promise<StartedEditor> => (started ??= load());
  const load = async (): Promise<StartedEditor> => {
    const { startEditor } = await import('./startEditor.ts');
    // To read and to register are a turn each, so that nothing else in the host waits for both.
    await new Promise((resolve) => setImmediate(resolve));
    return startEditor(context, files.tell);
  };
  const files = registerFileSystems(async () => (await start()).served);
  context.subscriptions.push(files);
  for (const id of declaredCommands(context))
    context.subscriptions.push(
      commands.registerCommand(id, async (...words: unknown[]) => (await start()).run(id, words)),
    );
  setImmediate(() => {
    start().catch((error: unknown) => {
      void window.showErrorMessage(`SpecKit did not start: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
}

/** The manifest is generated from the same table as the handlers, so that the table itself need not be read here. */
function declaredCommands({ extension }: ExtensionContext): readonly string[] {
  const { contributes } = extension.packageJSON as {
    readonly contributes: { readonly commands: readonly { readonly command: string }[] };
  };
  return contributes.commands.map(({ command }) => command);
}
