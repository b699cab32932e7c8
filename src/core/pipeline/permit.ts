import { sha256 } from '../../base/hash.ts';
import { type PermissionAnswer, ruleOfAnswer } from '../policy/commands/answer.ts';
import type { CommandDecision, Finding } from '../policy/commands/decision.ts';
import { splitWords } from '../policy/commands/splitWords.ts';
import { cutMiddle } from '../run/normalise.ts';
import type { RunContext } from './context.ts';
import { askPerson, questionsOf } from './questions.ts';
import { RunStopped } from './stopped.ts';

/** What a person can answer when a command asks, in the words of the question. */
const ANSWERS: Readonly<Record<PermissionAnswer, string>> = {
  run: 'Allow for this run',
  always: 'Always allow',
  never: 'Do not run',
};

/** A command by its name and its shell line: what a check or the set-up is. */
export interface NamedLine {
  readonly name: string;
  readonly line: string;
}

/** What a question about a command is about: an answer counts for exactly the bytes of this line. */
const aboutOf = ({ name, line }: NamedLine): string => `command:${name}:${sha256(line).slice(0, 12)}`;

/**
 * The words a person allows for good with this answer to the question about one of these commands; undefined for any other question or answer. A line
 * of more than one plain command has none: a rule is about the words of one.
 */
export function wordsAllowedForGood(
  commands: readonly NamedLine[],
  about: string,
  answer: string,
): readonly string[] | undefined {
  const command = commands.find((candidate) => aboutOf(candidate) === about);
  if (command === undefined || answer !== ANSWERS.always) return undefined;
  const words = splitWords(command.line);
  return words.kind === 'ok' ? words.value : undefined;
}

/**
 * By which rule a command may run; undefined while a person has not answered. It is allowed where it is a declared check, unless a rule forbids it or
 * asks about it; an answer is a rule about exactly this line until the end of the run. Throws RunStopped for one that may not run.
 */
export async function permit(context: RunContext, command: NamedLine): Promise<Finding | undefined> {
  const decision = await context.judge(command.line);
  if (decision.kind === 'allow') return decision;
  recordDecision(context, command, decision);
  const ruled = decision.kind === 'ask' ? ruleInForce(context, command, decision) : decision;
  if (ruled?.kind !== 'forbid') return ruled;
  recordDecision(context, command, ruled);
  const way =
    decision.kind === 'ask' ? '' : ' `speckit policy check` shows each part; change the line in speckit.toml.';
  throw new RunStopped(
    'blocked',
    `The command of ${command.name}, \`${cutMiddle(command.line, 200)}\`, was not run: ${ruled.reason} (rule ${ruled.rule}).${way}`,
  );
}

/** The rule that a person's answer has made; undefined while they have not answered, who are asked here. */
function ruleInForce(context: RunContext, command: NamedLine, decision: CommandDecision): Finding | undefined {
  const about = aboutOf(command);
  const { events } = context.log;
  const asked = questionsOf(events).find((question) => question.about === about);
  if (asked?.answer === undefined) {
    if (asked === undefined) ask(context, command, decision);
    return undefined;
  }
  const { id, answer } = asked;
  const by = events.findLast((event) => event.kind === 'QuestionAnswer' && event.payload.id === id);
  const given = answer === ANSWERS.run ? 'run' : answer === ANSWERS.always ? 'always' : 'never';
  const person = by?.kind === 'QuestionAnswer' ? by.payload.by : '';
  const rule = ruleOfAnswer([command.line], given, person);
  return {
    kind: given === 'never' ? 'forbid' : 'allow',
    rule: `answers.${rule.id}`,
    reason: `${rule.justification} (${id}, in the words "${answer}")`,
  };
}

function ask(context: RunContext, { name, line }: NamedLine, decision: CommandDecision): void {
  const part = decision.commands.find(({ kind, rule }) => kind === 'ask' && rule === decision.rule)?.command;
  const where = part === undefined || part === line ? '' : ` about its part \`${cutMiddle(part, 200)}\``;
  const { run, always, never } = ANSWERS;
  const isPlain = splitWords(line).kind === 'ok';
  askPerson(context, {
    stage: 'implement',
    about: aboutOf({ name, line }),
    text: `May the command of ${name} run, \`${cutMiddle(line, 1_000)}\`? The rule ${decision.rule} asks${where}: ${cutMiddle(decision.reason, 500)}.`,
    options: isPlain ? [run, always, never] : [run, never],
  });
}

/** Records what was decided about a command, once for each line and rule of a run. */
export function recordDecision(context: RunContext, { name, line }: NamedLine, { kind, rule, reason }: Finding): void {
  context.steps.note('CommandDecision', {
    key: `command/${name}/${sha256(line).slice(0, 12)}`,
    name,
    command: cutMiddle(line, 2_000),
    decision: kind,
    rule,
    reason: cutMiddle(reason, 1_000),
  });
}
