import path from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { CommandProblem } from '../app/problem.ts';
import { EXIT } from './exitCode.ts';
import { failureOf, type Failure } from './failure.ts';
import { createTerminal, resultWriter, VERSION, type GlobalOptions } from './terminal.ts';
import { VERBS, type VerbRow } from './verbs.ts';

/** Runs one command line (without node and script) and returns its exit code. Never throws for what a person typed. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  let exit: number = EXIT.ok;
  const said = { out: '', error: '' };
  const program = buildProgram(words.includes('--all'), said, async (row, positional, options, globals) => {
    exit = await runVerb(row, positional, options, globals);
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return answerParser(error, said, formOf(words));
  }
}

/** How results are wanted, known before the words are understood: a mistake in them is told in that form too. */
function formOf(words: readonly string[]): Pick<GlobalOptions, 'json' | 'events'> {
  const options = words.slice(0, words.includes('--') ? words.indexOf('--') : words.length);
  return { json: options.includes('--json'), events: options.includes('--events') };
}

interface Said {
  out: string;
  error: string;
}

/** Help, the version, or what is wrong with the words. */
function answerParser(error: CommanderError, said: Said, form: Pick<GlobalOptions, 'json' | 'events'>): number {
  const result = resultWriter(form);
  // No verb at all is a wish for help, which commander takes for a mistake.
  if (error.exitCode === 0 || error.code === 'commander.help') {
    const text = said.out === '' ? said.error : said.out;
    if (form.json || form.events) result({ text, exitCode: EXIT.ok });
    else process.stdout.write(text);
    return EXIT.ok;
  }
  const text = said.error
    .trim()
    .replace(/^error: /, '')
    .replace(/^[a-z]/, (letter) => letter.toUpperCase());
  tell({ kind: 'usage', text, exitCode: EXIT.usage }, result);
  return EXIT.usage;
}

function tell(failure: Failure, result: (value: unknown) => void): void {
  const { kind, text, exitCode, details } = failure;
  result({ error: { kind, text: details === undefined ? text : `${text}\n${details}` }, exitCode });
  process.stderr.write(`speckit: ${text}\n${details === undefined ? '' : `${details}\n`}`);
}

type Action = (
  row: VerbRow,
  positional: readonly string[],
  options: Readonly<Record<string, unknown>>,
  globals: GlobalOptions,
) => Promise<void>;

function buildProgram(showAll: boolean, said: Said, action: Action): Command {
  const program = new Command('speckit')
    .description('From a specification to approved, tested code.')
    .version(VERSION)
    .option('--json', 'print one JSON object at the end and nothing else')
    .option('--events', 'print events as they happen, one JSON object a line')
    .option('-C, --directory <path>', 'work in this folder', '.')
    .addOption(new Option('--all', 'with --help: show every verb').hideHelp())
    .helpCommand(false)
    .showSuggestionAfterError()
    .showHelpAfterError('All verbs: speckit --help --all')
    .configureOutput({ writeOut: (text) => (said.out += text), writeErr: (text) => (said.error += text) })
    .exitOverride()
    .addHelpText('after', showAll ? '' : '\nMore verbs: speckit --help --all');
  for (const row of VERBS) {
    const verb = row.usage.split(' ')[0] ?? '';
    const command = program
      .command(row.usage, { hidden: !showAll && row.isBasic !== true })
      .description(row.summary)
      .showHelpAfterError(`How it is used: speckit ${verb} --help`);
    for (const [flags, description] of row.options ?? []) command.option(flags, description);
    command.action(async () => {
      const { json = false, events = false, directory = '.' } = program.opts<Partial<GlobalOptions>>();
      await action(row, command.args, command.opts(), { json, events, directory });
    });
  }
  return program;
}

async function runVerb(
  row: VerbRow,
  positional: readonly string[],
  options: Readonly<Record<string, unknown>>,
  globals: GlobalOptions,
): Promise<number> {
  let isStopped = (): boolean => false;
  try {
    using terminal = createTerminal({ ...globals, directory: folderOf(globals.directory) });
    isStopped = () => terminal.host.signal.aborted;
    const verb = await row.load();
    return await verb(terminal, positional, options);
  } catch (error) {
    const failure = failureOf(error, isStopped());
    tell(failure, resultWriter(globals));
    return failure.exitCode;
  }
}

/** The folder to work in, absolute. */
function folderOf(directory: string): string {
  try {
    return path.resolve(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new CommandProblem('usage', 'The current folder does not exist any more. Go to one that does: cd .');
  }
}
