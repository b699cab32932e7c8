import { EventEmitter, Uri, window, workspace, type Disposable } from 'vscode';

/** Read-only texts that are no files: a check's output, why a gate decided, what the doctor found. */
export interface TextDocuments extends Disposable {
  /** Shows a text under a name; the same name shows the new text in the same tab. `language` by the name's ending. */
  show(name: string, text: string): Promise<void>;
}

const SCHEME = 'speckitAuto-text';
/** Texts that are kept; the oldest tab shows nothing any more beyond that. */
const MOST_TEXTS = 50;

export function createTextDocuments(): TextDocuments {
  const texts = new Map<string, string>();
  const changed = new EventEmitter<Uri>();
  const provider = workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.path) ?? 'This text is no longer kept. Ask for it again.',
  });
  return {
    async show(name, text) {
      const uri = Uri.from({ scheme: SCHEME, path: `/${name}` });
      texts.delete(uri.path);
      texts.set(uri.path, text);
      for (const oldest of [...texts.keys()].slice(0, Math.max(0, texts.size - MOST_TEXTS))) texts.delete(oldest);
      changed.fire(uri);
      await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
    },
    dispose: () => {
      provider.dispose();
      changed.dispose();
    },
  };
}
