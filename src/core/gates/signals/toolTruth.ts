import { z } from 'zod';
import { checkSchema } from '../../settings.ts';
import { boundedList, boundedText } from '../bounds.ts';
import { ask, climb, type GateContext, listed, PROCEED, retryThenAsk, STOP } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** The result of one of the project's own checks on one tree. */
export const toolTruthSchema = z.strictObject({
  kind: z.literal('toolTruth'),
  /** The check's name in speckit.toml. */
  check: boundedText,
  checkKind: checkSchema.shape.kind.unwrap(),
  /** Null when the command did not exit by itself. */
  exitCode: z.int().nullable(),
  outcome: z.enum(['passed', 'failed', 'deadline', 'stopped', 'notFound']),
  treeHash: z.string().min(1),
  evidenceId: z.string().min(1),
  /** Tracked files that differ after the check ran. When there are any, the tree measured is not the tree judged. */
  changedTrackedFiles: boundedList(boundedText),
  /** Whether it fails on the base tree as well; absent where nobody looked. */
  failsWithoutChange: z.boolean().optional(),
});
export type ToolTruth = z.infer<typeof toolTruthSchema>;

/** True for a result that says the tree is sound: it passed, exited with 0, left the tree alone and was measured on `treeHash`. */
export function isPass(signal: ToolTruth, treeHash: string): boolean {
  const { outcome, exitCode, changedTrackedFiles } = signal;
  return outcome === 'passed' && exitCode === 0 && changedTrackedFiles.length === 0 && signal.treeHash === treeHash;
}

/**
 * A failing check sends the work back or up. A command that is missing is for a person, a stopped one ends the gate, a result of another
 * tree is stale, and a check that changed tracked files has no result: its worker is told once, then a person is asked.
 */
export function weighToolTruth(signal: ToolTruth, context: GateContext): readonly Finding[] {
  const name = `${signal.checkKind} check ${signal.check}`;
  if (signal.treeHash !== context.gate.treeHash) {
    const text = `The ${name} ran on tree ${short(signal.treeHash)}, not on ${short(context.gate.treeHash)}.`;
    return [{ effect: STOP, rule: 'stale-evidence', text }];
  }
  if (signal.outcome === 'stopped') {
    return [{ effect: STOP, rule: 'check-stopped', text: `The ${name} was stopped before it ended.` }];
  }
  if (signal.outcome === 'notFound') return [ask('check-not-found', `The command of the ${name} was not found.`)];
  if (signal.changedTrackedFiles.length > 0) {
    const text = `The ${name} changed tracked files, so its result does not count: ${listed(signal.changedTrackedFiles)}.`;
    return [retryThenAsk(context, 'check-changed-files', text, 1)];
  }
  if (signal.outcome === 'deadline') {
    return [{ effect: climb(context), rule: 'check-timed-out', text: `The ${name} did not end in time.` }];
  }
  if (!isPass(signal, context.gate.treeHash)) {
    const failed = `The ${name} failed with exit code ${signal.exitCode}.`;
    const finding: Finding = { effect: climb(context), rule: 'check-failed', text: failed };
    if (signal.failsWithoutChange !== true) return [finding];
    const text = `The ${name} fails without the change as well. Accept if the change is to mend just that, and the next worker tries; otherwise stop, mend it, and start a new run.`;
    // It is broken by itself, or its failure is what the change is to mend: a person knows which.
    return [finding, ask('check-fails-without-change', text)];
  }
  return [{ effect: PROCEED, rule: 'check-passed', text: `The ${name} passed (evidence ${signal.evidenceId}).` }];
}

function short(treeHash: string): string {
  return treeHash.slice(0, 12);
}
