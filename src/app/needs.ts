import { counted } from '../base/counted.ts';
import type { RunView } from '../core/run/view.ts';
import type { Need } from './overview.ts';
import { voidText } from './reviewProgress.ts';
import type { RunDigest } from './runDigests.ts';

/** What a run waits for, if it waits for a person. Computed here and nowhere else: lists, badges and notifications say the same. */
export function needOf(
  { view, review }: Pick<RunDigest, 'view' | 'review'>,
  at: 'working' | 'ended' | 'interrupted',
): Need | undefined {
  const { runId, specId, title, stage } = view;
  const need = (kind: Need['kind'], text: string, count = 1): Need => ({
    kind,
    runId,
    specId,
    title,
    stage,
    count,
    text,
  });
  if (at === 'working') return undefined;
  if (at === 'interrupted') return need('interrupted', `${specId} was interrupted in ${stage}`);
  switch (view.end?.outcome) {
    case 'proposed': {
      const count = view.proposal?.files.length ?? 0;
      const voided = review === undefined ? '' : voidText(review);
      const text = `${specId} ${title}: review ${counted(count, 'file')}${voided === '' ? '' : `; ${voided}`}`;
      return { ...need('review', text, count), ...(voided === '' ? {} : { voided }) };
    }
    case 'needsInput': {
      const count = view.questions.filter((question) => question.answer === undefined).length;
      return need('question', `${specId} ${title}: ${counted(count, 'question')} in ${stage}`, count);
    }
    case 'gateFailed':
      return need('gate', whyText(view));
    case 'blocked':
      return need('budget', whyText(view));
    case 'infrastructure':
      return need('infrastructure', whyText(view));
    case 'configuration':
      return need('configuration', whyText(view));
    case 'applied':
    case 'rejected':
    case 'paused':
    case 'stopped':
    case undefined:
      return undefined;
  }
  return undefined;
}

/** Characters of a reason in a list; `speckit explain` and the run panel show all of it. */
const REASON = 160;

function whyText({ specId, stage, end }: RunView): string {
  const [line = ''] = (end?.text ?? '').split('\n');
  return `${specId} ${stage}: ${line.length > REASON ? `${line.slice(0, REASON - 1)}…` : line}`;
}
