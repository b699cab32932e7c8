import type { ShellCommand, ShellParser, ShellScript, ShellWord } from '../../ports.ts';
import { BUILT_IN_RULES } from './builtInRules.ts';
import {
  ask,
  type CommandDecision,
  type Finding,
  forbid,
  forbidHard,
  type JudgedCommand,
  quoted,
  strictest,
} from './decision.ts';
import { programsOf, readsProgram, SOURCES, stringsIn } from './programs.ts';
import { type CommandRule, matchRule } from './rule.ts';
import { judgeAssignment, judgeRedirection, judgeText, judgeWords } from './surroundings.ts';
import { isShell, unwrap } from './unwrap.ts';

/** What commands are judged by. */
export interface CommandPolicy {
  /** Written rules: a person's own and the repository's. */
  readonly rules: readonly CommandRule[];
  /** Lines of the declared checks and the set-up, exactly as written: allowed as they stand, hard rules aside. */
  readonly declared: readonly string[];
  /** The tree's absolute folder, where it is known: absolute paths below it are inside. */
  readonly root?: string;
}

export interface CommandJudge {
  /** Judges one shell line. */
  line(text: string): CommandDecision;
  /** Judges one command that runs without a shell. */
  argv(words: readonly string[]): CommandDecision;
}

/** How deep commands in commands are followed, how many of one line are judged, and how many are listed. */
const MAX_DEPTH = 6;
const MAX_COMMANDS = 300;
const LISTED = 100;

/**
 * Judges commands: every simple command of a line, wherever it stands and whatever it is wrapped in, with its variables and redirections. The strictest
 * finding wins, the first of equals. What no rule allows, and what cannot be read or judged for sure, asks. Pure: equal input, equal decision.
 */
export function createCommandJudge(policy: CommandPolicy, parser: ShellParser): CommandJudge {
  const judging: Judging = { policy, parser, declaredWords: new Set(), left: MAX_COMMANDS };
  for (const line of policy.declared) {
    const { commands, unreadable } = parser.parse(line);
    const [only, ...others] = commands;
    const isPlain =
      only !== undefined &&
      others.length === 0 &&
      unreadable.length === 0 &&
      only.redirections.length + only.assignments.length === 0;
    if (isPlain && only.input === undefined) judging.declaredWords.add(wordsKey(only.words) ?? '');
  }
  judging.declaredWords.delete('');
  const declared = new Set(policy.declared.map((line) => line.trim()));
  return {
    line: (text) => {
      judging.left = MAX_COMMANDS;
      const decision = decide(judgeScript(judging, text, 0));
      return declared.has(text.trim()) ? declaredDecision(decision) : decision;
    },
    argv: (words) => {
      judging.left = MAX_COMMANDS;
      const text = judgeText(words.join(' '));
      const literal = words.map((word): ShellWord => ({ kind: 'literal', text: word }));
      const script: ShellScript = { commands: [{ ...NOTHING, words: literal }], functions: [], unreadable: [] };
      return decide([
        ...judgeCommands(judging, script, 0),
        ...(text === undefined ? [] : [judged(text, words.join(' '), [])]),
      ]);
    },
  };
}

interface Judging {
  readonly policy: CommandPolicy;
  readonly parser: ShellParser;
  /** Declared lines of one plain command, as keys of their words: they may stand within a longer line. */
  readonly declaredWords: Set<string>;
  left: number;
}

const NOTHING: ShellCommand = {
  words: [],
  assignments: [],
  redirections: [],
  place: [],
  input: undefined,
  fedBy: [],
  within: undefined,
};

const ALLOWED_NOTHING: Finding = { kind: 'allow', rule: 'nothing', reason: 'nothing would run' };

function decide(commands: readonly JudgedCommand[]): CommandDecision {
  const [first, ...others] = commands;
  const { kind, rule, reason, hard } =
    first === undefined ? ask('empty', 'there is no command') : strictest(first, ...others);
  return { kind, rule, reason, ...(hard === true && { hard }), commands: commands.slice(0, LISTED) };
}

/** A declared line is allowed as it stands; what is hard, or what a written rule forbids or asks about, still counts. */
function declaredDecision(decision: CommandDecision): CommandDecision {
  const [first, ...others] = decision.commands.filter(
    (part) => part.kind !== 'allow' && (part.hard === true || part.rule.startsWith(WRITTEN)),
  );
  if (first !== undefined) {
    const { kind, rule, reason, hard } = strictest(first, ...others);
    return { kind, rule, reason, ...(hard === true && { hard }), commands: decision.commands };
  }
  return {
    kind: 'allow',
    rule: 'declared-check',
    reason: 'it is a command that the project declares, exactly as it stands there',
    commands: decision.commands,
  };
}

