import { parsedJson } from '../../base/parsedJson.ts';
import { textMember } from '../models/looseJson.ts';
import { getText } from './getText.ts';
import type { ServerHealth } from './health.ts';

/** Where each kind of server tells its version, and in which member. SGLang's older name of its route stands second. */
const ROUTES: Readonly<Record<string, readonly (readonly [route: string, member: string])[]>> = {
  sglang: [
    ['/server_info', 'version'],
    ['/get_server_info', 'version'],
  ],
  vllm: [['/version', 'version']],
  ollama: [['/api/version', 'version']],
  'llama.cpp': [['/props', 'build_info']],
};

const DEADLINE_MS = 2_000;

/**
 * Which server answers and its version, e.g. `vllm 0.33.0`; the kind alone where it tells no version, null where not even that is known. At most 200
 * characters. Takes at most two deadlines of 2 s; never throws for what a server can do. `baseUrl` with or without `/v1`.
 */
export async function readServerVersion(
  { server }: Extract<ServerHealth, { kind: 'answers' }>,
  { baseUrl, key }: { readonly baseUrl: string; readonly key: string | undefined },
  signal: AbortSignal,
): Promise<string | null> {
  const root = baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
  for (const [route, name] of ROUTES[server] ?? []) {
    const answer = await getText(`${root}${route}`, { key, deadlineMs: DEADLINE_MS }, signal);
    const version = answer.kind === 'response' && answer.status === 200 ? memberOf(answer.text, name) : undefined;
    if (version !== undefined && version.trim() !== '') return `${server} ${version.trim()}`.slice(0, 200);
  }
  return server === 'unknown' ? null : server;
}

const memberOf = (text: string, name: string): string | undefined => textMember(parsedJson(text), name);
