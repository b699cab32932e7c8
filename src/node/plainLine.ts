import type { ShellCommand, ShellScript } from '../core/ports.ts';

/** Nothing in such a word means anything to a shell: no quotes, wildcards, braces, expansions, comments, descriptors or line ends. */
const WORD = '[\\w./:@,-][\\w./:@,+=-]*';
/** The name of a command has fewer signs: what assigns, and what the grammar reads in its own way at a beginning, is left to it. */
const NAME = '[A-Za-z_./][\\w./-]*';
const COMMAND = `${NAME}(?: +${WORD})*`;
const PLAIN = new RegExp(`^ *${COMMAND}(?: +&& +${COMMAND})* *$`);

/** Words that are no command's name: the shell's own, and the builtins whose words can assign. */
const RESERVED = new Set(
  (
    'if then elif else fi while until do done for in case esac select function coproc time ' +
    'alias declare export local readonly typeset unset unsetenv'
  ).split(' '),
);

/** Longer lines are the grammar's. */
const LONGEST = 2_000;

/**
 * Reads a line of plain words, as most declared checks are (`npm run lint && npm test`): exactly as the grammar reads it, and without the grammar, which
 * takes some 600 MB for a moment while its code is made. Undefined for any other line.
 */
export function readPlainLine(line: string): ShellScript | undefined {
  if (line.length > LONGEST || !PLAIN.test(line)) return undefined;
  const commands = line.split('&&').map((part) => part.trim().split(/ +/));
  if (commands.some(([name = '']) => RESERVED.has(name))) return undefined;
  return { commands: commands.map(commandOf), functions: [], unreadable: [] };
}

const commandOf = (words: readonly string[]): ShellCommand => ({
  words: words.map((text) => ({ kind: 'literal', text })),
  assignments: [],
  redirections: [],
  place: [],
  input: undefined,
  fedBy: [],
  within: undefined,
});
