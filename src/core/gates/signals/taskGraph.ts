import { z } from 'zod';
import { boundedList, boundedText } from '../bounds.ts';
import { climb, type GateContext, listed, PROCEED } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** What is wrong with the graph of tasks: cycles, orphans, unknown dependencies, overlaps in one wave. */
export const taskGraphSchema = z.strictObject({ kind: z.literal('taskGraph'), problems: boundedList(boundedText) });
export type TaskGraph = z.infer<typeof taskGraphSchema>;

/** A broken graph goes back or up. */
export function weighTaskGraph(signal: TaskGraph, context: GateContext): readonly Finding[] {
  if (signal.problems.length === 0) {
    return [{ effect: PROCEED, rule: 'task-graph-sound', text: 'The tasks can be done in their order.' }];
  }
  const text = `The tasks cannot be done as written: ${listed(signal.problems)}.`;
  return [{ effect: climb(context), rule: 'task-graph-broken', text }];
}
