import { unreachable } from '../base/unreachable.ts';
import type { CommandProblem } from '../app/problem.ts';
import type { RunOutcome } from '../core/run/view.ts';

/** The command line's exit codes, declared once: README's table and every command use these. */
export const EXIT = {
  ok: 0,
  soft: 1,
  gate: 2,
  infrastructure: 3,
  usage: 4,
  needsInput: 10,
  needsApproval: 11,
  blocked: 12,
  stopped: 130,
} as const;

export function exitOfOutcome(outcome: RunOutcome): number {
  switch (outcome) {
    case 'proposed':
      return EXIT.needsApproval;
    case 'applied':
    case 'paused':
      return EXIT.ok;
    case 'rejected':
    case 'gateFailed':
      return EXIT.gate;
    case 'needsInput':
      return EXIT.needsInput;
    case 'blocked':
      return EXIT.blocked;
    case 'infrastructure':
      return EXIT.infrastructure;
    case 'configuration':
      return EXIT.usage;
    case 'stopped':
      return EXIT.stopped;
  }
  return unreachable(outcome);
}

export function exitOfProblem(problem: CommandProblem): number {
  switch (problem.kind) {
    case 'usage':
    case 'configuration':
      return EXIT.usage;
    case 'infrastructure':
      return EXIT.infrastructure;
    case 'blocked':
      return EXIT.blocked;
    case 'needsInput':
      return EXIT.needsInput;
    case 'gate':
      return EXIT.gate;
  }
  return unreachable(problem.kind);
}
