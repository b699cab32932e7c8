import type { ShellAssignment, ShellRedirection, ShellWord } from '../../ports.ts';
import { ask, forbid, forbidHard, quoted, type Finding } from './decision.ts';
import { holdsCredentials, mayHoldSecrets, pathPlace } from './pathPlace.ts';

/** Variables that say how to print or which mode to test, and nothing that a program is found or loaded by. */
const HARMLESS =
  /^(?:CI|NODE_ENV|RAILS_ENV|APP_ENV|FORCE_COLOR|NO_COLOR|CLICOLOR|CLICOLOR_FORCE|TERM|COLUMNS|LINES|LANG|LC_[A-Z]+|TZ|DEBUG|VERBOSE|RUST_BACKTRACE|RUST_LOG|TEST_[A-Z_]*SEED|SEED|PORT|JEST_WORKERS|UPDATE|V)$/;

/** Variables by which a program is found, loaded, configured or told what to start. */
const DANGEROUS =
  /^(?:PATH|IFS|ENV|BASH_.*|BASHOPTS|SHELLOPTS|SHELL|PS[0-4]|PROMPT_COMMAND|CDPATH|GLOBIGNORE|FPATH|ZDOTDIR|HOME|PWD|OLDPWD|TMPDIR|USER|LD_.*|DYLD_.*|GIT_.*|SSH_.*|NODE_.*|NPM_.*|npm_.*|YARN_.*|PNPM_.*|BUN_.*|DENO_.*|PYTHON.*|PIP_.*|UV_.*|VIRTUAL_ENV|PERL.*|RUBY.*|GEM_.*|BUNDLE_.*|JAVA_.*|JDK_.*|_JAVA_OPTIONS|MAVEN_.*|GRADLE_.*|CLASSPATH|GO[A-Z]+|CGO_.*|CARGO.*|RUSTC.*|RUSTFLAGS|RUSTDOC.*|CC|CXX|LD|AR|CFLAGS|CXXFLAGS|LDFLAGS|MAKE.*|MFLAGS|CMAKE_.*|.*EDITOR|VISUAL|.*PAGER|LESS.*|MAN.*|BROWSER|.*_ASKPASS|.*_PROXY|.*_proxy|SSL_.*|CURL_.*|DOCKER_.*|KUBE.*|AWS_.*|.*TOKEN.*|.*SECRET.*|.*_KEY|.*PASSW.*|MALLOC_.*|GCONV_PATH|LOCPATH|NLSPATH|HOSTALIASES|RES_OPTIONS|TERMINFO.*|TERMCAP|JQ_.*|GREP_OPTIONS|RIPGREP_CONFIG_PATH|AWKPATH|AWKLIBPATH|POSIXLY_CORRECT|XDG_.*|PKG_CONFIG.*|PRELOAD|EXINIT|VIMINIT|MYVIMRC|INPUTRC|WGETRC|PHP.*|LUA_.*|R_.*|ELIXIR.*|ERL_.*)$/;

/** What is to be said of a variable that is set for a command, for those after it (`alone`), or for all (`export`). */
export function judgeAssignment({ name, value }: ShellAssignment, how: 'before' | 'alone'): Finding | undefined {
  if (/^SPECKIT/i.test(name))
    return forbidHard('own-variables', `${quoted(name)} would change how SpecKit itself decides`);
  if (DANGEROUS.test(name))
    return forbid('dangerous-variable', `${quoted(name)} decides what programs are found or loaded`);
  if (how === 'alone' && /^[a-z_][a-z0-9_]*$/.test(name)) return undefined;
  if (!HARMLESS.test(name)) return ask('variable', `${quoted(name)} is not known to be harmless`);
  if (/\/|\.\./.test(value.text)) return ask('variable', `the value of ${quoted(name)} names a file`);
  return value.kind === 'dynamic'
    ? ask('variable', `the value of ${quoted(name)} is known to the shell only`)
    : undefined;
}

/** Files a redirection may write without being asked about: what programs print, and nothing that a program is built or run by. */
const OUTPUTS =
  /^(?!.*(?:CMakeLists|requirements|constraints|meson_options|conanfile)[^/]*$).*\.(?:log|txt|out|tmp|err|tap)$/i;

/** What is to be said of a redirection. `root`: the tree's absolute folder, where it is known. */
export function judgeRedirection(
  { operator, target }: ShellRedirection,
  root: string | undefined,
): Finding | undefined {
  const isReading = operator === '<' || operator === '<&';
  if (operator.endsWith('&') && target.kind === 'literal' && /^(?:\d+|-)$/.test(target.text)) return undefined;
  if (target.kind === 'dynamic') {
    if (target.text.startsWith('<(') || target.text.startsWith('>(')) return undefined;
    return /\$\{?(?:HOME|OLDPWD)\b/.test(target.text) && !isReading
      ? forbidHard('write-system', `${quoted(target.text)} is outside the tree`)
      : ask('redirection', `where ${quoted(target.text)} leads is known to the shell only`);
  }
  if (holdsCredentials(target.text)) return forbid('credentials', `${quoted(target.text)} holds keys or passwords`);
  const place = pathPlace(target.text, root);
  if (place === 'stream') return undefined;
  if (/^\/dev\/(?:tcp|udp)\//.test(target.text)) return forbid('remote', `${quoted(target.text)} opens a connection`);
  if (isReading)
    return place === 'inside' && !mayHoldSecrets(target.text)
      ? undefined
      : ask('read-outside', `${quoted(target.text)} is not a plain file of the tree`);
  if (place === 'system') return forbidHard('write-system', `${quoted(target.text)} is outside the tree`);
  if (place === 'outside') return forbid('write-outside', `${quoted(target.text)} is outside the tree`);
  if (place === 'protected')
    return forbid('protected-files', `${quoted(target.text)} decides what counts or what runs`);
  if (place === 'temporary') return ask('write-temporary', `${quoted(target.text)} is outside the tree`);
  return target.kind === 'literal' && OUTPUTS.test(target.text)
    ? undefined
    : ask('write-in-tree', `${quoted(target.text)} would be written past the plan: patches are looked at, this is not`);
}

/** Words that name keys or passwords, whatever the command does with them. */
export function judgeWords(words: readonly ShellWord[]): Finding | undefined {
  const found = words.find((word) => holdsCredentials(word.text));
  return found === undefined ? undefined : forbid('credentials', `${quoted(found.text)} holds keys or passwords`);
}

/** Characters that make a line look like another one than it is. Tab and line feed are none. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/u;

/** What is to be said of a line before it is read. */
export function judgeText(line: string): Finding | undefined {
  if (line.length > MAX_LINE) return ask('too-long', `a line of more than ${MAX_LINE} characters is not judged`);
  const plain = line.replaceAll(/[\t\n]/g, ' ');
  const unseen = UNSEEN.exec(plain)?.[0];
  if (unseen !== undefined)
    return ask(
      'unseen-character',
      `it holds the character U+${(unseen.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}, which cannot be seen`,
    );
  if (/[^\P{Zs} ]/u.test(plain)) return ask('unseen-character', 'it holds a space that is none to a shell');
  return undefined;
}

/** Longest line that is judged, in UTF-16 units. */
export const MAX_LINE = 8_000;