/** Ids of written rules begin so in decisions. */
const WRITTEN = 'commands.rules.';

function judged(finding: Finding, command: string, place: readonly string[]): JudgedCommand {
  const plain = command.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
  return {
    ...finding,
    command: plain.length > 200 ? `${plain.slice(0, 199)}…` : plain,
    place: place.length === 0 ? 'top' : place.join('/'),
  };
}

function judgeScript(judging: Judging, text: string, depth: number): readonly JudgedCommand[] {
  const unseen = judgeText(text);
  if (text.length > 8_000 || depth > MAX_DEPTH)
    return [judged(unseen ?? ask('too-deep', 'commands in commands are followed only so far'), text, [])];
  const script = judging.parser.parse(text);
  const unreadable = script.unreadable
    .slice(0, 10)
    .map(({ why, text: part }) => judged(ask('unreadable', `${quoted(part)}: ${why}`), part, []));
  return [
    ...judgeCommands(judging, script, depth),
    ...(unseen === undefined ? [] : [judged(unseen, text, [])]),
    ...unreadable,
  ];
}

function judgeCommands(judging: Judging, script: ShellScript, depth: number): readonly JudgedCommand[] {
  const found = script.commands.map((command) => judgeCommand(judging, command, depth));
  const programs = found.map((each) => each.programs);
  const goesElsewhere = script.commands.some(({ words }) => words[0]?.text === 'cd' || words[0]?.text === 'pushd');
  const isLeaving = script.commands.some(({ words }) => leavesTree(words, judging.policy.root));
  return script.commands.flatMap((command, index): readonly JudgedCommand[] => {
    const own = found[index];
    if (own === undefined) return [];
    const within = script.commands.flatMap((other, at) =>
      isWithin(script.commands, other, index) ? [...(programs[at] ?? [])] : [],
    );
    const sources = [...command.fedBy.flatMap((at) => [...(programs[at] ?? [])]), ...within].filter((name) =>
      SOURCES.has(name),
    );
    const extra: Finding[] = [];
    if (own.programs.has(readsProgram) && sources.length > 0)
      extra.push(
        forbidHard(
          'program-from-elsewhere',
          `it would run what ${quoted(sources[0] ?? '')} gives, which nobody has read`,
        ),
      );
    else if (own.programs.has(readsProgram) && (command.fedBy.length > 0 || within.length > 0))
      extra.push(ask('program-from-pipe', 'it would run what another command prints'));
    const [name] = command.words;
    if (command.place.includes('function') && name !== undefined && script.functions.includes(name.text))
      extra.push(forbidHard('fork-bomb', `the function ${quoted(name.text)} calls itself`));
    if (goesElsewhere && own.programs.has('git'))
      extra.push(ask('git-elsewhere', 'git would obey the configuration it finds in another folder'));
    if (isLeaving && own.programs.has('rm'))
      extra.push(forbidHard('delete-outside', 'it deletes after leaving the tree'));
    return [
      judged(strictest(own.finding, ...extra), sourceOf(command), command.place),
      ...own.inner.map((inner) => ({
        ...inner,
        place: [...command.place, inner.place === 'top' ? 'command' : inner.place].join('/'),
      })),
    ];
  });
}

function isWithin(commands: readonly ShellCommand[], command: ShellCommand, index: number): boolean {
  for (let at = command.within; at !== undefined; at = commands[at]?.within) if (at === index) return true;
  return false;
}

/** `cd` to where the text alone does not show to be in the tree. */
function leavesTree(words: readonly ShellWord[], root: string | undefined): boolean {
  const [name, target] = words;
  if (name?.text !== 'cd' && name?.text !== 'pushd') return false;
  const rule = BUILT_IN_RULES.find(({ id }) => id === 'change-folder');
  return (
    target === undefined ||
    rule === undefined ||
    matchRule(rule, [{ kind: 'literal', text: 'cd' }, target], root).kind !== 'match'
  );
}

interface Judgement {
  readonly finding: Finding;
  readonly inner: readonly JudgedCommand[];
  /** Names of the programs it would start, and `readsProgram` when one of them runs what it reads. */
  readonly programs: ReadonlySet<string>;
}

