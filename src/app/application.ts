import path from 'node:path';
import { sha256 } from '../base/hash.ts';
import { unreachable } from '../base/unreachable.ts';
import { readJournal, type ApplyJournal } from '../node/applyJournal.ts';
import { withCrlf } from '../node/userLineEndings.ts';
import {
  applyToUserTree,
  recoverApply,
  undoApply,
  type ApplyProblem,
  type RecoveryProblem,
  type UndoProblem,
  type UserChange,
} from '../node/userTree.ts';
import { CommandProblem } from './problem.ts';

/** One application of a proposal to the user's files: `name` is its journal's folder within the run's folder. */
export interface Application {
  readonly name: string;
  readonly folder: string;
  /** What its journal says: `none` before anything was written; the others were begun by a process that was killed. */
  readonly state: 'none' | Exclude<ApplyJournal['state'], 'undone'>;
}

/** The application of a round that comes next, or the one that a killed process began. Those taken back keep their journals. */
export async function nextApplication(runFolder: string, round: number): Promise<Application> {
  for (let number = 1; ; number += 1) {
    const name = `apply-${round}-${number}`;
    const folder = path.join(runFolder, name);
    const state = (await readJournal(folder))?.state ?? 'none';
    if (state !== 'undone') return { name, folder, state };
  }
}

/**
 * The application that writes these changes: one that a killed process ended and could not record any more (`applied`), or a new one, after what
 * had been begun otherwise was taken back.
 */
export async function applicationOf(
  at: { readonly runFolder: string; readonly round: number },
  changes: readonly UserChange[],
  signal: AbortSignal,
): Promise<Application> {
  const begun = await nextApplication(at.runFolder, at.round);
  if (begun.state === 'none' || (begun.state === 'applied' && (await isOf(begun, changes)))) return begun;
  await takeBack(begun, signal);
  return nextApplication(at.runFolder, at.round);
}

async function isOf({ folder }: Application, changes: readonly UserChange[]): Promise<boolean> {
  const files = (await readJournal(folder))?.files ?? [];
  return (
    files.length === changes.length &&
    changes.every(({ path: name, after }) => {
      const side = files.find((file) => file.path === name)?.after;
      if (after === undefined || side === null || side === undefined) return after === undefined && side === null;
      return [after, withCrlf(after)].some((text) => sha256(text) === side.sha256);
    })
  );
}

/** Writes the change, all of it or nothing. Throws a CommandProblem when a file is not what the change was made for. */
export async function writeChanges(
  application: Application,
  request: { readonly root: string; readonly changes: readonly UserChange[] },
  signal: AbortSignal,
): Promise<void> {
  const applied = await applyToUserTree({ ...request, journalFolder: application.folder }, signal);
  if (applied.kind === 'error') throw new CommandProblem(kindOf(applied.error), applyProblemText(applied.error));
}

/**
 * Takes an application back out of the user's files, one that a killed process began as well, or finishes taking it back. Throws a
 * CommandProblem when the files are no longer what was applied; nothing is written then.
 */
export async function takeBack({ folder, state }: Application, signal: AbortSignal): Promise<void> {
  if (state === 'none') return;
  if (state !== 'applied') {
    const direction = state === 'applying' ? 'rollBack' : 'finish';
    const recovered = await recoverApply({ journalFolder: folder, direction }, signal);
    if (recovered.kind === 'error') throw new CommandProblem('blocked', interruptedText(recovered.error));
    return;
  }
  const undone = await undoApply({ journalFolder: folder }, signal);
  if (undone.kind === 'error') throw new CommandProblem(kindOf(undone.error), undoProblemText(undone.error));
}

function interruptedText(problem: RecoveryProblem): string {
  const why =
    problem.kind === 'blocked' ? `these files have changed meanwhile: ${problem.paths.join(', ')}` : problem.message;
  return `An earlier application was interrupted and cannot be ended: ${why}.`;
}

/** A disk that cannot be written is no decision of anybody's. */
const kindOf = ({ kind }: ApplyProblem | UndoProblem): CommandProblem['kind'] =>
  kind === 'writeFailed' ? 'infrastructure' : 'blocked';

function applyProblemText(problem: ApplyProblem): string {
  switch (problem.kind) {
    case 'stale':
      return `These files changed since the run began, so nothing was applied: ${problem.paths.join(', ')}. Put them back (git stash, for example) and approve again, or start a new run.`;
    case 'unsafePath':
      return `These paths lead out of the repository or through a link, so nothing was applied: ${problem.paths.join(', ')}.`;
    case 'journalInUse':
      return `An earlier application is ${problem.state}.`;
    case 'writeFailed':
      return `${problem.path} could not be written (${problem.message}), so nothing was applied.`;
    case 'rollBackBlocked':
      return `A write failed and what was written before it could not be taken back: ${problem.message}. Approve again to finish.`;
  }
  return unreachable(problem);
}

function undoProblemText(problem: UndoProblem): string {
  switch (problem.kind) {
    case 'notApplied':
      return 'Nothing is applied: there is nothing to undo.';
    case 'differs':
      return `These files have changed since the change was applied, so nothing was undone: ${problem.paths.join(', ')}.`;
    case 'writeFailed':
      return `Nothing was undone: ${problem.message}.`;
    case 'rollBackBlocked':
      return `A part was undone and could not be put back: ${problem.message}. Undo again to finish.`;
  }
  return unreachable(problem);
}
