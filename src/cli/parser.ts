import { Command, CommanderError, Option } from 'commander';
import type { Understood } from './plainWords.ts';
import { type GlobalOptions, VERSION } from './terminal.ts';
import { GLOBAL_FLAGS, VERBS, verbOf } from './verbs.ts';

/** What words of any kind come to: a command, a text that was asked for, or what is wrong with them. */
export type Parsed =
  | ({ readonly kind: 'verb' } & Understood)
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mistake'; readonly text: string };

/** Understands a command line (without node and script). Does nothing else. */
export function parseWords(words: readonly string[]): Parsed {
  let understood: Understood | undefined;
  const said = { out: '', error: '' };
  const program = buildProgram(words.includes('--all'), said, (found) => (understood = found));
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return answerOf(error, said);
  }
  if (understood === undefined) throw new Error('the parser understood no verb and found no mistake');
  return { kind: 'verb', ...understood };
}

interface Said {
  out: string;
  error: string;
}

/** Help, the version, or what is wrong with the words. */
function answerOf(error: CommanderError, said: Said): Parsed {
  // No verb at all is a wish for help, which commander takes for a mistake.
  if (error.exitCode === 0 || error.code === 'commander.help')
    return { kind: 'text', text: said.out === '' ? said.error : said.out };
  const text = said.error
    .trim()
    .replace(/^error: /, '')
    .replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return { kind: 'mistake', text };
}

function buildProgram(showAll: boolean, said: Said, onVerb: (understood: Understood) => void): Command {
  const program = new Command('speckit')
    .description('From a specification to approved, tested code.')
    .version(VERSION)
    .helpCommand(false)
    .showSuggestionAfterError()
    .showHelpAfterError('All verbs: speckit --help --all')
    .configureOutput({ writeOut: (text) => (said.out += text), writeErr: (text) => (said.error += text) })
    .exitOverride()
    .addHelpText('after', showAll ? '' : '\nMore verbs: speckit --help --all');
  for (const [flags, description, otherwise] of GLOBAL_FLAGS) program.option(flags, description, otherwise);
  program.addOption(new Option('--all', 'with --help: show every verb').hideHelp());
  for (const row of VERBS) {
    const command = program
      .command(row.usage, { hidden: !showAll && row.isBasic !== true })
      .description(row.summary)
      .showHelpAfterError(`How it is used: speckit ${verbOf(row.usage)} --help`);
    for (const [flags, description] of row.options ?? []) command.option(flags, description);
    command.action(() => {
      const { json = false, events = false, directory = '.' } = program.opts<Partial<GlobalOptions>>();
      onVerb({ row, positional: command.args, options: command.opts(), globals: { json, events, directory } });
    });
  }
  return program;
}
