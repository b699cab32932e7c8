import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunContext } from '../core/pipeline/context.ts';
import { proposalBytes } from '../core/pipeline/propose.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { readTextIfThere } from './textFile.ts';

/**
 * One line of specs/<folder>/approvals.jsonl: who let which bytes in, or took them out again, committed with the change. The log of the run is the
 * authority, and these lines are its export.
 */
export interface ApprovalLine {
  readonly decision: 'approved' | 'undone';
  readonly run: string;
  /** Which application of the run's proposals, e.g. `apply-1-1`. */
  readonly application: string;
  readonly by: string;
  readonly identity?: Payload<'ProposalApply'>['identity'];
  /** ISO 8601, in UTC. */
  readonly at: string;
  /** Of an approval: the SHA-256 over all of `files`, each of which tells the exact bytes of one file; null for one that was deleted. */
  readonly bytes?: string;
  readonly files?: Payload<'ProposalApply'>['contents'];
  /** Why it was applied although the checks had not passed on exactly these bytes. */
  readonly unchecked?: string;
}

/** What a run's log says of approvals, in its order. */
export function approvalLines(run: string, events: readonly RunEvent[]): readonly ApprovalLine[] {
  let application = '';
  return events.flatMap((event): readonly ApprovalLine[] => {
    if (event.kind === 'ApplyUndo') {
      const { by, identity } = event.payload;
      return [{ decision: 'undone', run, application, by, ...(identity && { identity }), at: event.time }];
    }
    if (event.kind !== 'ProposalApply') return [];
    const { by, identity, contents, unchecked } = event.payload;
    application = event.payload.journal;
    return [
      {
        decision: 'approved',
        run,
        application,
        by,
        ...(identity && { identity }),
        at: event.time,
        ...(contents && { bytes: proposalBytes(contents), files: contents }),
        ...(unchecked !== undefined && { unchecked }),
      },
    ];
  });
}

/** Does `work` on an open run and brings the spec's approvals.jsonl to what its log says then, also when `work` was refused. */
export async function withExport<Value>(context: RunContext, root: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } finally {
    await context.log.flush();
    await exportApprovals(
      path.join(root, context.spec.folder, 'approvals.jsonl'),
      context.runId,
      approvalLines(context.runId, context.log.events),
    );
  }
}

/** Writes the lines of one run where its former ones stood, or at the end. Those of other runs, and what is no line of ours, stay as they are. */
async function exportApprovals(file: string, run: string, lines: readonly ApprovalLine[]): Promise<void> {
  const text = (await readTextIfThere(file)) ?? '';
  const present = text.split('\n').filter((line) => line !== '');
  const first = present.findIndex((line) => runOf(line) === run);
  const others = present.filter((line) => runOf(line) !== run);
  // Everything before the first of our lines is of others.
  const at = first === -1 ? others.length : first;
  const whole = others.toSpliced(at, 0, ...lines.map((line) => JSON.stringify(line)));
  const wanted = whole.map((line) => `${line}\n`).join('');
  if (wanted === text || (lines.length === 0 && first === -1)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomically(file, Buffer.from(wanted, 'utf8'));
}

function runOf(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'run' in value ? String(value.run) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
