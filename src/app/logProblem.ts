import type { LogProblem } from '../node/log/eventLog.ts';

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
      return `The log of run ${runId} was written by a newer SpecKit (format ${problem.version}). Update SpecKit to go on with it.`;
  }
}
