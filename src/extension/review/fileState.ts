import { counted } from '../../base/counted.ts';
import type { EngineReview, ReviewedFile } from '../engine/api.ts';

/** How a file of a proposal is shown in lists: everything that a colour or a line through says is said in words too. */
export interface FileState {
  readonly letter: 'A' | 'M' | 'D';
  readonly decision: 'approved' | 'rejected' | 'open' | 'partly';
  readonly isDecided: boolean;
  readonly words: string;
}

const CHANGES = {
  added: { letter: 'A', words: 'Added' },
  modified: { letter: 'M', words: 'Modified' },
  deleted: { letter: 'D', words: 'Deleted' },
} as const;

export function fileState(file: ReviewedFile): FileState {
  const { letter, words } = CHANGES[file.change];
  const decision = decisionOn(file);
  const edited = file.isEdited ? ', edited by you' : '';
  return {
    letter,
    decision,
    isDecided: decision === 'approved' || decision === 'rejected',
    words: `${words}${edited}: ${decisionWords(file, decision)}${file.voided === 0 ? '' : `; ${counted(file.voided, 'approval')} void, it changed since`}`,
  };
}

function decisionOn(file: ReviewedFile): FileState['decision'] {
  const [first] = file.hunks;
  if (first === undefined) return 'open';
  return file.hunks.every((hunk) => hunk.decision === first.decision) ? first.decision : 'partly';
}

function decisionWords(file: ReviewedFile, decision: FileState['decision']): string {
  if (file.isBinary) return 'binary, cannot be shown or applied hunk by hunk';
  if (file.hunks.length === 0) return 'no lines to review';
  if (file.before === '' && file.after === '')
    return decision === 'open' ? 'an empty file to review' : `an empty file, ${decision}`;
  const count = (wanted: 'approved' | 'rejected' | 'open'): number =>
    file.hunks.filter((hunk) => hunk.decision === wanted).length;
  switch (decision) {
    case 'approved':
      return `${counted(file.hunks.length, 'hunk')} approved`;
    case 'rejected':
      return `${counted(file.hunks.length, 'hunk')} rejected`;
    case 'open':
      return `${counted(file.hunks.length, 'hunk')} to review`;
    case 'partly':
      return (['approved', 'rejected', 'open'] as const)
        .filter((wanted) => count(wanted) > 0)
        .map((wanted) => `${count(wanted)} ${wanted}`)
        .join(', ');
  }
}

/** Files that still need a decision: the badge's number. */
export function openFiles(review: EngineReview): number {
  return review.files.filter((file) => file.hunks.some((hunk) => hunk.decision === 'open')).length;
}

/** Longest text in the Source Control input: it is to be read, not scrolled. */
const BRIEF_CAP = 2_000;

/** The first lines of Source Control: what each waiting proposal does, what was checked, what was not, what is risky. */
export function briefText(reviews: readonly EngineReview[]): string {
  const texts = reviews.map((review) =>
    reviews.length === 1 ? linesOf(review) : `${review.specId} ${review.title}\n${linesOf(review)}`,
  );
  const text = texts.join('\n\n');
  return text.length <= BRIEF_CAP ? text : `${text.slice(0, BRIEF_CAP - 1)}…`;
}

/** The brief's lines with `Does: ` for their columns, which only a type of one width shows as columns: src/core/pipeline/propose.ts writes them. */
function linesOf({ brief }: EngineReview): string {
  return brief.trim().replaceAll(/^(?=.{10}\S)([A-Z][a-z]+) +/gm, '$1: ');
}
