import { err, ok, type Result } from '../../base/result.ts';
import { splitWords } from '../policy/commands/splitWords.ts';
import type { ServerName } from './memory.ts';

/** A launch command as somebody typed it. */
export interface Launch {
  readonly server: ServerName;
  /** The model's name or folder; undefined when none is named. */
  readonly model?: string;
  /** Flags by their whole names without dashes, `_` as `-`, aliases resolved; true for one without a value, the last of equals. */
  readonly flags: ReadonlyMap<string, string | true>;
  /** Ports that a container publishes, as they were typed; undefined outside a container. */
  readonly published?: readonly string[];
}

const ALIASES: Readonly<Record<ServerName, Readonly<Record<string, string>>>> = {
  sglang: { model: 'model-path', tp: 'tp-size', 'tensor-parallel-size': 'tp-size' },
  vllm: { tp: 'tensor-parallel-size', q: 'quantization' },
};

const LONGEST = 10_000;

/**
 * Reads `python -m sglang.launch_server ...`, `sglang serve ...`, `vllm serve MODEL ...`, `python -m vllm.entrypoints.openai.api_server ...`, each also
 * behind variables, `docker run ...` and other words. Errors are sentences for whoever typed it.
 */
export function readLaunch(text: string): Result<Launch, string> {
  if (text.length > LONGEST) return err(`The command is longer than ${LONGEST} characters.`);
  // A line that goes on is one command; what is behind the command is no part of it.
  const split = splitWords(text.replaceAll(/\\\r?\n/g, ' '));
  if (split.kind === 'error')
    return err(
      'The command cannot be read: it has to be one plain command, with its quotes closed and without ;, &, |, <, > or $.',
    );
  const words = split.value;
  const found = words.map((word, index) => serverAt(words, word, index)).find((place) => place !== undefined);
  if (found === undefined)
    return err(
      'This is no command that starts SGLang or vLLM: `python -m sglang.launch_server`, `sglang serve`, `vllm serve` or `python -m vllm.entrypoints.openai.api_server` has to stand in it.',
    );
  const { flags, positional } = flagsOf(words.slice(found.next), found.server);
  const published = publishedBy(words.slice(0, found.next));
  const named = flags.get(found.server === 'sglang' ? 'model-path' : 'model');
  const model = typeof named === 'string' ? named : positional[0];
  return ok({ server: found.server, flags, ...(model !== undefined && { model }), ...(published && { published }) });
}

function serverAt(
  words: readonly string[],
  word: string,
  index: number,
): { readonly server: ServerName; readonly next: number } | undefined {
  const program = word.slice(word.lastIndexOf('/') + 1);
  if (word === 'sglang.launch_server') return { server: 'sglang', next: index + 1 };
  if (word === 'vllm.entrypoints.openai.api_server') return { server: 'vllm', next: index + 1 };
  if (words[index + 1] === 'serve' && (program === 'sglang' || program === 'vllm'))
    return { server: program, next: index + 2 };
  // The image of vLLM starts the server by itself: what stands behind its name is for it.
  if (/^vllm\/vllm-openai(?::|$)/.test(word)) return { server: 'vllm', next: index + 1 };
  return undefined;
}

function flagsOf(
  words: readonly string[],
  server: ServerName,
): { readonly flags: ReadonlyMap<string, string | true>; readonly positional: readonly string[] } {
  const flags = new Map<string, string | true>();
  const positional: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [, typed, inline] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (typed === undefined) {
      positional.push(word);
      continue;
    }
    const plain = typed.replaceAll('_', '-');
    const name = ALIASES[server][plain] ?? plain;
    const next = words[index + 1];
    const takesNext = inline === undefined && next !== undefined && !/^--?[A-Za-z]/.test(next) && !SWITCHES.has(name);
    flags.set(name, inline ?? (takesNext ? next : true));
    if (takesNext) index += 1;
  }
  return { flags, positional };
}

/** Flags that never have a value, so that a model may stand behind one. */
const SWITCHES: ReadonlySet<string> = new Set([
  'trust-remote-code',
  'enable-metrics',
  'enable-cache-report',
  'enable-torch-compile',
  'enforce-eager',
  'disable-cuda-graph',
  'enable-auto-tool-choice',
  'language-model-only',
  'enable-prompt-tokens-details',
]);

/** What `docker run` or `podman run` publishes; with the host's network the server's own address counts, as outside a container. */
function publishedBy(words: readonly string[]): readonly string[] | undefined {
  const start = words.findIndex((word, index) => /(?:^|\/)(?:docker|podman)$/.test(word) && words[index + 1] === 'run');
  if (start === -1) return undefined;
  const rest = words.slice(start);
  if (
    rest.some(
      (word, index) =>
        /^--net(?:work)?=host$/.test(word) || (/^--net(?:work)?$/.test(word) && rest[index + 1] === 'host'),
    )
  )
    return undefined;
  return rest.flatMap((word, index) => {
    const [, inline] = /^(?:-p|--publish=)(.+)$/.exec(word) ?? [];
    if (inline !== undefined) return [inline];
    return word === '-p' || word === '--publish' ? [rest[index + 1] ?? ''] : [];
  });
}
