import { window, type QuickPickItem, type SecretStorage } from 'vscode';
import { KEY_NAMES } from '../../core/policy/endpointProblems.ts';
import { keyChoices, whyNoKeyName } from './keyNames.ts';

/** The keys of models: in the editor's secret store, or else in the environment. Values are never logged, shown or put into settings. */
export interface Keys {
  /** The key of that name; the store comes before the environment. */
  secret(name: string): Promise<string | undefined>;
  /** Names in the store, sorted. */
  storedNames(): Promise<readonly string[]>;
  /** The command speckitAuto.setKey. */
  setKey(): Promise<void>;
  /** The command speckitAuto.deleteKey. */
  deleteKey(): Promise<void>;
}

export interface KeysOptions {
  readonly secrets: SecretStorage;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The `key_env` names of the configured workers. */
  readonly usedNames: () => Promise<readonly string[]>;
}

/** Secrets of this extension that are keys begin with this. */
const PREFIX = 'speckitAuto.key.';

export function createKeys({ secrets, environment, usedNames }: KeysOptions): Keys {
  const storedNames = async (): Promise<readonly string[]> =>
    (await secrets.keys())
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => name.slice(PREFIX.length))
      .sort();
  return {
    storedNames,
    async secret(name) {
      const stored = await secrets.get(`${PREFIX}${name}`);
      return stored ?? environment[name];
    },
    async setKey() {
      const choices = keyChoices({
        used: await usedNames(),
        known: KEY_NAMES,
        stored: await storedNames(),
        environment,
      });
      const name = await pickName(choices);
      if (name === undefined) return;
      const value = await window.showInputBox({
        title: `Key for ${name}`,
        prompt: 'It is kept in the secret store of VS Code, and in no setting, file or log.',
        password: true,
        ignoreFocusOut: true,
        validateInput: (text) => (text.trim() === '' ? 'Paste the key.' : undefined),
      });
      if (value === undefined || value.trim() === '') return;
      await secrets.store(`${PREFIX}${name}`, value.trim());
      window.setStatusBarMessage(`SpecKit: the key ${name} is stored.`, 5_000);
    },
    async deleteKey() {
      const names = await storedNames();
      const placeHolder = names.length === 0 ? 'No key is stored' : 'Key to delete from the secret store';
      const name = await window.showQuickPick([...names], { placeHolder });
      if (name === undefined) return;
      await secrets.delete(`${PREFIX}${name}`);
      window.setStatusBarMessage(`SpecKit: the key ${name} is deleted.`, 5_000);
    },
  };
}

async function pickName(
  choices: readonly { readonly name: string; readonly description: string }[],
): Promise<string | undefined> {
  const another = { label: '$(edit) Another name...', name: undefined };
  const items: readonly (QuickPickItem & { readonly name: string | undefined })[] = [
    ...choices.map(({ name, description }) => ({ label: name, description, name })),
    another,
  ];
  const picked = await window.showQuickPick(items, {
    placeHolder: 'Which key? The name is what key_env of a worker says',
  });
  if (picked === undefined || picked.name !== undefined) return picked?.name;
  const written = await window.showInputBox({
    title: 'Name of the key',
    prompt: 'The name that key_env of a worker says, such as MY_SERVER_API_KEY',
    ignoreFocusOut: true,
    validateInput: (text) => whyNoKeyName(text.trim()),
  });
  return written?.trim();
}
