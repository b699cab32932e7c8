import type { BudgetRule } from '../ledger/budget.ts';
import type { SpendRefusal } from '../run/spending.ts';
import type { Role, Stage } from '../run/stage.ts';
import type { RunContext } from './context.ts';
import { askPerson, questionsOf } from './questions.ts';
import { RunStopped } from './stopped.ts';

const RULE: BudgetRule = 'unpriced-model';
const CALL = 'Call it in this run';
const REFUSE = 'Do not call it';

/**
 * Whether a call that was refused because nobody knows its model's price may be made all the same: where the policy says so a person is asked, once for
 * each model of a run, and the log keeps who answered; for a librarian, which nobody needs, nobody is asked. Throws RunStopped while they have not answered. Any
 * other refusal stands.
 */
export function isAllowedUnpriced(
  context: RunContext,
  { stage, role, worker }: { readonly stage: Stage; readonly role: Role; readonly worker: string },
  { rule }: SpendRefusal,
): boolean {
  const { workers, cost } = context.configuration;
  const model = workers[worker]?.model;
  if (rule !== RULE || model === undefined || cost.unpriced === 'refuse') return false;
  if (role === 'librarian')
    return questionsOf(context.log.events).some(({ about, answer }) => about === aboutOf(model) && answer === CALL);
  const text =
    `No price is known for the cloud model "${model}". May it be called? What it costs will not be known, so no limit in ` +
    `dollars holds it; its tokens count. To set its price instead: [prices."${model}"] in your own config.toml, or local = true for its worker if it runs on hardware of yours.`;
  // One question for a model, at whichever stage it is met first.
  const answer = askPerson(context, {
    stage: askedAt(context, model) ?? stage,
    about: aboutOf(model),
    text,
    options: [CALL, REFUSE],
  });
  if (answer === undefined) throw new RunStopped('needsInput', text);
  return answer === CALL;
}

const aboutOf = (model: string): string => `unpriced:${model}`;

function askedAt({ log }: RunContext, model: string): Stage | undefined {
  const asked = log.events.find((event) => event.kind === 'QuestionAsk' && event.payload.about === aboutOf(model));
  return asked?.kind === 'QuestionAsk' ? asked.payload.stage : undefined;
}
