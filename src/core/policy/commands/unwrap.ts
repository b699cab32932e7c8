import type { ShellAssignment, ShellWord } from '../../ports.ts';
import { ask, forbid, type Finding, quoted } from './decision.ts';
import { unwrapGit } from './unwrapGit.ts';

/** What a command starts in its turn: words as they stand, or a text for a shell. */
export type Inner =
  | { readonly kind: 'words'; readonly words: readonly ShellWord[] }
  | { readonly kind: 'script'; readonly text: ShellWord };

/** A command that runs others. `own` is what is to be said of the wrapping itself; without one what is inside decides alone. */
export interface Unwrapped {
  readonly own?: Finding;
  readonly inner: readonly Inner[];
  readonly assignments?: readonly ShellAssignment[];
}

interface Wrapper {
  /** Options whose value is the next word. */
  readonly values?: readonly string[];
  readonly flags?: readonly string[];
  /** Words of its own before the command. */
  readonly operands?: number;
  /** Why a person is asked even when what is inside is allowed. */
  readonly ask?: string;
}

const list = (words: string): readonly string[] => words.split(' ');
const DOWNLOADS = 'may download a package and run it';
const PROJECT = "runs in an environment that the project's files describe";

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  time: { flags: ['-p'] },
  nohup: {},
  nice: { values: ['-n', '--adjustment'] },
  ionice: { values: ['-c', '-n', '-p'] },
  timeout: {
    values: list('-s -k --signal --kill-after'),
    flags: list('--foreground --preserve-status -v --verbose'),
    operands: 1,
  },
  stdbuf: { values: list('-i -o -e'), flags: list('-oL -eL -o0 -e0 -i0') },
  command: { flags: ['-p'] },
  builtin: {},
  exec: { values: ['-a'], flags: ['-c', '-l'] },
  env: { values: list('-u --unset'), flags: list('-i - --ignore-environment') },
  setsid: { flags: list('-f -w -c'), ask: 'leaves the group of processes that ends with the run' },
  coproc: { ask: 'runs beside the rest' },
  '!': {},
  chronic: { ask: 'runs another command' },
  unbuffer: { ask: 'runs another command' },
  valgrind: { ask: 'runs another command' },
  perf: { operands: 1, ask: 'runs another command' },
  caffeinate: { ask: 'runs another command' },
  faketime: { operands: 1, ask: 'runs another command' },
  flock: { values: list('-w -E'), operands: 1, ask: 'runs another command' },
  sudo: { values: list('-u -g -h -p -C -U -r -t -D -T'), ask: 'takes rights' },
  doas: { values: list('-u -C'), ask: 'takes rights' },
  busybox: { ask: 'is many commands in one' },
  toybox: { ask: 'is many commands in one' },
  xvfb: { ask: 'runs another command' },
  'xvfb-run': { ask: 'runs another command' },
  dotenv: { ask: PROJECT },
  'cross-env': { ask: 'sets variables' },
  npx: { values: list('-p --package'), ask: DOWNLOADS },
  bunx: { ask: DOWNLOADS },
  pnpx: { ask: DOWNLOADS },
  uvx: { ask: DOWNLOADS },
  ssh: {
    values: list('-p -i -o -l -F -J -L -R -D -b -c -E -e -I -m -O -Q -S -W -w'),
    operands: 1,
    ask: 'runs on another machine',
  },
  xargs: {
    values: list('-I -n -P -L -d -a -E -s -J -R --max-args --max-procs --delimiter --arg-file --replace'),
    flags: list('-0 -r -t -p -x --null --no-run-if-empty --verbose'),
  },
  parallel: { values: list('-j --jobs -a'), ask: 'builds command lines' },
  watch: { values: list('-n --interval'), ask: 'runs a command again and again' },
  entr: { ask: 'runs a command again and again' },
};

/** Words after a program that stand before the command it runs: `npm exec`, `pnpm dlx`. */
const SUBCOMMANDS: Readonly<Record<string, { readonly words: readonly string[]; readonly ask: string }>> = {
  npm: { words: ['exec', 'x'], ask: DOWNLOADS },
  pnpm: { words: ['exec', 'dlx', 'x'], ask: DOWNLOADS },
  yarn: { words: ['exec', 'dlx', 'run'], ask: DOWNLOADS },
  bun: { words: ['x', 'run'], ask: DOWNLOADS },
  pipx: { words: ['run'], ask: DOWNLOADS },
  uv: { words: ['run'], ask: PROJECT },
  poetry: { words: ['run'], ask: PROJECT },
  pipenv: { words: ['run'], ask: PROJECT },
  bundle: { words: ['exec'], ask: PROJECT },
  conda: { words: ['run'], ask: PROJECT },
  mise: { words: ['exec', 'x'], ask: PROJECT },
  docker: { words: ['run', 'exec'], ask: 'runs in a container' },
  podman: { words: ['run', 'exec'], ask: 'runs in a container' },
  kubectl: { words: ['exec'], ask: 'runs elsewhere' },
};

