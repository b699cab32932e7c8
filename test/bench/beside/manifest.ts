/*
 * The extensions that are measured beside SpecKit: two that do nothing at all, of which one wakes the host's own machinery, one that declares a single
 * command as a freshly generated one does, and one with a tree and a webview that show one word each. The last one also holds the stop-watch: only code in the extension host can time the extension host.
 */

/** The file of the environment's SPECKIT_BENCH_PORT holds the port of the stop-watch in the newest extension host. */
export const PORT_VARIABLE = 'SPECKIT_BENCH_PORT';

/** What the tree and the webview show. */
export const WORD = 'Nothing to do';

export const NOTHINGS = ['speckit-test.nothing-first', 'speckit-test.nothing'] as const;
/** The least that an extension of any use does: it asks for the editor's API and registers one command. */
export const ONE_COMMAND = 'speckit-test.one-command';

/** What each of the small ones is, by its id. */
export const SMALL_EXTENSIONS: Readonly<Record<string, string>> = {
  [NOTHINGS[0]]: 'exports.activate = () => {};\n',
  [NOTHINGS[1]]: 'exports.activate = () => {};\n',
  [ONE_COMMAND]: `const { commands } = require('vscode');
exports.activate = (context) => {
  context.subscriptions.push(commands.registerCommand('oneCommand.do', () => undefined));
};
`,
};

const publisher = 'speckit-test';
const version = '0.0.0';
const engines = { vscode: '^1.125.0' };

export const BESIDE_MANIFEST = {
  name: 'beside',
  publisher,
  version,
  engines,
  main: './beside.cjs',
  activationEvents: ['onStartupFinished'],
  contributes: {
    commands: [{ command: 'beside.show', title: 'Beside: Show' }],
    viewsContainers: { activitybar: [{ id: 'beside', title: 'Beside', icon: 'icon.svg' }] },
    views: { beside: [{ id: 'beside.tree', name: 'Tree', icon: 'icon.svg' }] },
  },
};

export function nothingManifest(id: string): object {
  return { name: id.split('.')[1], publisher, version, engines, main: './nothing.cjs', activationEvents: [] };
}
