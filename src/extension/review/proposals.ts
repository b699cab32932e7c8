import type { EngineReview, EngineRequests, ReviewedFile } from '../engine/api.ts';
import { nameOf, type ProposalAddress } from './address.ts';

/** Rounds that are over and still answer for tabs that show them; older ones are forgotten. */
const PAST_ROUNDS = 8;

/** One file of a proposal with the round it belongs to. `modifiedAt`: epoch milliseconds, advances whenever what is served changes. */
export interface ProposedFile {
  readonly review: EngineReview;
  readonly file: ReviewedFile;
  /** The newest round, waiting, of text that a person can edit. */
  readonly isEditable: boolean;
  readonly modifiedAt: number;
}

export interface ProposalChange {
  readonly folder: string;
  readonly runId: string;
  /** Files whose text, or whether it can be edited, is another than before; those of a round that is over included. */
  readonly files: readonly ProposalAddress[];
}

/** What the engine last said about each run's proposal. Everything shown is drawn from here; nothing is decided here. */
export interface Proposals {
  /** Asks the engine and tells the listener. An answer that was overtaken by a later question's is dropped. */
  refresh(folder: string, runId: string): Promise<EngineReview | undefined>;
  /** The newest round, without asking. */
  current(folder: string, runId: string): EngineReview | undefined;
  /** Without asking; undefined for what is not known. */
  shown(address: ProposalAddress): ProposedFile | undefined;
  /** Asks the engine when the run is not known yet, as for a tab restored after a reload. */
  find(address: ProposalAddress): Promise<ProposedFile | undefined>;
  /** The proposals that wait for a person, in the order they were first seen. */
  waiting(): readonly { readonly folder: string; readonly review: EngineReview }[];
  /** Forgets runs of a folder that the engine does not name any more. */
  keepOnly(folder: string, runIds: readonly string[]): void;
}

interface Entry {
  readonly folder: string;
  readonly runId: string;
  asked: number;
  answered: number;
  review: EngineReview | undefined;
}

export function createProposals(
  engine: Pick<EngineRequests, 'review'>,
  changed: (change: ProposalChange) => void,
  now: () => number,
): Proposals {
  const entries = new Map<string, Entry>();
  const past: { folder: string; review: EngineReview }[] = [];
  const stamps = new Map<string, number>();

  const keyOf = (folder: string, runId: string): string => JSON.stringify([folder, runId]);
  const entryOf = (folder: string, runId: string): Entry => {
    const key = keyOf(folder, runId);
    const known = entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = { folder, runId, asked: 0, answered: 0, review: undefined };
    entries.set(key, entry);
    return entry;
  };

  const stampOf = (address: ProposalAddress): number => {
    const name = nameOf(address);
    const stamp = stamps.get(name) ?? now();
    stamps.set(name, stamp);
    return stamp;
  };

  const accept = (entry: Entry, review: EngineReview | undefined): void => {
    const { folder, runId, review: before } = entry;
    entry.review = review;
    if (before !== undefined && before.round !== review?.round) {
      past.push({ folder, review: before });
      past.splice(0, past.length - PAST_ROUNDS);
    }
    const files = before === undefined ? [] : changedFiles(folder, before, review);
    for (const address of files) {
      const name = nameOf(address);
      stamps.set(name, Math.max(now(), (stamps.get(name) ?? 0) + 1));
    }
    changed({ folder, runId, files });
  };

  const refresh = async (folder: string, runId: string): Promise<EngineReview | undefined> => {
    const entry = entryOf(folder, runId);
    entry.asked += 1;
    const turn = entry.asked;
    const review = await engine.review(folder, runId);
    if (turn < entry.answered) return entry.review;
    entry.answered = turn;
    accept(entry, review);
    return review;
  };

  const shown = (address: ProposalAddress): ProposedFile | undefined => {
    const { folder, runId, round, path } = address;
    const newest = entries.get(keyOf(folder, runId))?.review;
    const over = past.findLast(
      (item) => item.folder === folder && item.review.runId === runId && item.review.round === round,
    )?.review;
    const review = newest?.round === round ? newest : over;
    const file = review?.files.find((candidate) => candidate.path === path);
    if (review === undefined || file === undefined) return undefined;
    const isEditable = review === newest && isEditableFile(review, file);
    return { review, file, isEditable, modifiedAt: stampOf(address) };
  };

  return {
    refresh,
    shown,
    current: (folder, runId) => entries.get(keyOf(folder, runId))?.review,
    find: async (address) => {
      if (shown(address) === undefined) await refresh(address.folder, address.runId);
      return shown(address);
    },
    waiting: () =>
      [...entries.values()].flatMap(({ folder, review }) => (review?.state === 'waiting' ? [{ folder, review }] : [])),
    keepOnly: (folder, runIds) => {
      for (const [key, entry] of entries) {
        if (entry.folder !== folder || runIds.includes(entry.runId) || entry.review === undefined) continue;
        entry.asked += 1;
        entry.answered = entry.asked;
        accept(entry, undefined);
        entries.delete(key);
      }
    },
  };
}

/** A deleted file has no text to write, and a binary one none that could be shown. */
function isEditableFile(review: EngineReview, file: ReviewedFile): boolean {
  return review.state === 'waiting' && !file.isBinary && file.change !== 'deleted';
}

function changedFiles(
  folder: string,
  before: EngineReview,
  after: EngineReview | undefined,
): readonly ProposalAddress[] {
  const next = after?.round === before.round ? after : undefined;
  return before.files.flatMap((file) => {
    const other = next?.files.find((candidate) => candidate.path === file.path);
    const isSame =
      next !== undefined &&
      other !== undefined &&
      other.after === file.after &&
      other.before === file.before &&
      isEditableFile(before, file) === isEditableFile(next, other);
    return isSame ? [] : [{ folder, runId: before.runId, round: before.round, path: file.path }];
  });
}
