import {
  Position,
  Range,
  Selection,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  commands,
  window,
  workspace,
  type TextDocument,
  type TextEditor,
} from 'vscode';
import type { EngineReview, ReviewedFile } from '../engine/api.ts';
import {
  PROPOSAL_SCHEME,
  patchParts,
  proposalAddressOf,
  proposalParts,
  type PatchAddress,
  type ProposalAddress,
} from './address.ts';
import { hunkAt, hunkViews, nextHunkAfter, type HunkView } from './hunkView.ts';
import type { ProposedFile, Proposals } from './proposals.ts';

/** Whether opening takes the focus: only where a person asked for the editor itself. */
export type Focus = 'take' | 'keep';

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export function proposalUri(address: ProposalAddress): Uri {
  return Uri.from(proposalParts('proposal', address));
}

/** Opens one file: base left, proposal right. Closing the tab decides nothing. */
export async function openDiff(folder: string, review: EngineReview, file: ReviewedFile, focus: Focus): Promise<void> {
  const address = { folder, runId: review.runId, round: review.round, path: file.path };
  const title = `${baseName(file.path)} (${review.specId}: ${review.state === 'waiting' ? 'proposal' : review.state})`;
  const first = nextHunkAfter(hunkViews(file, { text: file.after, isDirty: false }), -1);
  const at = new Position(first?.line ?? 0, 0);
  const options = { preserveFocus: focus === 'keep', preview: true, selection: new Range(at, at) };
  await commands.executeCommand(
    'vscode.diff',
    Uri.from(proposalParts('base', address)),
    proposalUri(address),
    title,
    options,
  );
}

/** Opens every file in one editor. Both sides are given for added and deleted files too, so that they have lenses. */
export async function openAll(folder: string, review: EngineReview): Promise<void> {
  const rows = review.files.map((file) => {
    const address = { folder, runId: review.runId, round: review.round, path: file.path };
    const proposal = proposalUri(address);
    return [proposal, Uri.from(proposalParts('base', address)), proposal];
  });
  await commands.executeCommand('vscode.changes', `${review.specId}: proposal, ${review.title}`, rows);
}

/** What one patch changed in one file, read-only, beside what the person looks at. */
export async function openPatch(address: Omit<PatchAddress, 'side'>): Promise<void> {
  const side = (side: PatchAddress['side']): Uri => Uri.from(patchParts({ ...address, side }));
  const title = `${baseName(address.path)} (${patchName(address.key)})`;
  const options = { preserveFocus: true, preview: true, viewColumn: ViewColumn.Beside };
  await commands.executeCommand('vscode.diff', side('before'), side('after'), title, options);
}

/** `T2, attempt 1` of the key `implement/T2/1/turn-3/tool-1`. */
function patchName(key: string): string {
  const [, task, attempt] = /^implement\/([^/]+)\/(\d+)/.exec(key) ?? [];
  return task === undefined ? 'patch' : `${task}, attempt ${attempt}`;
}

/** What the active editor shows of a proposal, on either side; also inside the multi-diff editor. */
export interface ActiveProposal extends ProposedFile {
  readonly editor: TextEditor;
  readonly address: ProposalAddress;
  readonly hunks: readonly HunkView[];
  readonly atCursor: HunkView | undefined;
}

export function activeProposal(proposals: Proposals): ActiveProposal | undefined {
  const editor = window.activeTextEditor;
  const address = editor === undefined ? undefined : proposalAddressOf(editor.document.uri);
  if (editor === undefined || address === undefined) return undefined;
  const shown = proposals.shown(address);
  if (shown === undefined) return undefined;
  const side = editor.document.uri.scheme === PROPOSAL_SCHEME ? 'right' : 'left';
  const document = documentOf(proposalUri(address));
  const hunks = hunksIn(shown.file, document);
  return { ...shown, editor, address, hunks, atCursor: hunkAt(hunks, side, editor.selection.active.line) };
}

/** The hunks of a file as the editor shows them, or as they are saved where no editor does. */
export function hunksIn(file: ReviewedFile, document: TextDocument | undefined): readonly HunkView[] {
  return hunkViews(file, {
    text: document?.isDirty === true ? document.getText() : file.after,
    isDirty: document?.isDirty === true,
  });
}

function documentOf(uri: Uri): TextDocument | undefined {
  return workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
}

/** Puts the cursor at the next open hunk of a file that is shown, without moving the focus. False when none is open or the file is not shown. */
export function goToNextHunk(proposals: Proposals, address: ProposalAddress, want: 'open' | 'any'): boolean {
  const uri = proposalUri(address).toString();
  const editor = window.visibleTextEditors.find((candidate) => candidate.document.uri.toString() === uri);
  const shown = proposals.shown(address);
  if (editor === undefined || shown === undefined) return false;
  const next = nextHunkAfter(hunksIn(shown.file, editor.document), editor.selection.active.line);
  if (next === undefined || (want === 'open' && next.decision !== 'open')) return false;
  const at = new Position(next.line, 0);
  editor.selection = new Selection(at, at);
  editor.revealRange(new Range(at, at), TextEditorRevealType.InCenterIfOutsideViewport);
  return true;
}

const SAVE_ATTEMPTS = 3;

/** Saves every edited document of a round. Answers in words why nothing may be decided about it now, if so. */
export async function saveProposal(address: Omit<ProposalAddress, 'path'>): Promise<string | undefined> {
  const unseen: string[] = [];
  for (const document of workspace.textDocuments) {
    const of = document.uri.scheme === PROPOSAL_SCHEME ? proposalAddressOf(document.uri) : undefined;
    if (of === undefined || !document.isDirty) continue;
    if (of.folder !== address.folder || of.runId !== address.runId || of.round !== address.round) continue;
    const seen = document.getText();
    // A save that meets an automatic one in flight can answer false although nothing is wrong.
    for (let attempt = 0; attempt < SAVE_ATTEMPTS && document.isDirty; attempt += 1) await document.save();
    if (document.isDirty)
      return `Your edit of ${of.path} could not be saved, so nothing was decided. It is still in the editor.`;
    // Format on save and its like: the decision was about the text before it.
    if (document.getText() !== seen) unseen.push(of.path);
  }
  if (unseen.length === 0) return undefined;
  return `Your editor changed ${unseen.slice(0, 3).join(', ')} as it was saved, so nothing was decided. Look at what stands there now, and decide again.`;
}
