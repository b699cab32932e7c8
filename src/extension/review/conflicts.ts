import { FileSystemError, Uri, commands, window } from 'vscode';
import type { ToldConflict } from '../../app/conflicts.ts';
import type { EngineRequests } from '../engine/api.ts';
import { conflictAddressOf, conflictParts, nameOf, type ConflictAddress, type ProposalAddress } from './address.ts';
import type { DecisionTarget } from './decisions.ts';
import type { Proposals } from './proposals.ts';

/** Files whose conflict is opened at once; the others are named, and shown by the next approval. */
const OPENED = 3;

/**
 * Conflicts between a proposal and what a person has made of a file meanwhile, in the editor's own merge editor: the person's text on one side, the
 * proposal on the other. What is saved there is an edit of the proposal; the person's own file is not touched.
 */
export interface Conflicts {
  show(target: DecisionTarget, specId: string, conflicts: readonly ToldConflict[]): Promise<void>;
  /** One side's text; only the result can be written. Throws for what is not known any more, as after a reload. */
  read(uri: Uri): { readonly text: string; readonly modifiedAt: number; readonly isEditable: boolean };
  write(uri: Uri, text: string): Promise<void>;
}

type LinesConflict = Extract<ToldConflict, { readonly kind: 'lines' }>;

export function createConflicts(
  engine: Pick<EngineRequests, 'edit'>,
  proposals: Proposals,
  describe: (error: unknown) => string,
  now: () => number,
): Conflicts {
  const known = new Map<string, { readonly conflict: LinesConflict; result: string; modifiedAt: number }>();

  const entryOf = (uri: Uri) => {
    const address = conflictAddressOf(uri);
    const entry = address === undefined ? undefined : known.get(nameOf(address));
    if (address === undefined || entry === undefined)
      throw FileSystemError.FileNotFound('This conflict is not shown any more. Approve again to see it.');
    return { address, entry };
  };

  return {
    async show({ folder, runId, round }, specId, conflicts) {
      const lines = conflicts.filter((conflict) => conflict.kind === 'lines');
      for (const conflict of lines) {
        const name = nameOf({ folder, runId, round, path: conflict.path });
        known.set(name, {
          conflict,
          result: conflict.draft,
          modifiedAt: Math.max(now(), (known.get(name)?.modifiedAt ?? 0) + 1),
        });
      }
      void window.showWarningMessage(conflictWords(conflicts));
      for (const { path } of lines.slice(0, OPENED)) await openConflict({ folder, runId, round, path }, specId);
    },
    read: (uri) => {
      const { address, entry } = entryOf(uri);
      const { conflict, result, modifiedAt } = entry;
      const isEditable = address.side === 'result';
      return { text: isEditable ? result : conflict[address.side], modifiedAt, isEditable };
    },
    async write(uri, text) {
      const { address, entry } = entryOf(uri);
      const { folder, runId, path, side } = address;
      if (side !== 'result') throw FileSystemError.NoPermissions(uri);
      try {
        await engine.edit(folder, runId, { file: path, text, merged: true });
      } catch (error) {
        throw FileSystemError.Unavailable(`${describe(error)} What you wrote is still in the editor, unsaved.`);
      }
      entry.result = text;
      entry.modifiedAt = Math.max(now(), entry.modifiedAt + 1);
      await proposals.refresh(folder, runId);
    },
  };
}

function conflictWords(conflicts: readonly ToldConflict[]): string {
  const named = (wanted: (conflict: ToldConflict) => boolean): string =>
    conflicts
      .filter(wanted)
      .slice(0, OPENED)
      .map(({ path }) => path)
      .join(', ');
  const lines = named(({ kind }) => kind === 'lines');
  const others = named(({ kind }) => kind !== 'lines');
  return [
    'Nothing was applied.',
    ...(lines === ''
      ? []
      : [
          `You and the proposal changed the same lines of ${lines}. Choose in the merge editor, save, and approve again.`,
        ]),
    ...(others === '' ? [] : [`${others} cannot be merged: put it back as it was, or reject it.`]),
  ].join(' ');
}

/** The command is the one by which VS Code's own git extension opens its merge editor. Where it is not there both sides are shown as a diff, with marks. */
async function openConflict(address: ProposalAddress, specId: string): Promise<void> {
  const side = (side: ConflictAddress['side']): Uri => Uri.from(conflictParts({ ...address, side }));
  try {
    await commands.executeCommand('_open.mergeEditor', {
      base: side('base'),
      input1: { uri: side('yours'), title: 'Yours', description: 'what you have in the file now' },
      input2: { uri: side('proposed'), title: 'Proposal', description: `what ${specId} wants there` },
      output: side('result'),
    });
  } catch {
    const name = address.path.slice(address.path.lastIndexOf('/') + 1);
    await commands.executeCommand('vscode.diff', side('yours'), side('result'), `${name} (${specId}: conflict)`);
  }
}
