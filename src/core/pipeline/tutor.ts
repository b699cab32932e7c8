import { advisersAt } from '../policy/advisersAt.ts';
import { renderPrompt } from '../prompt/template.ts';
import type { Message, TreeId } from '../ports.ts';
import { ladderOf } from '../router/rungs.ts';
import type { Attempt } from './attempt.ts';
import { ask } from './ask.ts';
import type { RunContext } from './context.ts';
import { lessonSchema, type Task } from './outputs.ts';
import { prompt } from './promptFor.ts';
import { differenceText, evidenceText, taskText } from './prose.ts';

/** An attempt whose checks failed, from the tree it began on to the one it left. */
export interface FailedAttempt {
  readonly key: string;
  readonly task: Task;
  readonly attempt: Attempt;
  readonly from: TreeId;
  readonly to: TreeId;
}

/**
 * What a tutor makes of the failing output, as a message for the next worker; undefined where the policy has no tutor, nobody can be one, no check
 * failed, or it gave no usable answer: the next worker then does without.
 */
export async function lessonFrom(context: RunContext, failed: FailedAttempt): Promise<Message | undefined> {
  const { configuration, size } = context;
  const work = { size, risk: 'low', changedLines: 0, hotPaths: [] } as const;
  const isWanted = advisersAt('implement', work, configuration).some(({ role, asked }) => role === 'tutor' && asked);
  const hasFailed = failed.attempt.evidence.some(({ outcome }) => outcome !== 'passed');
  if (!isWanted || !hasFailed || ladderOf('tutor', 'implement', configuration).rungs.length === 0) return undefined;
  const values = {
    task: taskText(failed.task),
    difference: await changeText(context, failed),
    output: evidenceText(failed.attempt.evidence),
  };
  const answered = await ask(context, {
    key: failed.key,
    stage: 'implement',
    role: 'tutor',
    name: 'lesson',
    schema: lessonSchema,
    prompt: { id: 'tutor', values },
    passOver: [],
  });
  if (answered === undefined) return undefined;
  const { cause, place, next } = answered.value;
  const lesson = `Cause: ${cause}\nPlace: ${place}\nNext: ${next}`;
  return { role: 'user', text: renderPrompt(prompt(context, 'lesson'), { lesson }) };
}

/** Estimated tokens of the failed change that a tutor is shown. */
const CHANGE_TOKENS = 7_500;

async function changeText(context: RunContext, { key, from, to }: FailedAttempt): Promise<string> {
  const { output } = await context.steps.step(
    { key: `${key}/difference`, effect: 'retrieval' },
    { from, to },
    async () => {
      const differences = await context.tree.differences(from, to);
      return { outcome: 'done', output: context.redaction.text(differenceText(differences, CHANGE_TOKENS).text) };
    },
    context.signal,
  );
  return output;
}
