import type { ShellWord } from '../../ports.ts';
import { ask, forbid, quoted, strictest, type Finding } from './decision.ts';
import type { Inner, Unwrapped } from './unwrap.ts';

/** Options before git's own command that take the next word, and those that are harmless alone (git(1)). */
const VALUES = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--exec-path',
  '--config-env',
  '--super-prefix',
  '--attr-source',
]);
const HARMLESS = new Set([
  '--no-pager',
  '-P',
  '--literal-pathspecs',
  '--no-optional-locks',
  '--no-replace-objects',
  '--icase-pathspecs',
  '--glob-pathspecs',
]);

/** Settings whose value git runs, or that decide which program it runs. */
const RUNS =
  /^(?:alias\.|core\.(?:pager|editor|sshcommand|fsmonitor|hookspath|gitproxy|askpass|attributesfile|worktree)|pager\.|diff\.(?:external|.*\.(?:command|textconv))|difftool\.|mergetool\.|merge\..*\.driver|filter\.|credential|gpg\.|sequence\.editor|protocol\.|uploadpack\.|remote\..*\.(?:uploadpack|receivepack|proxy|vcs|url|pushurl)|url\.|include|http\.|init\.templatedir|browser\.|man\.|help\.|web\.|sendemail\.|interactive\.difffilter|trailer\.|submodule\..*\.update|receive\.|gc\.|safe\.|user\.signingkey|commit\.gpgsign|core\.alternaterefscommand)/i;

/** Options of its commands that start a program or reach one elsewhere. */
const STARTS =
  /^(?:--upload-pack|--receive-pack|--exec|--ext-diff|--textconv|--open-files-in-pager|--extcmd|--tool|--template|--remote|--smtp-server|--to-cmd|--cc-cmd)(?:=|$)|^-O.|^ext::|^-u.*[/ ]/;

/**
 * Git's options before its command are taken off, so that rules see `git log` whatever stands between, and each of them is weighed. What git itself
 * would start (aliases, `submodule foreach`, `bisect run`, `rebase --exec`) is judged in its turn.
 */
export function unwrapGit(words: readonly ShellWord[]): Unwrapped | undefined {
  const findings: Finding[] = [];
  const inner: Inner[] = [];
  let at = 1;
  for (let word = words[at]; word !== undefined && /^-./.test(word.text); word = words[at]) {
    at += 1;
    if (HARMLESS.has(word.text)) continue;
    const option = /^--[^=]+(?==)/.exec(word.text)?.[0] ?? word.text;
    const value =
      option === word.text
        ? VALUES.has(option)
          ? words[at++]
          : undefined
        : { ...word, text: word.text.slice(option.length + 1) };
    if (['--version', '--help', '-h', '-v', '--html-path', '--man-path'].includes(option) && option !== '--help')
      return undefined;
    if (option === '-c' || option === '--config-env') settings(value, findings, inner);
    else findings.push(ask('git-option', `git is given ${quoted(word.text)} before its command`));
  }
  const rest = words.slice(at);
  const [command, second] = rest.map((word) => word.text);
  for (const word of rest) {
    if (STARTS.test(word.text))
      findings.push(forbid('git-starts-programs', `${quoted(word.text)} has git start a program`));
  }
  if (command === 'submodule' && second === 'foreach')
    inner.push({ kind: 'script', text: joined(rest.slice(2).filter((word) => word.text !== '--recursive')) });
  if (command === 'bisect' && second === 'run') inner.push({ kind: 'words', words: rest.slice(2) });
  rest.forEach((word, index) => {
    const value = /^(?:--exec|--extcmd)=(.*)$/s.exec(word.text)?.[1];
    if (value !== undefined) inner.push({ kind: 'script', text: { ...word, text: value } });
    else if (
      (command === 'rebase' && (word.text === '-x' || word.text === '--exec')) ||
      (command === 'difftool' && word.text === '-x')
    ) {
      inner.push(...rest.slice(index + 1, index + 2).map((text): Inner => ({ kind: 'script', text })));
    }
  });
  if (at === 1 && inner.length === 0 && findings.length === 0) return undefined;
  const [name] = words;
  const plain: readonly Inner[] = name === undefined || at === 1 ? [] : [{ kind: 'words', words: [name, ...rest] }];
  const [first, ...others] =
    at === 1 && findings.length === 0 ? [ask('git-runs', 'git would run a command')] : findings;
  return { ...(first === undefined ? {} : { own: strictest(first, ...others) }), inner: [...plain, ...inner] };
}

function settings(value: ShellWord | undefined, findings: Finding[], inner: Inner[]): void {
  const text = value?.text ?? '';
  const runs = value === undefined || value.kind !== 'literal' || RUNS.test(text);
  findings.push(
    runs
      ? forbid('git-setting', `git would run what the setting ${quoted(text)} names`)
      : ask('git-setting', `git is given the setting ${quoted(text)}`),
  );
  if (value === undefined || !runs) return;
  const program = text.slice(text.indexOf('=') + 1);
  inner.push({
    kind: 'script',
    text: {
      ...value,
      text: program.startsWith('!') ? program.slice(1) : /^alias\./i.test(text) ? `git ${program}` : program,
    },
  });
}

function joined(words: readonly ShellWord[]): ShellWord {
  const text = words.map((word) => word.text).join(' ');
  return words.some((word) => word.kind === 'dynamic')
    ? { kind: 'dynamic', text, by: 'other' }
    : { kind: 'literal', text };
}
