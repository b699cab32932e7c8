import { CodeLens, EventEmitter, Range, languages, type CodeLensProvider, type TextDocument } from 'vscode';
import { PROPOSAL_SCHEME, proposalAddressOf } from './address.ts';
import type { ReviewCommandId } from './contributions.ts';
import type { DecisionTarget } from './decisions.ts';
import { hunksIn } from './editors.ts';
import { lensTexts, type LensText } from './lensText.ts';
import type { Proposals } from './proposals.ts';

const COMMAND: Readonly<Record<Exclude<LensText['act'], 'none'>, ReviewCommandId>> = {
  approve: 'speckitAuto.approveThis',
  reject: 'speckitAuto.rejectThis',
  why: 'speckitAuto.whyThisChange',
};

/** Lenses over each hunk of a proposal that waits. They follow what is typed, because the editor asks again after each change. */
export function registerLenses(proposals: Proposals): { readonly changed: () => void; readonly dispose: () => void } {
  const changed = new EventEmitter<void>();
  const provider: CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => lensesOf(proposals, document),
  };
  const registered = languages.registerCodeLensProvider({ scheme: PROPOSAL_SCHEME }, provider);
  return {
    changed: () => changed.fire(),
    dispose: () => {
      registered.dispose();
      changed.dispose();
    },
  };
}

async function lensesOf(proposals: Proposals, document: TextDocument): Promise<CodeLens[]> {
  const address = proposalAddressOf(document.uri);
  const shown = address === undefined ? undefined : await proposals.find(address);
  if (address === undefined || shown === undefined) return [];
  const isNewest = proposals.current(address.folder, address.runId) === shown.review;
  if (!isNewest || shown.review.state !== 'waiting') return [];
  const reasons = shown.review.reasons[address.path] ?? '';
  return hunksIn(shown.file, document).flatMap((hunk) => {
    const target: DecisionTarget = { ...address, hunkId: hunk.id };
    const range = new Range(hunk.line, 0, hunk.line, 0);
    return lensTexts(hunk, reasons).map(({ act, title, tooltip }) => {
      // A lens without a command is drawn as plain text.
      const command = act === 'none' ? '' : COMMAND[act];
      return new CodeLens(range, { title, tooltip, command, arguments: [target] });
    });
  });
}
