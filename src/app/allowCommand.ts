import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { ruleOfAnswer, ruleText } from '../core/policy/commands/answer.ts';
import { userConfigurationSchema } from '../core/policy/userConfigurationSchema.ts';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { commandJudge } from './commandPolicy.ts';
import { refuseInsideRun } from './insideRun.ts';
import { CommandProblem } from './problem.ts';
import { type Services, userConfigurationFile } from './services.ts';
import { readTextIfThere } from './textFile.ts';

/** A rule that was written: its id and the file, absolute. */
export interface AllowedCommand {
  readonly rule: string;
  readonly file: string;
}

/**
 * Records the answer "always allow" about one command: a rule about exactly these words in the person's own config.toml, never of the
 * repository's file. What a hard rule forbids is refused. The file is replaced at once, and only by one that can be read.
 */
export async function allowCommand(services: Services, words: readonly string[]): Promise<AllowedCommand> {
  refuseInsideRun(services);
  const decision = (await commandJudge(services)).argv(words);
  if (decision.hard === true)
    throw new CommandProblem('blocked', `No rule can allow this command: ${decision.reason} (rule ${decision.rule}).`);
  const rule = ruleOfAnswer(words, 'always', services.host.person);
  const file = userConfigurationFile(services);
  if (decision.kind === 'allow') return { rule: decision.rule, file };
  const before = (await readTextIfThere(file)) ?? '';
  const after = withRule(before, ruleText(rule));
  if (!holdsRule(after, rule.id))
    throw new CommandProblem(
      'configuration',
      `${file} does not take a rule: it has a mistake, or writes rules = [...] itself. Put these lines into it:\n${ruleText(rule)}`,
    );
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomically(file, new TextEncoder().encode(after));
  return { rule: rule.id, file };
}

/** The text with a rule above its other ones, because an answer counts over the rules below it; at the end where there are none. */
function withRule(text: string, rule: string): string {
  const first = /^[ \t]*\[\[[ \t]*commands[ \t]*\.[ \t]*rules[ \t]*\]\]/m.exec(text);
  if (first !== null) return `${text.slice(0, first.index)}${rule}\n${text.slice(first.index)}`;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${text === '' ? '' : '\n'}${rule}`;
}

function holdsRule(text: string, id: string): boolean {
  try {
    const read = userConfigurationSchema.safeParse(parse(text));
    return read.success && read.data.commands.rules.some((rule) => rule.id === id);
  } catch (error) {
    if (error instanceof TomlError) return false;
    throw error;
  }
}
