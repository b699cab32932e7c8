import type { RepositoryPath } from '../ports.ts';
import type { RunEvent } from './event.ts';

/** What was decided about one file that a plan did not name and a task asked for. `why` holds the worker's reason, and the answer's where it has one. */
export interface AmendmentDecision {
  readonly task: string;
  readonly path: RepositoryPath;
  readonly decision: 'granted' | 'refused';
  readonly by: string;
  readonly why: string;
}

/** Every amendment of the plan that was decided on, in order; one file of one task once, as it was decided last. */
export function amendmentsOf(events: readonly RunEvent[]): readonly AmendmentDecision[] {
  const decisions = new Map<string, AmendmentDecision>();
  for (const event of events) {
    if (event.kind === 'PlanAmendment') {
      const { key, path, by, why } = event.payload;
      const task = event.payload.task ?? key.split('/')[1] ?? '';
      decisions.set(`${task} ${path}`, { task, path, decision: 'granted', by, why });
    } else if (event.kind === 'CallRefused' && event.payload.call === 'ask') {
      const { key, paths, by, reason: why } = event.payload;
      const [path = ''] = paths;
      const task = key.split('/')[1] ?? '';
      decisions.set(`${task} ${path}`, {
        task,
        path,
        decision: 'refused',
        by: by ?? `rule ${event.payload.rule}`,
        why,
      });
    }
  }
  return [...decisions.values()];
}
