import { counted } from '../base/counted.ts';
import { sha256 } from '../base/hash.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { proposalBytes, roundState } from '../core/pipeline/propose.ts';
import { hunkBytes, reviewHunks, type Hunk } from '../core/patch/hunks.ts';
import type { BlobReference, Blobs, FileDifference } from '../core/ports.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';
import { editLost, exactDifference, exactEdit, type TextAt } from './exactText.ts';
import { CommandProblem } from './problem.ts';
import { checkedText, isGreen, voidText, type CheckResult, type ReviewProgress } from './reviewProgress.ts';

/** One file of a proposal with its hunks and what a person has decided about each. `difference.after` is a person's text where `isEdited`. */
export interface ReviewFile {
  readonly difference: FileDifference;
  readonly isEdited: boolean;
  /** Brought onto what the person has made of the file since the run began: `difference.before` is the person's own text then. */
  readonly isMerged: boolean;
  /** The run's own text, or the merged one, where a person has put another in its place. */
  readonly proposed?: string;
  readonly hunks: readonly { readonly hunk: Hunk; readonly decision: 'approved' | 'rejected' | 'open' }[];
  /** Approvals that count no more because the bytes they were about are others now; at most as many as hunks are open. */
  readonly voided: number;
}

/** The newest proposal of a run as it stands under review. */
export interface Review {
  readonly proposal: Payload<'ProposalCreate'>;
  readonly files: readonly ReviewFile[];
  readonly state: 'waiting' | 'rejected' | 'applied';
}

/**
 * Folds a run's events into the review of its newest proposal: its content, what a person made of it since, and the decisions about exactly those bytes.
 * `textAt` tells the true bytes of what is recorded with a mark in the place of a secret.
 */
export async function readReview(
  events: readonly RunEvent[],
  blobs: Pick<Blobs, 'get'>,
  textAt: TextAt,
): Promise<Review | undefined> {
  const created = events.findLastIndex((event) => event.kind === 'ProposalCreate');
  const event = events[created];
  if (event?.kind !== 'ProposalCreate') return undefined;
  const files = new Map<string, Undecided>();
  // As it is recorded: an edit is recorded as a change of that.
  const recorded = new Map<string, string>();
  const take = (difference: FileDifference, exact: Undecided): void => {
    recorded.set(difference.path, difference.after ?? '');
    files.set(difference.path, exact);
  };
  for (const difference of await differencesAt(blobs, event.payload.content))
    take(difference, untouched(await exactDifference(difference, event.payload, textAt)));
  // In their order: what is edited after a merge is the merged text. Those of an earlier proposal are not about this one.
  for (const later of events.slice(created)) {
    if (later.kind === 'ProposalMerge' && later.payload.round === event.payload.round)
      for (const difference of await differencesAt(blobs, later.payload.content))
        take(difference, { ...untouched(difference), isMerged: true });
    if (later.kind !== 'ProposalEdit' || later.payload.round !== event.payload.round) continue;
    const edited = files.get(later.payload.path);
    if (edited === undefined) continue;
    const original = { redacted: recorded.get(later.payload.path) ?? '', exact: originalOf(edited) };
    const text = exactEdit(await blobs.get(later.payload.blob), original, later.payload.sha256);
    if (text === undefined) throw editLost(later.payload.path);
    files.set(later.payload.path, withEdit(edited, text));
  }
  return reviewOf(events, [...files.values()], event.payload);
}

const differencesAt = async (blobs: Pick<Blobs, 'get'>, reference: BlobReference): Promise<readonly FileDifference[]> =>
  JSON.parse(await blobs.get(reference)) as readonly FileDifference[];

type Undecided = Omit<ReviewFile, 'hunks' | 'voided'>;

const untouched = (difference: FileDifference): Undecided => ({ difference, isEdited: false, isMerged: false });

const originalOf = ({ proposed, difference }: Undecided): string => proposed ?? difference.after ?? '';

function withEdit(file: Undecided, text: string): Undecided {
  const { difference, isMerged } = file;
  const original = originalOf(file);
  const edited = { ...difference, after: text };
  if (text === original) return { difference: edited, isEdited: false, isMerged };
  return { difference: edited, isEdited: true, isMerged, proposed: original };
}

