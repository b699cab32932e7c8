import type { EngineReview, ReviewedFile } from '../engine/api.ts';

/** The context keys that enablement and `when` clauses read. */
export interface ReviewContexts {
  /** Some proposal waits in some folder. */
  readonly 'speckitAuto.hasProposal': boolean;
  /** The active editor, also one inside the multi-diff editor, shows a side of a proposal that waits. */
  readonly 'speckitAuto.inProposal': boolean;
  readonly 'speckitAuto.canApproveFile': boolean;
  readonly 'speckitAuto.canRejectFile': boolean;
  readonly 'speckitAuto.hasHunks': boolean;
}

/** `shown`: what the active editor shows, as far as it is the newest round of a proposal. */
export function reviewContexts(
  waiting: number,
  shown: { readonly review: EngineReview; readonly file: ReviewedFile } | undefined,
): ReviewContexts {
  const isWaiting = shown?.review.state === 'waiting';
  const hunks = isWaiting ? shown.file.hunks : [];
  return {
    'speckitAuto.hasProposal': waiting > 0,
    'speckitAuto.inProposal': isWaiting,
    'speckitAuto.canApproveFile': hunks.some((hunk) => hunk.decision !== 'approved'),
    'speckitAuto.canRejectFile': hunks.some((hunk) => hunk.decision !== 'rejected'),
    'speckitAuto.hasHunks': hunks.length > 0,
  };
}
