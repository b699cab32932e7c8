import { sha256 } from '../base/hash.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { hasConflictMarks } from '../core/patch/merge.ts';
import { REDACTION_MARK, type Redaction } from '../core/run/redaction.ts';
import type { Repository } from '../node/repository.ts';
import { recordMerge, runFolderOf } from './apply.ts';
import { userChange } from './chosen.ts';
import { draftedFrom } from './conflicts.ts';
import { exactEdit } from './exactText.ts';
import { mergedDifference } from './mergeYours.ts';
import { CommandProblem } from './problem.ts';
import { bytesOf, differencesOf, notInProposal, waitingReview } from './review.ts';
import { findRunning } from './runs.ts';
import { openProject, type Services } from './services.ts';
import { withRun } from './withRun.ts';
import { readYours } from './yours.ts';

/** Characters of an edited file. */
const EDITED = 2_000_000;

/**
 * A person's text for one file of a proposal. `merged`: it holds what the person had in the file when its conflict was told, and the change, so that
 * it is from now on a change of that.
 */
export interface Edit {
  readonly file: string;
  readonly text: string;
  readonly merged?: true;
}

/**
 * Puts a person's text in the place of one file of the proposal that waits. Decisions about the hunks it changes no longer count, since they were made
 * about other bytes; all others do. The checks are measured on exactly these bytes before they are applied. Throws a CommandProblem for a
 * file that the proposal does not change, deletes, or holds as binary, and for a run without a proposal that waits.
 */
export async function editProposal(services: Services, runId: string, edit: Edit): Promise<void> {
  const { file, text } = edit;
  if (text.length > EDITED)
    throw new CommandProblem('usage', `${file} would have ${text.length} characters; at most ${EDITED} are taken.`);
  if (text.includes(REDACTION_MARK))
    throw new CommandProblem('usage', `The text of ${file} holds a redaction mark. Put the true text in its place.`);
  const project = await openProject(services);
  await withRun(services, project, await findRunning(project, runId), async (context) => {
    const { log, blobs } = context;
    const review = await waitingReview(context);
    const reviewed = review.files.find(({ difference }) => difference.path === file);
    if (reviewed === undefined) throw notInProposal(review, file);
    const found = reviewed.difference;
    if (found.binary || found.change === 'deleted')
      throw new CommandProblem(
        'usage',
        `${file} ${found.binary ? 'is binary' : 'is deleted'}: there is no text to edit.`,
      );
    if (edit.merged === true) return resolve(services, context, project.repository, edit);
    if (found.after === text) return;
    const { round } = review.proposal;
    requireRecordable(context.redaction, { file, text, proposed: reviewed.proposed ?? found.after ?? '' });
    const blob = await blobs.put(text);
    log.append('ProposalEdit', { round, path: file, sha256: sha256(text), blob, by: services.host.person });
    // What is asked for from now on are these bytes.
    const bytes = bytesOf(differencesOf(review).map((other) => (other === found ? { ...found, after: text } : other)));
    log.append('ApprovalRequest', { key: `unlock/${round}/request/edited`, round, bytes });
    await log.flush();
  });
}

/** An edit is kept in the run's record, where secrets are not: those that stood in the file already are read from it again, and no others can be. */
function requireRecordable(
  redaction: Redaction,
  { file, text, proposed }: { readonly file: string; readonly text: string; readonly proposed: string },
): void {
  const recorded = redaction.text(text);
  if (recorded === text) return;
  const original = { redacted: redaction.text(proposed), exact: proposed };
  if (exactEdit(recorded, original, sha256(text)) !== undefined) return;
  const at = recorded.split('\n').findIndex((line, index) => line !== text.split('\n')[index]);
  throw new CommandProblem(
    'usage',
    `Line ${at + 1} of your ${file} holds what looks like a secret, and an edit is kept in the run's log. Leave it out here and write it into the file after the change is applied.`,
  );
}

/** A resolved conflict: the text is a change of what the person has now, which has to be what the conflict was about. */
async function resolve(
  services: Services,
  context: RunContext,
  repository: Repository,
  { file, text }: Edit,
): Promise<void> {
  if (hasConflictMarks(text))
    throw new CommandProblem(
      'usage',
      `The text of ${file} still holds marks of the conflict. Choose for each of them.`,
    );
  const from = await draftedFrom(runFolderOf(repository, context.runId), file);
  if (from === undefined)
    throw new CommandProblem('usage', `There was no conflict in ${file}. Edit it without saying that it is merged.`);
  const now = (await readYours(services, repository.root, [userChange(file, from, text)])).get(file);
  if (now?.kind !== 'text' || now.text !== from)
    throw new CommandProblem(
      'blocked',
      `${file} has changed again since its conflict was shown, so the text was not taken. Approve again to see the new one.`,
    );
  await recordMerge(services, context, [mergedDifference(file, from, text)]);
  await context.log.flush();
}
