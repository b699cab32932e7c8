import type { Node } from 'web-tree-sitter';
import type { ShellAssignment, ShellCommand, ShellRedirection, ShellScript, ShellWord } from '../core/ports.ts';
import { wordSpans } from './shellWords.ts';

/** A command while it is read: a redirection may come after it. */
interface OpenCommand extends ShellCommand {
  readonly words: ShellWord[];
  readonly assignments: ShellAssignment[];
  readonly redirections: ShellRedirection[];
  input: ShellWord | undefined;
}

interface Reading {
  readonly commands: OpenCommand[];
  readonly functions: Set<string>;
  readonly unreadable: { readonly why: string; readonly text: string }[];
  /** `start:end` of every word as the grammar cut it. */
  readonly spans: Set<string>;
}

interface Position {
  readonly place: readonly string[];
  readonly fedBy: readonly number[];
  readonly within: number | undefined;
}

/**
 * The plain reading of a syntax tree of tree-sitter's bash grammar. The tree is not trusted alone: every kind of node that is not named here, every
 * byte between words that is no blank, and every word that a second, simpler reading (shellWords.ts) cuts elsewhere makes the line unreadable.
 */
export function readTree(line: string, root: Node): ShellScript {
  const reading: Reading = { commands: [], functions: new Set(), unreadable: [], spans: new Set() };
  readStatement(reading, root, { place: [], fedBy: [], within: undefined });
  const expected = wordSpans(line);
  if (expected === undefined) doubt(reading, 'a part of it is not understood', line);
  else if (expected.size !== reading.spans.size || [...expected].some((span) => !reading.spans.has(span)))
    doubt(reading, 'it can be read in two ways', line);
  return { commands: reading.commands, functions: [...reading.functions], unreadable: reading.unreadable };
}

function doubt(reading: Reading, why: string, text: string): void {
  reading.unreadable.push({ why, text: text.length > 120 ? `${text.slice(0, 119)}…` : text });
}

const KEYWORDS = new Set('if then elif else fi while until do done for in { } ! function case esac select'.split(' '));
const OPERATORS = new Set(['|', '|&', '||', '&&', ';', '&', '\n', '(', ')', ';;']);

/** What statements may stand in, and the name of that place; '' for those that only join. */
const GROUPS: Readonly<Record<string, string>> = {
  program: '',
  list: '',
  negated_command: '',
  compound_statement: '',
  variable_assignments: '',
  do_group: 'loop',
  while_statement: 'loop',
  subshell: 'subshell',
  if_statement: 'condition',
  elif_clause: 'condition',
  else_clause: 'condition',
};

/** Reads a statement; the result lists the commands whose output is the statement's. */
function readStatement(reading: Reading, node: Node, position: Position): readonly number[] {
  const group = GROUPS[node.type];
  if (group !== undefined) return readGroup(reading, node, group === '' ? position : inside(position, group));
  switch (node.type) {
    case 'comment':
      return [];
    case 'command':
    case 'declaration_command':
    case 'unset_command':
      return [readCommand(reading, node, position)];
    case 'variable_assignment': {
      const index = open(reading, position);
      readAssignment(reading, node, index);
      return [index];
    }
    case 'pipeline':
      return readPipeline(reading, node, inside(position, 'pipeline'));
    case 'redirected_statement':
      return readRedirected(reading, node, position);
    case 'test_command':
      return readTest(reading, node, position);
    case 'for_statement':
      return readFor(reading, node, inside(position, 'loop'));
    case 'function_definition': {
      const name = node.childForFieldName('name');
      if (name !== null) reading.functions.add(name.text);
      doubt(reading, 'a function may take the name of any command', node.text);
      return readGroup(reading, node, inside(position, 'function'));
    }
  }
  doubt(reading, node.type === 'ERROR' ? 'it is not valid shell' : `${node.type} is not judged`, node.text);
  if (isWord(node)) readWord(reading, node, open(reading, position));
  return readGroup(reading, node, position);
}

