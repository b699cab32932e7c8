import type { Payload } from '../../core/run/event.ts';
import type { ProposalCell } from '../../protocol/runPanel.ts';
import type { EngineReview } from '../engine/api.ts';
import { cut } from './cut.ts';
import type { CellFeed } from './runFacts.ts';

/** Files of a proposal that are listed, and characters of a path: so that the cell fits one message. */
const FILES = 500;
const PATH = 300;
/** Characters of all paths together, three bytes each at most. */
const PATHS = 60_000;

/** What of a review the proposal's cell shows: how many hunks of each file there are, what was decided on them, and the brief as it is true now. */
export type ReviewedHunks = {
  readonly round: number;
  readonly brief: string;
  readonly files: readonly (Pick<EngineReview['files'][number], 'path' | 'change' | 'voided'> & {
    readonly hunks: readonly Pick<EngineReview['files'][number]['hunks'][number], 'decision'>[];
  })[];
};

/** The proposal of the newest round. */
export interface ProposalCells {
  readonly state: ProposalCell['state'];
  created(payload: Payload<'ProposalCreate'>): void;
  /** The brief's text, from its blob. */
  briefed(round: number, text: string): void;
  /** A decision, an application or an undo of this round. */
  became(round: number, state: ProposalCell['state']): void;
  reviewed(review: ReviewedHunks): void;
}

export function createProposalCells(feed: CellFeed): ProposalCells {
  let cell: ProposalCell | undefined;
  const change = (round: number, members: Partial<ProposalCell>): void => {
    if (cell?.round !== round) return;
    cell = { ...cell, ...members };
    feed.set('proposal', cell);
  };
  return {
    get state() {
      return cell?.state ?? 'waiting';
    },
    created: ({ round, files, commitMessage }) => {
      cell = {
        round,
        state: 'waiting',
        brief: '',
        commitMessage: cut(commitMessage, 4_000),
        files: listedOf(files).map((file) => ({
          path: cut(file.path, PATH),
          change: file.change,
          hunks: 0,
          approved: 0,
          rejected: 0,
          voided: 0,
        })),
      };
      feed.set('proposal', cell);
    },
    briefed: (round, text) => change(round, { brief: cut(text, 8_000) }),
    became: (round, state) => change(round, { state }),
    reviewed: ({ round, brief, files }) =>
      change(round, {
        brief: cut(brief, 8_000),
        files: listedOf(files).map((file) => ({
          path: cut(file.path, PATH),
          change: file.change,
          hunks: file.hunks.length,
          approved: file.hunks.filter(({ decision }) => decision === 'approved').length,
          rejected: file.hunks.filter(({ decision }) => decision === 'rejected').length,
          voided: file.voided,
        })),
      }),
  };
}

/** The files that are listed: the first ones, as far as their paths fit. */
function listedOf<File extends { readonly path: string }>(files: readonly File[]): readonly File[] {
  let characters = 0;
  return files.slice(0, FILES).filter(({ path }) => (characters += Math.min(path.length, PATH)) <= PATHS);
}
