import { err, ok, type Result } from '../../base/result.ts';
import { splitWords } from '../policy/commands/splitWords.ts';
import { isLoopback } from '../policy/loopback.ts';

/** Where a server that a command starts can be reached from, as far as its words tell. */
export type ServerReach =
  | { readonly kind: 'loopback' }
  | { readonly kind: 'everybody'; readonly why: string; readonly next: string };

/** The words of `reflex_server.command`, which runs without a shell. The error says in a sentence what is wrong with it. */
export function serverWords(command: string): Result<readonly string[], string> {
  // A long command is written over several lines, as in a shell.
  const split = splitWords(command.replaceAll(/\\\r?\n/g, ' ').trim());
  if (split.kind === 'error')
    return err(
      'It is started without a shell, so it is one plain command: no pipes, no variables, no redirections, and every quote closed.',
    );
  const [program = ''] = split.value;
  if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(program))
    return err(
      `It begins with ${program.split('=')[0]}=…: put variables into [reflex_server.environment], as there is no shell.`,
    );
  const tilde = split.value.find((word) => /^(?:--?[\w-]+=)?~(?:\/|$)/.test(word));
  if (tilde !== undefined) return err(`${tilde} is not expanded, as there is no shell: write the path out.`);
  return ok(split.value);
}

/**
 * Whether only this computer can reach the server, by its words and the variables it is given. Defaults are those of the servers' own documentation:
 * SGLang, llama.cpp and Ollama listen on 127.0.0.1, `vllm serve` and a published port of a container on all interfaces. What cannot be told from words
 * (a script, a compose file) counts as loopback here: the supervisor looks again at the port once it is open.
 */
export function serverReach(words: readonly string[], environment: Readonly<Record<string, string>>): ServerReach {
  const inner = containerReach(words);
  if (inner !== undefined) return inner;
  const hosts = [...valuesOf(words, HOST_OPTIONS), ...hostOfVariable(environment['OLLAMA_HOST'])];
  const open = hosts.find((host) => !isOwnHost(host));
  if (open !== undefined)
    return {
      kind: 'everybody',
      why: `It listens on ${open}, so everybody in your network can use the server, without a key.`,
      next: 'Write --host 127.0.0.1',
    };
  if (hosts.length === 0 && isVllm(words))
    return {
      kind: 'everybody',
      why: 'vLLM listens on all interfaces where no --host is given.',
      next: 'Add --host 127.0.0.1',
    };
  return { kind: 'loopback' };
}

const HOST_OPTIONS: readonly string[] = ['--host', '--hostname', '--bind', '--listen-address'];
const CONTAINER_PROGRAMS: readonly string[] = ['docker', 'podman', 'nerdctl'];

/** Of a container that is run: what it publishes. Undefined for everything else, and where the container shares this computer's network. */
function containerReach(words: readonly string[]): ServerReach | undefined {
  const run = words.indexOf('run');
  if (!CONTAINER_PROGRAMS.includes(nameOf(words[0] ?? '')) || run === -1) return undefined;
  if (valuesOf(words, ['--network', '--net']).includes('host')) return undefined;
  const next = 'Publish it for this computer alone, as in -p 127.0.0.1:3009:30000';
  if (words.includes('-P') || words.includes('--publish-all'))
    return { kind: 'everybody', why: '--publish-all publishes ports on all interfaces.', next };
  const open = valuesOf(words.slice(run), ['-p', '--publish']).find((port) => !isOwnHost(publishedHost(port)));
  if (open === undefined) return { kind: 'loopback' };
  return { kind: 'everybody', why: `The port ${open} of the container is published on all interfaces.`, next };
}

/** The port on this computer that the words name; undefined where they name none, and the server's own default counts. */
export function serverPort(words: readonly string[]): number | undefined {
  const run = words.indexOf('run');
  const isContainer = CONTAINER_PROGRAMS.includes(nameOf(words[0] ?? '')) && run !== -1;
  const published = isContainer ? valuesOf(words.slice(run), ['-p', '--publish']) : [];
  // Of a container only what it publishes counts here, and where that is several ports nobody knows which one is meant.
  if (published.length > 1) return undefined;
  const isApart = isContainer && !valuesOf(words, ['--network', '--net']).includes('host');
  const [port] = isApart ? published.map((value) => value.split(':').at(-2)) : valuesOf(words, ['--port']);
  return port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : undefined;
}

/** The address of `127.0.0.1:3009:30000`, `[::1]:3009:30000`; empty for `3009:30000`, which is all interfaces. */
function publishedHost(port: string): string {
  const [, host = ''] = /^(\[[^\]]*\]|[^:]*):[^:]*:[^:]+$/.exec(port) ?? [];
  return host;
}

/** The values of options, written `--host X` or `--host=X`. */
function valuesOf(words: readonly string[], options: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    if (options.includes(word)) return [words[index + 1] ?? ''];
    const option = options.find((name) => name.startsWith('--') && word.startsWith(`${name}=`));
    return option === undefined ? [] : [word.slice(option.length + 1)];
  });
}

/** OLLAMA_HOST is a host, a host with a port, or a URL. */
function hostOfVariable(value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const host = value.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '');
  return [/^\[[^\]]*\]|^[^:]*(?=:\d+$)/.exec(host)?.[0] ?? host];
}

function isOwnHost(host: string): boolean {
  const name = host.replaceAll(/^\[|\]$/g, '').toLowerCase();
  return name === '::1' || isLoopback(name);
}

function isVllm(words: readonly string[]): boolean {
  const [program = '', first] = words;
  return (
    (nameOf(program) === 'vllm' && first === 'serve') || words.some((word) => word.startsWith('vllm.entrypoints.'))
  );
}

/** The last part of a path, without Windows' ending. */
function nameOf(program: string): string {
  return (program.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, '');
}

const MASK = '[hidden]';
const KEY_OPTION = /^--(?:[\w-]*-)?(?:api-?key|token|password|secret)$/i;

/** The keys that stand in a command, as in `--api-key K`: neither a log nor a state shows them. */
export function keysIn(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    if (KEY_OPTION.test(words[index - 1] ?? '')) return [word];
    const at = word.indexOf('=');
    return at !== -1 && KEY_OPTION.test(word.slice(0, at)) ? [word.slice(at + 1)] : [];
  });
}

/** A text without these secrets. One of fewer than six characters would hide ordinary words, so it is left. */
export function withoutKeys(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= 6).reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
}