const inside = (position: Position, place: string): Position => ({ ...position, place: [...position.place, place] });

function readGroup(reading: Reading, node: Node, position: Position): readonly number[] {
  return node.children.flatMap((child) => {
    if (child.isMissing) doubt(reading, 'it is not valid shell', node.text);
    if (child.isNamed)
      return isWord(child) && node.type === 'function_definition' ? [] : readStatement(reading, child, position);
    if (KEYWORDS.has(child.type)) markWord(reading, child);
    else if (!OPERATORS.has(child.type) && node.type !== 'ERROR')
      doubt(reading, `"${child.type}" is not judged`, node.text);
    return [];
  });
}

function readPipeline(reading: Reading, node: Node, position: Position): readonly number[] {
  const fed = [...position.fedBy];
  let last: readonly number[] = [];
  for (const child of node.namedChildren) {
    last = readStatement(reading, child, { ...position, fedBy: [...fed] });
    fed.push(...last);
  }
  return last;
}

function open(reading: Reading, { place, fedBy, within }: Position): number {
  reading.commands.push({ words: [], assignments: [], redirections: [], place, input: undefined, fedBy, within });
  return reading.commands.length - 1;
}

function readCommand(reading: Reading, node: Node, position: Position): number {
  const index = open(reading, position);
  const command = reading.commands[index];
  for (const child of node.children) {
    if (child.isMissing) doubt(reading, 'it is not valid shell', node.text);
    if (child.type === 'variable_assignment') {
      const assigned = readAssignment(reading, child, index);
      // What export and its like are told is a word of theirs too.
      if (node.type !== 'command') command?.words.push({ kind: 'dynamic', text: assigned, by: 'other' });
    } else if (child.type.endsWith('_redirect')) readRedirection(reading, child, index);
    else if (child.type === 'command_name') command?.words.push(readWord(reading, child.firstChild ?? child, index));
    else if (isWord(child) || !child.isNamed) command?.words.push(readWord(reading, child, index));
    else {
      doubt(reading, `${child.type} is not judged`, child.text);
      readStatement(reading, child, { ...position, within: index });
    }
  }
  return index;
}

/** Reads `name=value` and returns its source. */
function readAssignment(reading: Reading, node: Node, index: number): string {
  markWord(reading, node);
  const name = node.childForFieldName('name');
  const value = node.childForFieldName('value');
  if (name?.type !== 'variable_name') doubt(reading, 'a subscript can run a command', node.text);
  if (value !== null && !isWord(value)) doubt(reading, `${value.type} is not judged`, node.text);
  reading.commands[index]?.assignments.push({
    name: name?.text ?? '',
    value: value === null ? { kind: 'literal', text: '' } : readPart(reading, value, index),
  });
  if (name !== null && name.type !== 'variable_name') readPart(reading, name, index);
  return node.text;
}

function readRedirected(reading: Reading, node: Node, position: Position): readonly number[] {
  const [body, ...redirects] = node.namedChildren;
  if (body === undefined || body.type.endsWith('_redirect')) {
    const index = open(reading, position);
    for (const child of node.namedChildren) readRedirection(reading, child, index);
    return [index];
  }
  const fed = readStatement(reading, body, position);
  // The grammar hangs what stands behind the last command of a list on the whole list.
  const index = /^(?:command|list|pipeline|negated_command)$/.test(body.type) ? fed.at(-1) : undefined;
  for (const redirect of redirects) readRedirection(reading, redirect, index ?? open(reading, position));
  return fed;
}

