import { FileChangeType, FilePermission, FileSystemError, FileType, Uri, type FileStat } from 'vscode';
import type { EngineRequests } from '../engine/api.ts';
import {
  BASE_SCHEME,
  CONFLICT_SCHEME,
  PATCH_SCHEME,
  PROPOSAL_SCHEME,
  conflictAddressOf,
  nameOf,
  patchAddressOf,
  proposalAddressOf,
  proposalParts,
  type ProposalAddress,
} from './address.ts';
import type { Conflicts } from './conflicts.ts';
import type { ProposalFileSystems, ServedFiles } from './fileSystems.ts';
import type { ProposedFile, Proposals } from './proposals.ts';

/** What the schemes of a proposal serve. They are file systems so that their tabs survive a reload and the editor itself saves, backs up and undoes. */
export interface ProposalFiles {
  readonly served: ServedFiles;
  /** Tells the editor that what it shows of these files is not what is served any more. */
  changed(files: readonly ProposalAddress[]): void;
}

/** What the file systems serve: the bytes of one document and whether it can be written. */
interface Served {
  readonly text: string;
  readonly modifiedAt: number;
  readonly isEditable: boolean;
}

/** Sides of patches kept in memory at most; the engine has them all. */
const PATCHES_KEPT = 40;

export function createProposalFiles(
  engine: Pick<EngineRequests, 'edit' | 'patch'>,
  { proposals, conflicts }: { readonly proposals: Proposals; readonly conflicts: Conflicts },
  describe: (error: unknown) => string,
  tell: ProposalFileSystems['tell'],
): ProposalFiles {
  const readPatch = patchReader(engine);
  const serve = async (uri: Uri): Promise<Served> => {
    if (uri.scheme === PATCH_SCHEME) return readPatch(uri);
    if (uri.scheme === CONFLICT_SCHEME) return conflicts.read(uri);
    const file = await proposedFile(proposals, uri);
    return uri.scheme === BASE_SCHEME ? servedBase(file) : servedProposal(file);
  };
  return {
    served: {
      stat: (uri) => stat(uri, serve),
      readFile: async (uri) => new TextEncoder().encode((await serve(uri)).text),
      writeFile: (uri, content) =>
        uri.scheme === CONFLICT_SCHEME
          ? conflicts.write(uri, utf8(content))
          : write(uri, content, { engine, proposals, describe }),
    },
    changed: (files) =>
      tell(
        files.flatMap((address) =>
          (['proposal', 'base'] as const).map((side) => ({
            type: FileChangeType.Changed,
            uri: Uri.from(proposalParts(side, address)),
          })),
        ),
      ),
  };
}

async function stat(uri: Uri, serve: (uri: Uri) => Promise<Served>): Promise<FileStat> {
  const named = proposalAddressOf(uri) ?? patchAddressOf(uri) ?? conflictAddressOf(uri);
  // The editor asks for the folder of what it writes, by the same query.
  if (named !== undefined && uri.path !== `/${named.path}`)
    return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
  const { text, modifiedAt, isEditable } = await serve(uri);
  const size = new TextEncoder().encode(text).byteLength;
  const found = { type: FileType.File, ctime: 0, mtime: modifiedAt, size };
  return isEditable ? found : { ...found, permissions: FilePermission.Readonly };
}

async function proposedFile(proposals: Proposals, uri: Uri): Promise<ProposedFile> {
  const address = proposalAddressOf(uri);
  if (address === undefined) throw FileSystemError.FileNotFound(uri);
  const found = await proposals.find(address);
  if (found !== undefined) return found;
  throw FileSystemError.FileNotFound('This proposal has been replaced or is gone. Nothing of it was applied by that.');
}

const BINARY = 'This file is binary: its content cannot be shown here.\n';

function servedBase({ file, modifiedAt }: ProposedFile): Served {
  const text = file.isBinary && file.change !== 'added' ? BINARY : file.before;
  return { text, modifiedAt, isEditable: false };
}

function servedProposal({ file, isEditable, modifiedAt }: ProposedFile): Served {
  const text = file.isBinary && file.change !== 'deleted' ? BINARY : file.after;
  return { text, modifiedAt, isEditable };
}

interface Writing {
  readonly engine: Pick<EngineRequests, 'edit'>;
  readonly proposals: Proposals;
  readonly describe: (error: unknown) => string;
}

/** Saving an edited proposal. A refusal throws, which leaves the document unsaved in the editor: nothing that was typed is lost. */
async function write(uri: Uri, content: Uint8Array, { engine, proposals, describe }: Writing): Promise<void> {
  const address = uri.scheme === PROPOSAL_SCHEME ? proposalAddressOf(uri) : undefined;
  if (address === undefined) throw FileSystemError.NoPermissions(uri);
  const { folder, runId, path } = address;
  const { file, isEditable } = await proposedFile(proposals, uri);
  if (!isEditable)
    throw FileSystemError.NoPermissions(
      'This proposal does not wait for a decision any more, or has no text to edit. Copy what you wrote to keep it.',
    );
  const text = utf8(content);
  if (text === file.after) return;
  try {
    await engine.edit(folder, runId, { file: path, text });
  } catch (error) {
    throw FileSystemError.Unavailable(`${describe(error)} What you wrote is still in the editor, unsaved.`);
  } finally {
    // Also after a failure: another window may have decided meanwhile.
    await proposals.refresh(folder, runId);
  }
}

/** Proposals are UTF-8. Bytes in another encoding, which a user can choose in the editor, would apply other characters than were seen. */
function utf8(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw FileSystemError.Unavailable(
      'A proposal is saved as UTF-8. Choose "Save with Encoding", UTF-8, and save again.',
    );
  }
}

/** A patch never changes: what it did to a file is asked once for both sides. */
function patchReader(engine: Pick<EngineRequests, 'patch'>): (uri: Uri) => Promise<Served> {
  const asked = new Map<string, Promise<{ readonly before: string; readonly after: string }>>();
  return async (uri) => {
    const address = patchAddressOf(uri);
    if (address === undefined) throw FileSystemError.FileNotFound(uri);
    const { folder, runId, key, path, side } = address;
    const name = nameOf({ folder, runId: `${runId} ${key}`, round: 0, path });
    const answer = asked.get(name) ?? engine.patch(folder, runId, key, path);
    asked.delete(name);
    asked.set(name, answer);
    for (const oldest of asked.keys()) if (asked.size > PATCHES_KEPT) asked.delete(oldest);
    try {
      return { text: (await answer)[side], modifiedAt: 1, isEditable: false };
    } catch (error) {
      asked.delete(name);
      throw error;
    }
  };
}
