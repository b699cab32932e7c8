import type { ShellWord } from '../../ports.ts';
import { isShell } from './unwrap.ts';

/** Stands among a command's programs when it runs what it reads: `sh` without a script, `source <(...)`, `eval` of an output. */
export const readsProgram = '(reads its program)';

/** Programs whose output nobody has read: from the network, or decoded. */
export const SOURCES: ReadonlySet<string> = new Set(
  (
    'curl wget http https aria2c fetch lynx w3m links nc ncat netcat socat telnet ftp ssh scp dig nslookup host base64 base32 basenc xxd uudecode openssl ' +
    'gpg gunzip zcat bunzip2 bzcat xzcat unxz zstdcat lzcat rev tr printf'
  ).split(' '),
);

/** Options that hold the program of an interpreter, or name a module: its input is then data. */
const INTERPRETERS: Readonly<Record<string, RegExp>> = {
  python: /^-[a-zA-Z]*[cm]/,
  python3: /^-[a-zA-Z]*[cm]/,
  node: /^-(?:e|p|pe|c|v|h)$|^--(?:eval|print|check|test|version|help)/,
  perl: /^-[a-zA-Z0]*[eEvV]/,
  ruby: /^-[a-zA-Z]*[ev]/,
  php: /^-[rBREvifm]/,
  lua: /^-[ev]/,
  bun: /^-e|^--version/,
  deno: /^--version/,
  osascript: /^-e/,
  tclsh: /^$/,
  guile: /^-[ce]/,
  R: /^-e/,
  psql: /^-c/,
  sqlite3: /^$/,
  gdb: /^$/,
  ed: /^$/,
  at: /^$/,
};

/** The program's name, and `readsProgram` where it would run its input or what only the shell knows. */
export function programsOf(name: string, words: readonly ShellWord[]): readonly string[] {
  const rest = words.slice(1);
  const isInput = (word: ShellWord): boolean =>
    word.text === '-' || word.text === '-s' || /^\/dev\/(?:stdin|fd\/0)$/.test(word.text);
  const isHidden = (word: ShellWord): boolean => word.kind === 'dynamic';
  const operands = rest.filter((word) => word.kind !== 'literal' || !/^[-+]./.test(word.text));
  if (name === 'source' || name === '.' || name === 'eval')
    return rest.some((word) => isHidden(word) || isInput(word)) ? [name, readsProgram] : [name];
  if (isShell(name)) {
    const isText = rest.some((word) => /^-[a-zA-Z]*c/.test(word.text));
    const reads = isText
      ? rest.some(isHidden)
      : operands.length === 0 || rest.some(isInput) || (operands[0] !== undefined && isHidden(operands[0]));
    return reads ? [name, readsProgram] : [name];
  }
  const options = INTERPRETERS[name];
  if (options === undefined) return [name];
  const hasText = rest.some((word) => options.test(word.text));
  const [first] = operands;
  const reads = hasText
    ? rest.some((word) => isHidden(word))
    : first === undefined || isInput(first) || isHidden(first);
  return reads ? [name, readsProgram] : [name];
}

/** Programs whose arguments hold programs in another language. */
const LANGUAGES = new Set(
  'python python3 node perl ruby php lua bun deno osascript awk gawk mawk nawk tclsh guile vim vi nvim ex ed emacs make gmake sed gdb less man psql sqlite3 mysql expect script rsync tar npm'.split(
    ' ',
  ),
);

/** How much of a program in another language is looked at. */
const MAX_PROGRAM = 2_000;

/** Texts in the arguments that may be shell lines: what stands in quotes in them, after `!` and after `=`. At most 20, of 500 characters. */
export function stringsIn(name: string, words: readonly ShellWord[]): readonly string[] {
  if (!LANGUAGES.has(name)) return [];
  const found = words.slice(1).flatMap(({ text: whole }) => {
    const text = whole.slice(0, MAX_PROGRAM);
    return [
      ...[...text.matchAll(/(["'`])((?:(?!\1)[^\\]|\\.)*)\1/gs)].map((match) => match[2] ?? ''),
      ...[...text.matchAll(/(?:[!=]|\bexec=|\bsystem\s+)([^"'`=!][^!]*)$/gs)].map((match) => match[1] ?? ''),
    ];
  });
  return found.filter((text) => /^\S{2,}/.test(text) && text.length <= 500).slice(0, 20);
}
