import path from 'node:path';
import type { RunContext } from '../core/pipeline/context.ts';
import { roundState } from '../core/pipeline/propose.ts';
import { readJournal } from '../node/applyJournal.ts';
import type { Repository } from '../node/repository.ts';
import { withUserLineEndings } from '../node/userLineEndings.ts';
import type { UserChange } from '../node/userTree.ts';
import { nextApplication, takeBack, writeChanges, type Application } from './application.ts';
import { runFolderOf } from './apply.ts';
import { withExport } from './approvalsFile.ts';
import { userChange } from './chosen.ts';
import { signatureOf } from './person.ts';
import { CommandProblem } from './problem.ts';
import { findRunning } from './runs.ts';
import { openProject, type Services } from './services.ts';
import { withRun } from './withRun.ts';
import { inDocument, isForDocument, readYours } from './yours.ts';

/** Takes an applied proposal back out of the user's files, if they still hold what was applied; also one whose process was killed. */
export async function undo(services: Services, runId: string): Promise<readonly string[]> {
  const project = await openProject(services);
  const { root } = project.repository;
  return withRun(services, project, await findRunning(project, runId), (context) =>
    withExport(context, root, async () => {
      const taken = await toTakeBack(context, project.repository);
      await requireNothingTyped(services, root, taken);
      const typed = await unsavedToTakeBack(services, root, taken.unsaved);
      await takeBack(taken.application, context.signal);
      await restoreUnsaved(services, context, { root, application: taken.application, ...typed });
      const { files, round, isLogged } = taken;
      if (isLogged)
        context.log.append('ApplyUndo', { round, files: [...files], ...(await signatureOf(services, root)) });
      const text = 'Taken back. The change awaits your approval again.';
      const { tree } = context.workspace.current;
      context.log.append('RunEnd', { outcome: 'proposed', stage: 'unlock', text, tree });
      await context.log.flush();
      return files;
    }),
  );
}

interface TakenBack {
  readonly application: Application;
  readonly files: readonly string[];
  readonly round: number;
  /** False for what a killed process wrote and could not record. */
  readonly isLogged: boolean;
  /** What was put into unsaved documents, the other way round. */
  readonly unsaved: readonly UserChange[];
}

async function toTakeBack(context: RunContext, repository: Repository): Promise<TakenBack> {
  const { events } = context.log;
  const runFolder = runFolderOf(repository, context.runId);
  const applied = events.findLast((event) => event.kind === 'ProposalApply');
  if (applied?.kind === 'ProposalApply' && roundState(events, applied.payload.round).kind === 'applied') {
    const { journal: name, files, round, unsaved = [] } = applied.payload;
    const folder = path.join(runFolder, name);
    const state = (await readJournal(folder))?.state ?? 'none';
    const backwards = unsaved.map(async ({ path: file, before, after }) =>
      userChange(file, await context.blobs.get(after), await context.blobs.get(before)),
    );
    return {
      // Taken back already by a process that was killed before it could say so: there is nothing left to write.
      application: { name, folder, state: state === 'undone' ? 'none' : state },
      files,
      round,
      isLogged: true,
      unsaved: await Promise.all(backwards),
    };
  }
  const proposal = events.findLast((event) => event.kind === 'ProposalCreate');
  const round = proposal?.kind === 'ProposalCreate' ? proposal.payload.round : 1;
  const application = await nextApplication(runFolder, round);
  if (application.state === 'none')
    throw new CommandProblem('usage', `Nothing of run ${context.runId} is applied: there is nothing to undo.`);
  const files = (await readJournal(application.folder))?.files.map((file) => file.path) ?? [];
  return { application, files, round, isLogged: false, unsaved: [] };
}

/** A file that was written and has been typed in since is not undone under its unsaved text. */
async function requireNothingTyped({ host }: Services, root: string, { files, unsaved }: TakenBack): Promise<void> {
  const written = files.filter((file) => unsaved.every((change) => change.path !== file));
  const open = (await host.unsaved?.texts(written.map((file) => path.join(root, file)))) ?? [];
  if (open.length === 0) return;
  const names = open.map(({ file }) => path.relative(root, file)).join(', ');
  throw new CommandProblem('blocked', `You have unsaved changes in ${names}, so nothing was undone.`);
}

interface Typed {
  /** Still unsaved. */
  readonly inDocuments: readonly UserChange[];
  /** Saved since by the person. */
  readonly onDisk: readonly UserChange[];
}

/** Throws a CommandProblem when one of them holds anything else than what was applied: nothing is undone then. */
async function unsavedToTakeBack(services: Services, root: string, changes: readonly UserChange[]): Promise<Typed> {
  const yours = await readYours(services, root, changes);
  const textOf = ({ path: name }: UserChange): string | undefined => {
    const now = yours.get(name);
    return now?.kind === 'text' ? now.text : undefined;
  };
  const left = changes.filter((change) => textOf(change) !== change.after);
  const differing = left.filter((change) => textOf(change) !== change.before);
  if (differing.length > 0)
    throw new CommandProblem(
      'blocked',
      `These files have changed since the change was applied to their unsaved text, so nothing was undone: ${differing.map((change) => change.path).join(', ')}.`,
    );
  const inDocuments = left.filter((change) => isForDocument(change, yours.get(change.path)));
  return { inDocuments, onDisk: left.filter((change) => !inDocuments.includes(change)) };
}

async function restoreUnsaved(
  { host }: Services,
  context: RunContext,
  { root, application, inDocuments, onDisk }: Typed & { readonly root: string; readonly application: Application },
): Promise<void> {
  if (onDisk.length > 0) {
    // Its own journal, so that a kill in the middle leaves all of it or none.
    const own: Application = {
      name: `${application.name}-saved`,
      folder: `${application.folder}-saved`,
      state: 'none',
    };
    await writeChanges(own, { root, changes: await withUserLineEndings(root, onDisk) }, context.signal);
  }
  const changes = inDocuments.map(({ path: name, before = '', after = '' }) => ({
    file: path.join(root, name),
    before: inDocument(before),
    after: inDocument(after),
  }));
  if (changes.length > 0 && (await host.unsaved?.replace(changes)) !== true)
    throw new CommandProblem('blocked', 'You typed in one of the files meanwhile. Undo again to take the rest back.');
}
