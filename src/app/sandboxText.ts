import type { SandboxReport } from './doctor.ts';

/** What keeps commands in here, or why nothing does and what follows from that: one line. */
export function sandboxText(sandbox: SandboxReport): string {
  if (sandbox.kind === 'none')
    return `none: ${sandbox.why} ${sandbox.isWaived ? 'Commands run with all that you may do.' : 'A run asks before a command runs.'}`;
  return `${sandbox.kind} (${sandbox.program})${sandbox.note === '' ? '' : `, ${sandbox.note}`}`;
}
