import { z } from 'zod';
import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { counted } from '../../base/counted.ts';
import type { CommandDecision, DecisionKind } from '../../core/policy/commands/decision.ts';
import type { CommandJudge } from '../../core/policy/commands/judge.ts';
import { splitWords } from '../../core/policy/commands/splitWords.ts';
import { EXIT } from '../exitCode.ts';
import { writeOut } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { diffPolicy, showPolicy, validatePolicy } from './policies.ts';
import { runScopeRules } from './scopeRules.ts';

const EXITS: Readonly<Record<DecisionKind, number>> = { allow: EXIT.ok, ask: EXIT.needsApproval, forbid: EXIT.blocked };

/** `speckit policy check|test|allow|scope|show|diff|validate`. */
export async function runPolicy(
  terminal: Terminal,
  [what = '', ...words]: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (what === 'test' && words.length === 0) return testRules(terminal);
  if (what === 'check' && options['batch'] === true && words.length === 0) return checkBatch(terminal);
  if (what === 'check' && words.length > 0) return check(terminal, words);
  if (what === 'allow' && words.length > 0) return allow(terminal, words);
  if (what === 'scope' && words.length === 0) return runScopeRules(terminal);
  if (what === 'show' && words.length < 2) return showPolicy(terminal, words[0]);
  if (what === 'diff' && words.length < 2) return diffPolicy(terminal, words[0]);
  if (what === 'validate' && words.length === 0) return validatePolicy(terminal);
  throw new CommandProblem(
    'usage',
    "How it is used: speckit policy check -- 'A SHELL LINE', speckit policy check -- COMMAND WORDS..., speckit policy check --batch < FILE, speckit policy test, speckit policy allow -- COMMAND, speckit policy scope, speckit policy show [RUN], speckit policy diff [RUN], speckit policy validate",
  );
}

/** One word is a shell line, several are a command that runs without a shell. Exit 0 allow, 11 ask, 12 forbid. */
async function check(terminal: Terminal, words: readonly string[]): Promise<number> {
  const judge = await createApp(terminal.host).commandJudge();
  const decision = words.length === 1 ? judge.line(words[0] ?? '') : judge.argv(words);
  const exit = EXITS[decision.kind];
  terminal.result({ ...answerOf(decision), exitCode: exit });
  terminal.say(
    [
      `${decision.kind}  ${decision.rule}: ${decision.reason}`,
      ...(decision.commands.length < 2
        ? []
        : decision.commands.map(
            ({ kind, rule, command, place }) =>
              `  ${kind.padEnd(6)}  ${rule.padEnd(22)}  ${command.replaceAll('\n', ' ')}${place === 'top' ? '' : `  (${place})`}`,
          )),
    ].join('\n'),
  );
  return exit;
}

/** A decision as JSON: `decision` is allow, ask or forbid; `hard` stands only where nothing loosens it. */
function answerOf({ kind, rule, reason, hard, commands }: CommandDecision): object {
  return {
    decision: kind,
    rule,
    reason,
    ...(hard === true && { hard }),
    commands: commands.map(({ kind: decision, ...rest }) => ({ decision, ...rest })),
  };
}

const question = z.looseObject({ id: z.union([z.string(), z.number()]), cmd: z.string() });

/** Longest line of a batch, in UTF-16 units. */
const MAX_QUESTION = 1_000_000;

/** One answer a line, in the order of the questions. Exit 0 when each had an answer, 4 when some could not be read. */
async function checkBatch(terminal: Terminal): Promise<number> {
  const judge = await createApp(terminal.host).commandJudge();
  let unread = 0;
  for await (const text of linesOf(process.stdin)) {
    if (text.trim() === '') continue;
    const answer = batchAnswer(judge, text);
    if ('error' in answer) unread += 1;
    writeOut(`${JSON.stringify(answer)}\n`);
  }
  return unread === 0 ? EXIT.ok : EXIT.usage;
}

/** Lines end with a line feed and nothing else: JSON may hold the other line ends of Unicode as they are. */
async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  input.setEncoding('utf8');
  let rest = '';
  for await (const chunk of input) {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

function batchAnswer(judge: CommandJudge, text: string): object {
  const parsed = question.safeParse(jsonOf(text));
  if (!parsed.success) return { id: null, error: 'this line is no JSON object with an id and a text cmd' };
  return { id: parsed.data.id, ...answerOf(judge.line(parsed.data.cmd)) };
}

function jsonOf(text: string): unknown {
  if (text.length > MAX_QUESTION) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Exit 0 when all rules do justice to their examples, 4 otherwise: a written one that does not is a mistake of the configuration, told with its line. */
async function testRules(terminal: Terminal): Promise<number> {
  const { rules, written, examples, problems } = await createApp(terminal.host).testCommandRules();
  const exit = problems.length === 0 ? EXIT.ok : EXIT.usage;
  terminal.result({ rules, written, examples, problems, exitCode: exit });
  const summary = `${counted(rules, 'rule')} (${written} of your own), ${counted(examples, 'example')}`;
  terminal.say(problems.length === 0 ? `${summary}: all as they should be.` : [`${summary}.`, ...problems].join('\n'));
  return exit;
}

async function allow(terminal: Terminal, words: readonly string[]): Promise<number> {
  const split = words.length === 1 ? splitWords(words[0] ?? '') : { kind: 'ok' as const, value: words };
  if (split.kind === 'error')
    throw new CommandProblem('usage', `Only one plain command can be allowed for good: ${split.error}.`);
  const { rule, file } = await createApp(terminal.host).allowCommand(split.value);
  terminal.result({ rule, file, exitCode: EXIT.ok });
  terminal.say(`Allowed from now on, exactly as written, by the rule ${rule} in ${file}.`);
  return EXIT.ok;
}
