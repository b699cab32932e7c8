import { LOG_VERSION } from '../core/run/event.ts';
import type { LogProblem } from '../node/log/eventLog.ts';
import { CommandProblem } from './problem.ts';

/** Why a run's log cannot be used, as a command ends with it. */
export function logProblem(problem: LogProblem, runId: string): CommandProblem {
  return new CommandProblem(problem.kind === 'missing' ? 'usage' : 'infrastructure', logProblemText(problem, runId));
}

/** Why a run's log cannot be used, and what can be done about it. */
export function logProblemText(problem: LogProblem, runId: string): string {
  switch (problem.kind) {
    case 'missing':
      return `There is no run ${runId}. \`speckit status\` lists the runs of this repository.`;
    case 'empty':
      return `The log of run ${runId} is empty: it was interrupted before its first step. Start a new run; nothing was lost.`;
    case 'damaged':
      return `The log of run ${runId} is damaged in line ${problem.line}: it ${problem.text}. It is refused rather than guessed at. Start a new run; your files were not touched.`;
    case 'newer':
      return problem.version === null
        ? `Line ${problem.line} of the log of run ${runId} is whole, but of a kind that this SpecKit does not know: a newer one wrote it. Update SpecKit to go on with the run; nothing was changed.`
        : `The log of run ${runId} was written by a newer SpecKit (format ${problem.version}; this one reads up to ${LOG_VERSION}). Update SpecKit to go on with it; nothing was changed.`;
  }
}