function judgeCommand(judging: Judging, command: ShellCommand, depth: number): Judgement {
  const { root } = judging.policy;
  const around = [
    ...command.assignments.map((assignment) =>
      judgeAssignment(assignment, command.words.length > 0 ? 'before' : 'alone'),
    ),
    ...command.redirections.map((redirection) => judgeRedirection(redirection, root)),
  ].filter((finding) => finding !== undefined);
  if (command.words.length === 0)
    return { finding: strictest(ALLOWED_NOTHING, ...around), inner: [], programs: new Set() };
  const own = judgeWordsOf(judging, command.words, depth);
  const first = command.words[0];
  const input = command.input;
  const isFed = input !== undefined && own.programs.has(readsProgram);
  const fed =
    isFed && input.kind === 'literal' && isShell(baseName(first?.text ?? ''))
      ? judgeScript(judging, input.text, depth + 1)
      : [];
  if (isFed) around.push(ask('program-from-input', 'it would run the text that it is given'));
  return { finding: strictest(own.finding, ...around, ...fed), inner: [...own.inner, ...fed], programs: own.programs };
}

/** Judges the words of one command and of all it would start. */
function judgeWordsOf(judging: Judging, words: readonly ShellWord[], depth: number): Judgement {
  judging.left -= 1;
  if (judging.left < 0 || depth > MAX_DEPTH)
    return {
      finding: ask('too-deep', 'commands in commands are followed only so far'),
      inner: [],
      programs: new Set(),
    };
  const name = nameOf(words[0]);
  const named: readonly ShellWord[] = [{ kind: 'literal', text: name.name }, ...words.slice(1)];
  const built = builtInFindings(named, name.name, judging.policy.root);
  const unwrapped = name.finding?.rule === 'dynamic-command' ? undefined : unwrap(name.name, named);
  const inner: JudgedCommand[] = [];
  const programs = new Set(programsOf(name.name, named));
  for (const part of unwrapped?.inner ?? []) {
    if (part.kind === 'words') {
      if (part.words.length === 0) continue;
      const each = judgeWordsOf(judging, part.words, depth + 1);
      inner.push(judged(each.finding, part.words.map((word) => word.text).join(' '), []), ...each.inner);
      for (const program of each.programs) programs.add(program);
    } else if (part.text.kind !== 'literal') {
      programs.add(readsProgram);
      inner.push(
        judged(ask('dynamic-program', `${quoted(part.text.text)} is known to the shell only`), part.text.text, []),
      );
    } else inner.push(...judgeScript(judging, part.text.text, depth + 1));
  }
  // Programs in other languages are not read, but a shell line that stands in one is.
  for (const text of stringsIn(name.name, named))
    inner.push(...judgeScript(judging, text, depth + 1).filter((part) => part.kind === 'forbid'));
  const assigned = (unwrapped?.assignments ?? [])
    .map((assignment) => judgeAssignment(assignment, 'before'))
    .filter((finding) => finding !== undefined);
  const structural = [name.finding, judgeWords(withoutText(named)), ...assigned].filter(
    (finding) => finding !== undefined,
  );
  const [first, ...others] = [
    ...structural,
    ...(unwrapped === undefined ? built : built.filter(isRefusal)),
    ...(unwrapped?.own === undefined ? [] : [unwrapped.own]),
    ...inner,
  ];
  const transparent: Finding = {
    kind: 'allow',
    rule: 'wrapper',
    reason: `${name.name} decides nothing: what it runs does`,
  };
  const finding = strictest(first ?? transparent, ...others);
  const answered = written(judging, words, finding);
  // A rule about the whole command has answered for what it would start too.
  return answered === undefined
    ? { finding, inner, programs }
    : { finding: answered, inner: inner.filter(({ hard }) => hard === true), programs };
}

/** What a written rule, or a declared check of exactly these words, makes of a finding. */
function written(judging: Judging, words: readonly ShellWord[], finding: Finding): Finding | undefined {
  if (finding.hard === true) return undefined;
  const all = judging.policy.rules.filter((rule) => matchRule(rule, words, judging.policy.root).kind === 'match');
  const answer = all.findIndex(({ exact, decision }) => exact === true && decision === 'allow');
  // What was asked about and answered for good is not asked again by the rules below the answer.
  const matching = answer < 0 ? all : all.filter(({ decision }, index) => index < answer || decision !== 'ask');
  const [first, ...others] = matching.map((rule): Finding => ({
    kind: rule.decision,
    rule: `${WRITTEN}${rule.id}`,
    reason: rule.justification,
  }));
  if (first !== undefined) return strictest(first, ...others);
  return judging.declaredWords.has(wordsKey(words) ?? '')
    ? {
        kind: 'allow',
        rule: 'declared-check',
        reason: 'it is a command that the project declares, exactly as it stands there',
      }
    : undefined;
}