const SHELLS = new Set(list('sh bash dash zsh ksh mksh ash fish rbash csh tcsh'));

export const isShell = (name: string): boolean => SHELLS.has(name);

/** What `words` would start, or undefined when `name` (its first word, without folders) is no program that starts others. */
export function unwrap(name: string, words: readonly ShellWord[]): Unwrapped | undefined {
  if (isShell(name)) return unwrapShell(name, words);
  if (name === 'git') return unwrapGit(words);
  if (name === 'find') return unwrapFind(words);
  if (name === 'eval')
    return {
      own: ask('eval', 'eval reads its words a second time'),
      inner: [{ kind: 'script', text: joined(words.slice(1)) }],
    };
  if (name === 'trap')
    return {
      own: ask('trap', 'a trap runs later'),
      inner: words.slice(1, 2).map((text) => ({ kind: 'script', text })),
    };
  if (name === 'alias')
    return {
      own: ask('alias', 'an alias gives a command another meaning'),
      inner: words
        .slice(1)
        .map((word) => ({ kind: 'script', text: { ...word, text: word.text.replace(/^[^=]*=/, '') } })),
    };
  const wrapper = WRAPPERS[name];
  if (wrapper !== undefined) return unwrapPlain(name, wrapper, words);
  const sub = SUBCOMMANDS[name];
  const at = words.findIndex((word, index) => index > 0 && sub?.words.includes(word.text) === true);
  if (sub !== undefined && at > 0 && at < 4)
    return unwrapPlain(name, { ask: sub.ask, values: ['-p', '--package'] }, words.slice(at));
  return scriptOption(name, words);
}

function unwrapPlain(name: string, wrapper: Wrapper, words: readonly ShellWord[]): Unwrapped | undefined {
  let at = 1;
  let own = wrapper.ask === undefined ? undefined : ask('wrapper', `${name} ${wrapper.ask}`);
  const scripts: Inner[] = [];
  for (
    let word = words[at];
    word !== undefined && word.kind === 'literal' && word.text.startsWith('-');
    word = words[at]
  ) {
    at += 1;
    if (word.text === '--') break;
    if (wrapper.flags?.includes(word.text) === true || (name === 'nice' && /^-\d+$/.test(word.text))) continue;
    const option = /^--[^=]+(?==)/.exec(word.text)?.[0] ?? word.text;
    if (name === 'xargs' && /^-[IiJ]|^--replace/.test(option))
      own ??= ask('wrapper', 'xargs puts its input into the command');
    if (wrapper.values?.includes(option) === true) at += option === word.text ? 1 : 0;
    else {
      own ??= ask('wrapper', `${name} is given ${quoted(word.text)}, which is not known to be harmless`);
      // A text for a shell: env -S, npx -c, flock -c, script -c.
      const value = option === word.text ? words[at] : { ...word, text: word.text.slice(option.length + 1) };
      if (/^-\w*[cS]$|^--(?:call|command|split-string)$/.test(option) && value !== undefined)
        scripts.push({ kind: 'script', text: value });
    }
  }
  const assignments: ShellAssignment[] = [];
  for (
    let word = words[at];
    name === 'env' || name === 'cross-env' ? word?.text.includes('=') : false;
    word = words[at]
  ) {
    at += 1;
    const [variable = '', ...value] = (word?.text ?? '').split('=');
    assignments.push({ name: variable, value: { kind: 'literal', text: value.join('=') } });
  }
  const rest = words.slice(at + (wrapper.operands ?? 0));
  if (name === 'command' && own !== undefined)
    return /^-[vV]$/.test(words[1]?.text ?? '') ? { inner: [] } : { own, inner: [{ kind: 'words', words: rest }] };
  if (rest.length === 0 && scripts.length === 0)
    return name === 'exec' || name === 'env'
      ? { own: ask('wrapper', `${name} alone is no command that is judged`), inner: [], assignments }
      : own === undefined
        ? undefined
        : { own, inner: [] };
  if (name === 'xargs')
    return { ...(own === undefined ? {} : { own }), inner: [{ kind: 'words', words: [...rest, UNKNOWN] }, ...scripts] };
  const asScript =
    name === 'parallel' || name === 'watch' || name === 'ssh' || rest.length === 1 ? joined(rest) : undefined;
  const inner: Inner[] =
    asScript !== undefined && own !== undefined
      ? [{ kind: 'script', text: asScript }]
      : [{ kind: 'words', words: rest }];
  return { ...(own === undefined ? {} : { own }), inner: [...inner, ...scripts], assignments };
}

/** What arrives by a pipe. */
const UNKNOWN: ShellWord = { kind: 'dynamic', text: '(from its input)', by: 'other' };

