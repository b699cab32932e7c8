import { err, ok, type Result } from '../../base/result.ts';
import { signalSchema } from '../gates/signal.ts';
import { isPass } from '../gates/signals/toolTruth.ts';
import type { Blobs, RepositoryPath, TreeId } from '../ports.ts';
import { amendmentsOf } from '../run/amendments.ts';
import { droppedBlobs } from '../run/capture.ts';
import type { Payload, RunEvent } from '../run/event.ts';
import { readAnswer } from './ask.ts';
import { tasksSchema, type Task } from './outputs.ts';
import { roundState } from './propose.ts';

/*
 * What the log of a run that has come to its proposal says of its tasks: from which tree to which tree each of them went, and which checks let it pass.
 * Errors are clauses that say why that is not known; they stand behind the name of a run or of a task.
 */

/** How a finished run stands; an error where it is not finished, or a person did not want what it made. */
export function standingOf(events: readonly RunEvent[]): Result<'applied' | 'proposed', string> {
  const proposal = events.findLast((event) => event.kind === 'ProposalCreate');
  if (proposal?.kind !== 'ProposalCreate') return err('it has not come to a proposal');
  const { round } = proposal.payload;
  const state = roundState(events, round);
  if (state.kind === 'rejected') return err('a person rejected what it made');
  if (state.kind === 'applied') return ok('applied');
  const isUndone = events.some((event) => event.kind === 'ApplyUndo' && event.payload.round === round);
  return isUndone ? err('what it made was taken back') : ok('proposed');
}

/** The tasks that a run of size standard was cut into, as its architect wrote them. */
export async function tasksOfRun(events: readonly RunEvent[], blobs: Blobs): Promise<Result<readonly Task[], string>> {
  const gate = lastGate(events, 'tasks/');
  if (gate?.verdict !== 'proceed') return err('its tasks did not pass their gate by themselves');
  const asked = gate.key.replace(/gate$/, 'tasks/');
  const answers = events.flatMap((event) =>
    event.kind === 'LLMCall' && event.payload.key.startsWith(asked) && event.payload.answer !== null
      ? [event.payload.answer]
      : [],
  );
  const dropped = droppedBlobs(events);
  if (answers.length === 0 || answers.some(({ sha256 }) => dropped.has(sha256)))
    return err('what was said in it is not kept, and with it the texts of its tasks');
  for (const answer of answers.toReversed()) {
    const { text } = JSON.parse(await blobs.get(answer)) as { readonly text: string };
    const read = readAnswer(tasksSchema, text);
    if (read.kind === 'value') return ok(read.value.tasks);
  }
  return err('the texts of its tasks cannot be read');
}

/** A task that was done: the trees before and after it, what it might change, and the names of the checks that its gate weighed, all passed. */
export interface FinishedTask {
  readonly before: TreeId;
  readonly after: TreeId;
  readonly files: readonly RepositoryPath[];
  readonly checks: readonly string[];
}

/** What the log says of one task of a finished run. */
export function finishedTask(events: readonly RunEvent[], { id, files }: Task): Result<FinishedTask, string> {
  const patches = events.flatMap((event) =>
    event.kind === 'PatchApply' && event.payload.task === id && event.payload.outcome === 'applied'
      ? [event.payload]
      : [],
  );
  // Every attempt begins on the tree that the first one began on.
  const [first, last] = [patches[0], patches.at(-1)];
  if (first === undefined || last === undefined) return err('no patch of it was applied');
  const gate = lastGate(events, `implement/${id}/`);
  if (gate?.verdict !== 'proceed') return err('it did not pass its gate by itself');
  const weighed = events.flatMap((event) => {
    if (event.kind !== 'Signal' || !gate.signals.includes(event.payload.key)) return [];
    const signal = signalSchema.safeParse(event.payload.signal);
    return signal.success && signal.data.kind === 'toolTruth' ? [signal.data] : [];
  });
  if (weighed.length === 0) return err('no check decided about it');
  if (!weighed.every((signal) => isPass(signal, weighed[0]?.treeHash ?? ''))) return err('its checks did not pass');
  const added = amendmentsOf(events).flatMap(({ task, path, decision }) =>
    task === id && decision === 'granted' ? [path] : [],
  );
  return ok({
    before: first.before,
    after: last.after,
    files: [...new Set([...files, ...added])],
    checks: weighed.map(({ check }) => check),
  });
}

/** The last decision of a gate whose key begins so. */
function lastGate(events: readonly RunEvent[], prefix: string): Payload<'GateDecision'> | undefined {
  const found = events.findLast((event) => event.kind === 'GateDecision' && event.payload.key.startsWith(prefix));
  return found?.kind === 'GateDecision' ? found.payload : undefined;
}