function wordsKey(words: readonly ShellWord[]): string | undefined {
  return words.length > 0 && words.every((word) => word.kind === 'literal')
    ? JSON.stringify(words.map((word) => word.text))
    : undefined;
}

/** What the built-in rules say: all that match, or that none allows it and why. */
function builtInFindings(words: readonly ShellWord[], name: string, root: string | undefined): readonly Finding[] {
  if (words.length === 1 && name === 'cd') return [ask('change-folder', 'cd alone goes home')];
  const matches = BUILT_IN_RULES.map((rule) => ({ rule, match: matchRule(rule, words, root) }));
  const findings = matches.flatMap(({ rule, match }): readonly Finding[] =>
    match.kind === 'match'
      ? [
          {
            kind: rule.decision,
            rule: rule.id,
            reason: rule.justification,
            ...(rule.hard === true && { hard: true as const }),
          },
        ]
      : [],
  );
  // An allowing rule names every option it allows: it counts over one that asks about the whole program.
  const [allowing] = findings.filter(({ kind }) => kind === 'allow');
  if (allowing !== undefined && findings.every(({ kind }) => kind !== 'forbid')) return [allowing];
  if (findings.length > 0) return findings;
  const near = matches.find(({ match }) => match.kind === 'near');
  if (near?.match.kind === 'near') return [ask(near.rule.id, `${quoted(name)} is allowed, but ${near.match.text}`)];
  return [ask('unknown-command', `no rule allows ${quoted(name)}`)];
}

/** A finding of a rule that matched and does not allow: those that no rule made say nothing about a command that starts others. */
const isRefusal = (finding: Finding): boolean =>
  BUILT_IN_RULES.some((rule) => rule.id === finding.rule && rule.decision !== 'allow');

const SYSTEM_FOLDERS = /^\/(?:usr\/(?:local\/)?)?s?bin\/(?=[^/]+$)/;

export const baseName = (text: string): string => text.slice(text.lastIndexOf('/') + 1);

/** The name a command's rules are looked up by, and what is to be said of how it is written. */
function nameOf(word: ShellWord | undefined): { readonly name: string; readonly finding: Finding | undefined } {
  if (word === undefined) return { name: '', finding: undefined };
  if (word.kind !== 'literal') {
    const isOutput = word.kind === 'dynamic' && word.by === 'output';
    return {
      name: word.text,
      finding: (isOutput ? forbid : ask)(
        'dynamic-command',
        `which command ${quoted(word.text)} is, is known to the shell only`,
      ),
    };
  }
  const { text } = word;
  const name = SYSTEM_FOLDERS.test(text) ? baseName(text) : text;
  if (!/^[!-~]+$/.test(text))
    return { name: baseName(text), finding: ask('odd-name', `${quoted(text)} is no plain name of a command`) };
  if (name.includes('/'))
    return {
      name: baseName(text).toLowerCase(),
      finding: ask('program-by-path', `${quoted(text)} is a program that no rule knows`),
    };
  if (name !== name.toLowerCase())
    return { name: name.toLowerCase(), finding: ask('odd-name', `${quoted(text)} is not how the command is written`) };
  return {
    name: name.replace(/^(python|perl|ruby|php|lua|node|pip)[\d.]+$/, (whole, base: string) =>
      /^(?:python3|pip3)$/.test(whole) ? whole : base,
    ),
    finding: undefined,
  };
}

/** Words whose text is only printed are no places. */
function withoutText(words: readonly ShellWord[]): readonly ShellWord[] {
  return words[0]?.text === 'echo' ? [] : words;
}

function sourceOf({ words, assignments, redirections }: ShellCommand): string {
  return [
    ...assignments.map(({ name, value }) => `${name}=${value.text}`),
    ...words.map((word) =>
      word.kind === 'literal' && !/^[\w@%+=:,./~*-]+$/.test(word.text)
        ? `'${word.text.replaceAll("'", "'\\''")}'`
        : word.text,
    ),
    ...redirections.map(({ operator, target }) => `${operator} ${target.text}`),
  ].join(' ');
}