/** `sh -c TEXT`, also as `bash -lc`, `bash -euo pipefail -c`. A shell without a text runs a file or its input. */
function unwrapShell(name: string, words: readonly ShellWord[]): Unwrapped {
  let own: Finding | undefined = /^(?:sh|bash|dash|ksh|ash)$/.test(name)
    ? undefined
    : ask('other-shell', `${name} has a grammar of its own`);
  let at = 1;
  let isText = false;
  for (let word = words[at]; word !== undefined && /^[-+]/.test(word.text); word = words[at]) {
    at += 1;
    if (word.text === '--' || word.text === '-') break;
    if (/^-[a-zA-Z]*c/.test(word.text)) isText = true;
    if (word.kind !== 'literal' || !/^-[leuxvc]*o?$/.test(word.text) || word.text.length === 1)
      own ??= ask('shell-option', `${name} is given ${quoted(word.text)}, which is not known to be harmless`);
    if (/^[-+][a-zA-Z]*[oO]$|^--(?:rcfile|init-file)$/.test(word.text)) at += 1;
  }
  const text = words[at];
  if (isText && text !== undefined) return { ...(own === undefined ? {} : { own }), inner: [{ kind: 'script', text }] };
  if (words.length === 2 && words[1]?.text === '--version') return { inner: [] };
  return {
    own:
      own ??
      ask('shell-script', `${name} would run ${text === undefined ? 'its input' : `the script ${quoted(text.text)}`}`),
    inner: [],
  };
}

function unwrapFind(words: readonly ShellWord[]): Unwrapped | undefined {
  const isRun = (word: ShellWord): boolean => /^-(?:exec|execdir|ok|okdir)$/.test(word.text);
  if (!words.some(isRun)) return undefined;
  const firstOption = words.findIndex(
    (word, index) => index > 0 && /^[-(!]/.test(word.text) && !/^-[HLP]$/.test(word.text),
  );
  const roots = words.slice(1, firstOption).filter((word) => !/^-[HLP]$/.test(word.text));
  const rest: ShellWord[] = [];
  const inner: Inner[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) break;
    if (!isRun(word)) {
      rest.push(word);
      continue;
    }
    const end = words.findIndex(
      (other, index) => index > at && (other.text === ';' || (other.text === '+' && words[index - 1]?.text === '{}')),
    );
    const command = words.slice(at + 1, end === -1 ? words.length : end);
    inner.push({ kind: 'words', words: command.flatMap((part) => foundFile(part, roots)) });
    at = end === -1 ? words.length : end;
  }
  return { inner: [{ kind: 'words', words: rest }, ...inner] };
}

/** `{}` stands for a file below one of the roots; within a longer word it may become anything. */
function foundFile(word: ShellWord, roots: readonly ShellWord[]): readonly ShellWord[] {
  if (!word.text.includes('{}')) return [word];
  if (word.text !== '{}') return [{ kind: 'dynamic', text: word.text, by: 'other' }];
  const from = roots.length === 0 ? [{ kind: 'literal' as const, text: '.' }] : roots;
  return from.map((root) => ({ ...root, text: `${root.text}/found` }));
}

const TEXT_OPTIONS: Readonly<Record<string, RegExp>> = {
  script: /^-\w*c$|^--command$/,
  su: /^-\w*c$|^--command$/,
  runuser: /^-\w*c$|^--command$/,
  vagrant: /^-c$/,
  rsync: /^-e$|^--rsh$|^--rsync-path$/,
  tar: /^--(?:to-command|use-compress-program|rsh-command|info-script|checkpoint-action)$|^-[IF]$/,
  sort: /^--compress-program$/,
  rg: /^--(?:pre|hostname-bin)$/,
  man: /^-P$|^--pager$/,
  less: /^\+!?/,
  zip: /^-TT$/,
  fd: /^-[xX]$|^--exec(?:-batch)?$/,
};

/** Programs that take a command as the value of an option. */
function scriptOption(name: string, words: readonly ShellWord[]): Unwrapped | undefined {
  const option = TEXT_OPTIONS[name];
  if (option === undefined) return undefined;
  const inner = words.flatMap((word, index): readonly Inner[] => {
    const [, long = word.text, value] = /^(--[^=]+)=(?:exec=)?(.*)$/s.exec(word.text) ?? [];
    if (!option.test(long)) return [];
    const text =
      value === undefined
        ? joined(name === 'fd' ? words.slice(index + 1) : words.slice(index + 1, index + 2))
        : { ...word, text: value };
    return [{ kind: 'script', text }];
  });
  return inner.length === 0
    ? undefined
    : { own: forbid('command-as-option', `${name} would start another command by an option`), inner };
}

/** Words put together as eval and ssh do it. */
function joined(words: readonly ShellWord[]): ShellWord {
  const text = words.map((word) => word.text).join(' ');
  return words.some((word) => word.kind === 'dynamic')
    ? { kind: 'dynamic', text, by: 'other' }
    : { kind: 'literal', text };
}