function reviewOf(
  events: readonly RunEvent[],
  content: readonly Undecided[],
  proposal: Payload<'ProposalCreate'>,
): Review {
  const decisions = events.flatMap((event) =>
    event.kind === 'ApprovalDecision' && event.payload.round === proposal.round ? [event.payload] : [],
  );
  const whole = bytesOf(content.map(({ difference }) => difference));
  const files = content.map((file) => {
    const { path } = file.difference;
    const all = reviewHunks(file.difference).map((hunk) => ({ hunk, bytes: hunkBytes(path, hunk) }));
    const hunks = all.map(({ hunk, bytes: own }) => {
      // A decision counts for the bytes it was made about and for no others: of one hunk, wherever it stands now, or of the whole.
      const about = decisions.findLast((other) => other.bytes === (other.path === null ? whole : own));
      return { hunk, decision: about?.decision ?? ('open' as const) };
    });
    const newest = new Map(decisions.flatMap((other) => (other.path === path ? [[other.bytes, other.decision]] : [])));
    const gone = [...newest].filter(
      ([bytes, decision]) => decision === 'approved' && !all.some((at) => at.bytes === bytes),
    );
    const open = hunks.filter(({ decision }) => decision === 'open').length;
    return { ...file, hunks, voided: Math.min(gone.length, open) };
  });
  return { proposal, files, state: roundState(events, proposal.round).kind };
}

export function progressOf({ files }: Review): ReviewProgress {
  const count = (wanted: 'approved' | 'rejected' | 'open'): number =>
    files.reduce((sum, { hunks }) => sum + hunks.filter(({ decision }) => decision === wanted).length, 0);
  return {
    approved: count('approved'),
    rejected: count('rejected'),
    open: count('open'),
    voided: files.flatMap(({ difference, voided }) =>
      voided === 0 ? [] : [{ path: difference.path, approvals: voided }],
    ),
  };
}

/** The tasks whose patches changed each file, in the order of the work. */
export function tasksOfFiles(events: readonly RunEvent[]): ReadonlyMap<string, ReadonlySet<string>> {
  const tasks = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.kind !== 'PatchApply' || event.payload.outcome !== 'applied') continue;
    for (const file of event.payload.files) tasks.set(file, (tasks.get(file) ?? new Set()).add(event.payload.task));
  }
  return tasks;
}

/** The bytes a decision about the whole is bound to, and what an approval asks for. */
export function bytesOf(files: readonly Pick<FileDifference, 'path' | 'after'>[]): string {
  return proposalBytes(files.map(({ path, after }) => ({ path, sha256: after === undefined ? null : sha256(after) })));
}

/**
 * The brief as it is true of what would be applied now, or was: the run's checks passed on the whole change as it was proposed, and say nothing about one that a
 * person has edited, takes only a part of, or that was merged. `text` is the run's own brief, one label of ten characters a line; `results` are the
 * checks that were measured on exactly what would be applied.
 */
export function briefNow(review: Review, text: string, results: readonly CheckResult[]): string {
  const named = (files: readonly ReviewFile[]): string =>
    `${files
      .slice(0, 3)
      .map(({ difference }) => difference.path)
      .join(', ')}${files.length > 3 ? ' and more' : ''}`;
  const edited = review.files.filter(({ isEdited }) => isEdited);
  const merged = review.files.filter(({ isMerged }) => isMerged);
  const nRejected = progressOf(review).rejected;
  const why = [
    ...(merged.length === 0 ? [] : [`your own changes of ${named(merged)} were merged in`]),
    ...(edited.length === 0 ? [] : [`you edited ${named(edited)}`]),
    ...(nRejected === 0 ? [] : [`you rejected ${counted(nRejected, 'hunk')}`]),
  ].join(' and ');
  if (review.state === 'rejected') return text;
  const checked = `Checked   ${checkedText(results)} (${why}).`;
  if (review.state === 'applied') return why === '' ? text : text.replace(/^Checked .*$/m, () => checked);
  const voided = voidText(progressOf(review));
  const told = voided === '' ? text : `${text}\nVoid      ${voided}. What was approved there is open again.`;
  if (why === '') return told;
  return told.replace(/^Checked .*$/m, () => `${checked}${wayOn(results)}`);
}

const wayOn = (results: readonly CheckResult[]): string =>
  isGreen(results) ? '' : ' The checks run on exactly what you approve, before it is applied.';

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
