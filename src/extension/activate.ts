import type { ExtensionContext } from 'vscode';
import { registerCommands } from './commands.ts';

/** Nothing here but a table of contents: everything that can wait waits. */
export function activate(context: ExtensionContext): void {
  registerCommands(context);
}
