import { extensions } from 'vscode';

/** The part of the built-in Git extension's API, version 1, that is used here (extensions/git/src/api/git.d.ts of VS Code). */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): {
    readonly repositories: readonly {
      readonly rootUri: { readonly fsPath: string };
      readonly inputBox: { value: string };
    }[];
  };
}

/** Puts the message where the user's commit is written, unless something stands there already. False when it was not put there. */
export function offerCommitMessage(root: string, message: string): boolean {
  const git = extensions.getExtension<GitExtension>('vscode.git');
  if (git?.isActive !== true || !git.exports.enabled) return false;
  const repository = git.exports.getAPI(1).repositories.find((candidate) => candidate.rootUri.fsPath === root);
  if (repository === undefined || repository.inputBox.value.trim() !== '') return false;
  repository.inputBox.value = message.trim();
  return true;
}