function readRedirection(reading: Reading, node: Node, index: number): void {
  const command = reading.commands[index];
  if (command === undefined || node.type === 'comment') return;
  if (node.type === 'heredoc_redirect') {
    readHereDocument(reading, node, index);
    return;
  }
  const targets = node.children.filter((child) => isWord(child) && child.type !== 'file_descriptor');
  const operator = node.children.find((child) => !child.isNamed)?.type ?? '';
  for (const child of node.children) {
    if (child.isNamed && !isWord(child) && child.type !== 'file_descriptor')
      doubt(reading, `${child.type} is not judged`, node.text);
  }
  const [target, ...further] = targets.map((child) => readWord(reading, child, index));
  // The grammar takes words of the command that follow a redirection for more targets.
  command.words.push(...further);
  if (node.type === 'herestring_redirect') command.input = target;
  else if (target !== undefined) command.redirections.push({ operator, target });
  else if (!operator.endsWith('&-')) doubt(reading, 'it is not valid shell', node.text);
}

function readHereDocument(reading: Reading, node: Node, index: number): void {
  const command = reading.commands[index];
  if (command === undefined) return;
  const start = node.namedChildren.find((child) => child.type === 'heredoc_start');
  if (start !== undefined) markWord(reading, start);
  const isQuoted = /['"\\]/.test(start?.text ?? '');
  let fed: readonly number[] = [index];
  for (const child of node.namedChildren) {
    if (child.type === 'heredoc_start' || child.type === 'heredoc_end' || child.type === 'file_descriptor') continue;
    if (child.type === 'heredoc_body') {
      // The grammar does not look into every body the shell would expand.
      if (!isQuoted && /[$`\\]/.test(child.text)) doubt(reading, 'the shell expands this here-document', child.text);
      command.input =
        isQuoted || !/[$`\\]/.test(child.text)
          ? { kind: 'literal', text: child.text }
          : { kind: 'dynamic', text: child.text, by: 'other' };
      for (const part of child.namedChildren) if (part.type !== 'heredoc_content') readPart(reading, part, index);
    } else if (child.type.endsWith('_redirect')) readRedirection(reading, child, index);
    else if (isWord(child)) command.words.push(readWord(reading, child, index));
    else
      fed = readStatement(reading, child, {
        place: [...command.place, 'pipeline'],
        fedBy: [...command.fedBy, ...fed],
        within: command.within,
      });
  }
}

/** `[ ... ]` is a command like any other; `[[` and `((` evaluate what they are given. */
function readTest(reading: Reading, node: Node, position: Position): readonly number[] {
  const index = open(reading, position);
  if (node.firstChild?.type !== '[')
    doubt(reading, `${node.firstChild?.type ?? 'a test'} evaluates its words`, node.text);
  const leaves = (at: Node): readonly Node[] =>
    isWord(at) || at.childCount === 0 ? [at] : at.children.flatMap((child) => leaves(child));
  for (const leaf of node.children.flatMap(leaves)) reading.commands[index]?.words.push(readWord(reading, leaf, index));
  return [index];
}

function readFor(reading: Reading, node: Node, position: Position): readonly number[] {
  const index = open(reading, position);
  return node.children.flatMap((child) => {
    if (child.type === 'variable_name') {
      markWord(reading, child);
      reading.commands[index]?.assignments.push({
        name: child.text,
        value: { kind: 'dynamic', text: child.text, by: 'other' },
      });
    } else if (child.type === 'do_group') return readStatement(reading, child, position);
    else if (isWord(child)) readWord(reading, child, index);
    else if (KEYWORDS.has(child.type)) markWord(reading, child);
    else if (!OPERATORS.has(child.type)) doubt(reading, `${child.type} is not judged`, node.text);
    return [];
  });
}

const WORDS = new Set(
  (
    'word number string raw_string ansi_c_string translated_string concatenation simple_expansion expansion command_substitution ' +
    'process_substitution arithmetic_expansion brace_expression variable_name test_operator extglob_pattern regex subscript array'
  ).split(' '),
);

const isWord = (node: Node): boolean => WORDS.has(node.type);

function markWord(reading: Reading, node: Node): void {
  reading.spans.add(`${node.startIndex}:${node.endIndex}`);
}

/** Reads a whole word of a command. */
function readWord(reading: Reading, node: Node, index: number): ShellWord {
  markWord(reading, node);
  // By itself it is the name of a command; within a word it begins a wildcard.
  if (node.text === '[') return { kind: 'literal', text: '[' };
  return readPart(reading, node, index);
}

/** Reads a word or a part of one. Commands in it are read as standing within command `index`. */
function readPart(reading: Reading, node: Node, index: number): ShellWord {
  const { type, text } = node;
  if (
    type === 'word' ||
    type === 'number' ||
    type === 'variable_name' ||
    type === 'test_operator' ||
    (!node.isNamed && node.childCount === 0)
  )
    return unquoted(reading, text);
  if (type === 'raw_string') return { kind: 'literal', text: text.slice(1, -1) };
  if (type === 'string' && node.namedChildren.every((child) => child.type === 'string_content'))
    return {
      kind: 'literal',
      text: text
        .slice(1, -1)
        .replaceAll(/\\([$`"\\])/g, '$1')
        .replaceAll('\\\n', ''),
    };
  if (type === 'concatenation' && !mayExpand(text))
    return joined(
      node.children.map((child) => readPart(reading, child, index)),
      text,
    );
  const at = reading.commands[index];
  const by =
    type === 'simple_expansion' && /^\$[?#$!]$/.test(text.trim())
      ? 'status'
      : type === 'command_substitution'
        ? 'output'
        : 'other';
  if (type === 'string' || type === 'concatenation') {
    const parts = node.namedChildren
      .filter((child) => child.type !== 'string_content')
      .map((child) => readPart(reading, child, index));
    const hidden = parts.flatMap((part) => (part.kind === 'dynamic' ? [part.by] : []));
    return {
      kind: 'dynamic',
      text,
      by: hidden.length > 0 && hidden.every((kind) => kind !== 'other') ? 'output' : 'other',
    };
  }
  if (type === 'command_substitution' || type === 'process_substitution') {
    if (text.startsWith('`') && text.includes('\\')) doubt(reading, 'backslashes between backticks count twice', text);
    const opening = node.firstChild?.text.trim();
    const position: Position = {
      place: [...(at?.place ?? []), 'substitution'],
      fedBy: opening === '>(' ? [...(at?.fedBy ?? []), index] : [],
      within: index,
    };
    for (const child of node.namedChildren) {
      if (child.type.endsWith('_redirect')) readRedirection(reading, child, open(reading, position));
      else readStatement(reading, child, position);
    }
    return { kind: 'dynamic', text, by };
  }
  if (type === 'simple_expansion') return { kind: 'dynamic', text, by };
  for (const child of node.namedChildren) readPart(reading, child, index);
  if (type !== 'ansi_c_string' && type !== 'brace_expression' && !/^\$\{\w+\}$/.test(text))
    doubt(reading, 'an expansion like this can run a command', text);
  return { kind: 'dynamic', text, by };
}

/** Whether braces may become several words. */
function mayExpand(text: string): boolean {
  const braces = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}'));
  return text.includes('{') && /[,.]/.test(braces);
}

/** An unquoted word: backslashes taken off, wildcards seen. */
function unquoted(reading: Reading, text: string): ShellWord {
  if (/(?<!\\)\s/.test(text)) doubt(reading, 'it can be read in two ways', text);
  const plain = text.replaceAll(/\\([\s\S])/g, (_, character: string) => (character === '\n' ? '' : character));
  const bare = text.replaceAll(/\\[\s\S]/g, '');
  if (/[$`'"]/.test(bare) || mayExpand(bare)) return { kind: 'dynamic', text, by: 'other' };
  return { kind: /[*?[]/.test(bare) ? 'glob' : 'literal', text: plain };
}

function joined(parts: readonly ShellWord[], text: string): ShellWord {
  const hidden = parts.flatMap((part) => (part.kind === 'dynamic' ? [part.by] : []));
  if (hidden.length > 0)
    return { kind: 'dynamic', text, by: hidden.every((kind) => kind !== 'other') ? 'output' : 'other' };
  return {
    kind: parts.some((part) => part.kind === 'glob') ? 'glob' : 'literal',
    text: parts.map((part) => part.text).join(''),
  };
}
