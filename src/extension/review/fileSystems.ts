import {
  Disposable,
  EventEmitter,
  FileSystemError,
  MarkdownString,
  workspace,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
  type Uri,
} from 'vscode';
import { BASE_SCHEME, CONFLICT_SCHEME, PATCH_SCHEME, PROPOSAL_SCHEME } from './address.ts';

/** What the schemes of a proposal serve, whichever of them a URI has. */
export interface ServedFiles {
  stat(uri: Uri): Promise<FileStat>;
  readFile(uri: Uri): Promise<Uint8Array>;
  writeFile(uri: Uri, content: Uint8Array): Promise<void>;
}

export interface ProposalFileSystems extends Disposable {
  /** Tells the editor that its copies of these files are not what is served any more. */
  readonly tell: (changes: FileChangeEvent[]) => void;
}

/**
 * Registers the schemes at once and asks `served` only when a file is wanted: an editor that restores a tab of a proposal after a reload looks for
 * its scheme as soon as the extension is awake, and gives up where it is not there.
 */
export function registerFileSystems(served: () => Promise<ServedFiles>): ProposalFileSystems {
  const changes = new EventEmitter<FileChangeEvent[]>();
  const refuse = (uri: Uri): never => {
    throw FileSystemError.NoPermissions(uri);
  };
  const files: FileSystemProvider = {
    onDidChangeFile: changes.event,
    watch: () => new Disposable(() => undefined),
    stat: async (uri) => (await served()).stat(uri),
    readFile: async (uri) => (await served()).readFile(uri),
    writeFile: async (uri, content) => (await served()).writeFile(uri, content),
    readDirectory: () => [],
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
  const why = new MarkdownString('This is what the change starts from. Edit the proposal on the right side.');
  const registered = Disposable.from(
    changes,
    workspace.registerFileSystemProvider(BASE_SCHEME, files, { isCaseSensitive: true, isReadonly: why }),
    workspace.registerFileSystemProvider(PROPOSAL_SCHEME, files, { isCaseSensitive: true }),
    workspace.registerFileSystemProvider(CONFLICT_SCHEME, files, { isCaseSensitive: true }),
    workspace.registerFileSystemProvider(PATCH_SCHEME, files, { isCaseSensitive: true, isReadonly: true }),
  );
  return { tell: (told) => changes.fire(told), dispose: () => void registered.dispose() };
}
