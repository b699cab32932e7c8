import type { HunkView } from './hunkView.ts';

/** One lens over a hunk. `act: 'none'` only says how things stand. */
export interface LensText {
  readonly act: 'approve' | 'reject' | 'why' | 'none';
  readonly title: string;
  readonly tooltip: string;
}

/**
 * The lenses over one hunk, left to right. A decided hunk says so and offers the opposite: a later decision replaces an earlier one until the
 * proposal is applied. `reasons`: the task and requirements the file was changed for, e.g. `T2, FR-3`; empty when nobody named any.
 */
export function lensTexts(hunk: HunkView, reasons: string): readonly LensText[] {
  const yours: readonly LensText[] = hunk.isYours
    ? [
        {
          act: 'none',
          title: '$(edit) Yours',
          tooltip: 'You wrote or changed this hunk. What you see is what is applied.',
        },
      ]
    : [];
  const why: readonly LensText[] = [
    {
      act: 'why',
      title: reasons === '' ? 'Why this change?' : `Why this change? (${reasons})`,
      tooltip: 'Show the task and the requirements this file was changed for',
    },
  ];
  return [...yours, ...decisionLenses(hunk), ...(hunk.isYours ? [] : why)];
}

const APPROVE: LensText = { act: 'approve', title: 'Approve', tooltip: 'Approve this hunk' };
const REJECT: LensText = {
  act: 'reject',
  title: 'Reject',
  tooltip: 'Reject this hunk: it is left out of what is applied',
};

function decisionLenses(hunk: HunkView): readonly LensText[] {
  switch (hunk.decision) {
    case 'open':
      return [APPROVE, REJECT];
    case 'approved':
      return [
        { act: 'none', title: '$(check) Approved', tooltip: 'Applied with the rest once nothing is open' },
        { ...REJECT, title: 'Reject Instead' },
      ];
    case 'rejected':
      return [
        { act: 'none', title: '$(x) Rejected', tooltip: 'Left out of what is applied' },
        { ...APPROVE, title: 'Approve Instead' },
      ];
  }
}
