import { counted } from '../base/counted.ts';
import { sha256 } from '../base/hash.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { proposalBytes, roundState } from '../core/pipeline/propose.ts';
import { hunkBytes, reviewHunks, type Hunk } from '../core/patch/hunks.ts';
import type { Blobs, FileDifference } from '../core/ports.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';
import { editLost, exactDifference, exactEdit, type TextAt } from './exactText.ts';
import { CommandProblem } from './problem.ts';

/** One file of a proposal with its hunks and what a person has decided about each. `difference.after` is a person's text where `isEdited`. */
export interface ReviewFile {
  readonly difference: FileDifference;
  readonly isEdited: boolean;
  /** The run's own text, where a person has put another in its place. */
  readonly proposed?: string;
  readonly hunks: readonly { readonly hunk: Hunk; readonly decision: 'approved' | 'rejected' | 'open' }[];
}

/** The newest proposal of a run as it stands under review. */
export interface Review {
  readonly proposal: Payload<'ProposalCreate'>;
  readonly files: readonly ReviewFile[];
  readonly state: 'waiting' | 'rejected' | 'applied';
}

/** Folds a run's events into the review of its newest proposal: its content, a person's edits over it, and the decisions about exactly those bytes. */
export async function readReview(
  events: readonly RunEvent[],
  blobs: Blobs,
  textAt: TextAt,
): Promise<Review | undefined> {
  const created = events.findLast((event) => event.kind === 'ProposalCreate');
  if (created?.kind !== 'ProposalCreate') return undefined;
  const content = JSON.parse(await blobs.get(created.payload.content)) as readonly FileDifference[];
  const edits = await editsOf(events, created, blobs);
  const edited = await Promise.all(
    content.map(async (recorded) => {
      const difference = await exactDifference(recorded, created.payload, textAt);
      return withEdit(difference, recorded.after, edits.get(recorded.path));
    }),
  );
  return reviewOf(events, edited, created.payload);
}

type Edited = Omit<ReviewFile, 'hunks'>;

/** The newest edit of each file since the proposal was made: those of an earlier proposal are not about this one. */
async function editsOf(
  events: readonly RunEvent[],
  created: RunEvent & { readonly kind: 'ProposalCreate' },
  blobs: Blobs,
): Promise<ReadonlyMap<string, Edit>> {
  const newest = new Map<string, Payload<'ProposalEdit'>>();
  for (const event of events.slice(created.seq))
    if (event.kind === 'ProposalEdit' && event.payload.round === created.payload.round)
      newest.set(event.payload.path, event.payload);
  const texts = [...newest].map(
    async ([file, { blob, sha256: hash }]) => [file, { recorded: await blobs.get(blob), hash }] as const,
  );
  return new Map(await Promise.all(texts));
}

/** What is recorded of an edited text, and the SHA-256 of the text itself. */
interface Edit {
  readonly recorded: string;
  readonly hash: string;
}

function withEdit(difference: FileDifference, redacted: string | undefined, edit: Edit | undefined): Edited {
  if (edit === undefined) return { difference, isEdited: false };
  const { path, after = '' } = difference;
  const text = exactEdit(edit.recorded, { redacted: redacted ?? '', exact: after }, edit.hash);
  if (text === undefined) throw editLost(path);
  if (text === difference.after) return { difference, isEdited: false };
  return { difference: { ...difference, after: text }, isEdited: true, proposed: difference.after ?? '' };
}

function reviewOf(
  events: readonly RunEvent[],
  content: readonly Edited[],
  proposal: Payload<'ProposalCreate'>,
): Review {
  const decisions = events.flatMap((event) =>
    event.kind === 'ApprovalDecision' && event.payload.round === proposal.round ? [event.payload] : [],
  );
  const whole = bytesOf(content.map(({ difference }) => difference));
  const files = content.map((file) => ({
    ...file,
    hunks: reviewHunks(file.difference).map((hunk) => {
      const own = hunkBytes(file.difference.path, hunk);
      // A decision counts for the bytes it was made about and for no others: of one hunk, wherever it stands now, or of the whole.
      const about = decisions.findLast(({ path, bytes }) => bytes === (path === null ? whole : own));
      return { hunk, decision: about?.decision ?? ('open' as const) };
    }),
  }));
  return { proposal, files, state: roundState(events, proposal.round).kind };
}

/** The bytes a decision about the whole is bound to, and what an approval asks for. */
export function bytesOf(files: readonly Pick<FileDifference, 'path' | 'after'>[]): string {
  return proposalBytes(files.map(({ path, after }) => ({ path, sha256: after === undefined ? null : sha256(after) })));
}

/**
 * The brief as it is true of what would be applied now: the run's checks passed on the whole change as it was proposed, and say nothing about one that a
 * person has edited or takes only a part of. `text` is the run's own brief, one label of ten characters a line.
 */
export function briefNow(review: Review, text: string): string {
  const edited = review.files.filter(({ isEdited }) => isEdited).map(({ difference }) => difference.path);
  const nRejected = review.files.flatMap(({ hunks }) => hunks.filter(({ decision }) => decision === 'rejected')).length;
  const why = [
    ...(edited.length === 0
      ? []
      : [`you edited ${edited.slice(0, 3).join(', ')}${edited.length > 3 ? ' and more' : ''}`]),
    ...(nRejected === 0 ? [] : [`you rejected ${counted(nRejected, 'hunk')}`]),
  ];
  if (review.state !== 'waiting' || why.length === 0) return text;
  const checked = `Checked   not yet as it stands now: ${why.join(' and ')}. The checks run on exactly what you approve, before it is applied.`;
  return text.replace(/^Checked .*$/m, () => checked);
}

/** The files of a proposal as they stand under review. */
export const differencesOf = (review: Review): readonly FileDifference[] =>
  review.files.map(({ difference }) => difference);

/** No file of that name: the words name those there are. */
export function notInProposal(review: Review, file: string): CommandProblem {
  const names = differencesOf(review).map(({ path }) => path);
  return new CommandProblem('usage', `The proposal does not change ${file}. It changes: ${names.join(', ')}.`);
}

/** The review of a proposal that waits for a decision. Throws a CommandProblem when there is none. */
export async function waitingReview(context: RunContext): Promise<Review> {
  const { runId, log, blobs } = context;
  const review = await readReview(log.events, blobs, async (tree, path) => {
    const content = await context.tree.readAt(tree, path);
    return content?.kind === 'text' ? content.text : undefined;
  });
  switch (review?.state) {
    case 'waiting':
      return review;
    case 'applied':
      throw new CommandProblem('usage', `Run ${runId} is applied already. \`speckit undo ${runId}\` takes it back.`);
    case 'rejected':
      throw new CommandProblem(
        'usage',
        `This proposal of run ${runId} was rejected. \`speckit resume ${runId}\` makes the next one.`,
      );
    case undefined:
      throw new CommandProblem(
        'usage',
        `Run ${runId} has no proposal yet. \`speckit resume ${runId}\` goes on with it.`,
      );
  }
}
