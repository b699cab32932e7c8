import { sha256 } from '../base/hash.ts';
import { REDACTION_MARK, type Redaction } from '../core/run/redaction.ts';
import { exactEdit } from './exactText.ts';
import { CommandProblem } from './problem.ts';
import { bytesOf, differencesOf, notInProposal, waitingReview } from './review.ts';
import { findRunning } from './runs.ts';
import { openProject, type Services } from './services.ts';
import { withRun } from './withRun.ts';

/** Characters of an edited file. */
const EDITED = 2_000_000;

/**
 * Puts a person's text in the place of one file of the proposal that waits. Decisions about the hunks it changes no longer count, since they were made
 * about other bytes; all others do. The checks are measured on exactly these bytes before they are applied. Throws a CommandProblem for a
 * file that the proposal does not change, deletes, or holds as binary, and for a run without a proposal that waits.
 */
export async function editProposal(services: Services, runId: string, file: string, text: string): Promise<void> {
  if (text.length > EDITED)
    throw new CommandProblem('usage', `${file} would have ${text.length} characters; at most ${EDITED} are taken.`);
  if (text.includes(REDACTION_MARK))
    throw new CommandProblem('usage', `The text of ${file} holds a redaction mark. Put the true text in its place.`);
  const project = await openProject(services);
  await withRun(services, project, await findRunning(project, runId), async (context) => {
    const { log, blobs } = context;
    const review = await waitingReview(context);
    const found = review.files.find(({ difference }) => difference.path === file)?.difference;
    if (found === undefined) throw notInProposal(review, file);
    if (found.binary || found.change === 'deleted')
      throw new CommandProblem(
        'usage',
        `${file} ${found.binary ? 'is binary' : 'is deleted'}: there is no text to edit.`,
      );
    if (found.after === text) return;
    const { round } = review.proposal;
    requireRecordable(context.redaction, { file, text, proposed: found.after ?? '' });
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
