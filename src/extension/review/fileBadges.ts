import path from 'node:path';
import { EventEmitter, FileDecoration, ThemeColor, Uri, window } from 'vscode';
import { PROPOSAL_SCHEME, proposalAddressOf } from './address.ts';
import { proposalUri } from './editors.ts';
import { fileState } from './fileState.ts';
import type { Proposals } from './proposals.ts';

const COLOURS = {
  A: 'gitDecoration.addedResourceForeground',
  M: 'gitDecoration.modifiedResourceForeground',
  D: 'gitDecoration.deletedResourceForeground',
} as const;

/** Letters on proposed files, and a mark on the user's own files for which a change waits. Asked for each visible file, so it only looks things up. */
export function registerFileBadges(
  proposals: Proposals,
  rootOf: (folder: string) => string,
): { readonly update: () => void; readonly dispose: () => void } {
  const changed = new EventEmitter<Uri[]>();
  let waiting = new Map<string, string>();
  let shown: readonly Uri[] = [];

  const update = (): void => {
    const rows = proposals.waiting().flatMap(({ folder, review }) =>
      review.files.map((file) => ({
        own: Uri.file(path.join(rootOf(folder), file.path)),
        proposed: proposalUri({ folder, runId: review.runId, round: review.round, path: file.path }),
        words: `${review.specId} proposes a change that is not applied yet. ${fileState(file).words}`,
      })),
    );
    const before = shown;
    waiting = new Map(rows.map(({ own, words }) => [own.toString(), words]));
    shown = rows.flatMap(({ own, proposed }) => [own, proposed]);
    changed.fire([...before, ...shown]);
  };

  const registered = window.registerFileDecorationProvider({
    onDidChangeFileDecorations: changed.event,
    provideFileDecoration: (uri) => {
      if (uri.scheme === PROPOSAL_SCHEME) return letterOf(proposals, uri);
      const words = waiting.get(uri.toString());
      return words === undefined ? undefined : new FileDecoration('±', words);
    },
  });
  return {
    update,
    dispose: () => {
      registered.dispose();
      changed.dispose();
    },
  };
}

function letterOf(proposals: Proposals, uri: Uri): FileDecoration | undefined {
  const address = proposalAddressOf(uri);
  const shown = address === undefined ? undefined : proposals.shown(address);
  if (shown === undefined) return undefined;
  const { letter, words } = fileState(shown.file);
  return new FileDecoration(letter, words, new ThemeColor(COLOURS[letter]));
}
