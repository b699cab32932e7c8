import type { Need, RunSummary } from '../app/overview.ts';
import { counted } from '../base/counted.ts';
import { dollars } from '../core/ledger/money.ts';

/* Words of the editor's native surfaces: the same as in the run panel and on the command line. */

/** A stage's or task's state as words for a tooltip and a screen reader, with its codicon. */
export const STATE_ICONS = {
  waiting: { icon: 'circle-large-outline', words: 'waiting', color: undefined },
  running: { icon: 'sync~spin', words: 'running', color: undefined },
  person: { icon: 'account', words: 'awaits you', color: 'notificationsWarningIcon.foreground' },
  done: { icon: 'pass', words: 'done', color: 'testing.iconPassed' },
  halted: { icon: 'error', words: 'halted', color: 'testing.iconFailed' },
  stopped: { icon: 'stop-circle', words: 'stopped', color: undefined },
  failed: { icon: 'error', words: 'failed', color: 'testing.iconFailed' },
  stale: { icon: 'history', words: 'stale', color: 'notificationsWarningIcon.foreground' },
} as const;

/** Where a run stands, in words that fit beside its name in a narrow side bar: `implement 3/5`, `to review`, `2 questions`. Which stage it is in is told below it. */
export function runStateText(run: RunSummary): string {
  if (run.at === 'working')
    return run.stage === 'implement' && run.tasks.total > 0
      ? `implement ${Math.min(run.tasks.done + 1, run.tasks.total)}/${run.tasks.total}`
      : run.stage;
  if (run.at === 'interrupted') return 'interrupted';
  switch (run.outcome) {
    case 'proposed':
      return 'to review';
    case 'needsInput':
      return run.openQuestions === 0 ? 'answered' : counted(run.openQuestions, 'question');
    case 'applied':
      return 'applied';
    case 'rejected':
      return 'rejected';
    case 'paused':
      return 'paused';
    case 'stopped':
      return 'stopped';
    case 'blocked':
      return 'blocked';
    case 'gateFailed':
    case 'infrastructure':
    case 'configuration':
      return 'failed';
    case undefined:
      return run.stage;
  }
  return run.stage;
}

/** The icon of where a run stands. */
export function runStateIcon(run: RunSummary): { readonly icon: string; readonly color: string | undefined } {
  if (run.at === 'working') return { icon: 'sync~spin', color: undefined };
  if (run.at === 'interrupted') return { icon: 'warning', color: 'notificationsWarningIcon.foreground' };
  switch (run.outcome) {
    case 'proposed':
      return { icon: 'diff', color: 'notificationsWarningIcon.foreground' };
    case 'needsInput':
      return { icon: 'question', color: 'notificationsWarningIcon.foreground' };
    case 'applied':
      return { icon: 'pass', color: 'testing.iconPassed' };
    case 'gateFailed':
    case 'infrastructure':
    case 'configuration':
    case 'blocked':
      return { icon: 'error', color: 'testing.iconFailed' };
    case 'paused':
      return { icon: 'debug-pause', color: undefined };
    case 'rejected':
    case 'stopped':
    case undefined:
      return { icon: 'circle-slash', color: undefined };
  }
  return { icon: 'circle-slash', color: undefined };
}

/** Whether a run is at work or waits for a person: its spec is shown with all its stages. */
export const isLively = (run: RunSummary): boolean =>
  run.at !== 'ended' || run.outcome === 'proposed' || run.outcome === 'needsInput';

/** What a run cost, in words. */
export const costText = (microdollars: number): string => dollars(microdollars);

/** A need as the row of a list: what to do, and about which spec. */
export function needText(need: Need): { readonly label: string; readonly description: string; readonly icon: string } {
  const description = need.specId;
  switch (need.kind) {
    case 'question':
      return { label: counted(need.count, 'question'), description, icon: 'question' };
    case 'review':
      return {
        label: `Review ${counted(need.count, 'file')}`,
        description: need.voided === undefined ? description : `${description}, ${need.voided}`,
        icon: 'diff',
      };
    case 'budget':
      return { label: 'Budget reached', description, icon: 'credit-card' };
    case 'gate':
      return { label: 'Gate did not open', description, icon: 'error' };
    case 'infrastructure':
      return { label: 'Run failed', description, icon: 'error' };
    case 'configuration':
      return { label: 'Configuration needed', description, icon: 'gear' };
    case 'interrupted':
      return { label: 'Run interrupted', description, icon: 'debug-pause' };
  }
  return { label: need.text, description, icon: 'bell' };
}
