import { forbiddenCall } from '../policy/forbiddenCall.ts';
import type { Stage } from '../run/stage.ts';
import type { Configuration, WorkerSettings } from '../settings.ts';
import type { RoutedPolicy } from './demotion.ts';
import type { RouteFacts, RouteReason } from './routeRequest.ts';
import { ladderOf } from './rungs.ts';

/**
 * A librarian is a local worker, and one that is not local only where its own prompt is longer than the policy states: then a local one is passed over, where
 * another can take it.
 */
export function contextTooLongOrShort(
  name: string,
  { local }: WorkerSettings,
  { request, policy }: RouteFacts,
): RouteReason | undefined {
  if (request.role !== 'librarian') return undefined;
  const { estimatedTokens: tokens } = request;
  const most = policy.routing.librarian_long_context_tokens;
  if (!local) {
    if (tokens > most) return undefined;
    const text = `${name} is not local, and is asked only past ${most} tokens (routing.librarian_long_context_tokens); this is ${tokens}.`;
    return { rule: 'not-long-context', text };
  }
  const long = windowsOf(request.stage, policy).long.find(({ tokens: held }) => held >= tokens);
  if (tokens <= most || long === undefined) return undefined;
  const text = `${name} is local, and past ${most} tokens (routing.librarian_long_context_tokens) ${long.name} is asked; this is ${tokens}.`;
  return { rule: 'long-context', text };
}

/** How many tokens a librarian's prompt may have that would have so many: what the largest of those holds who would be asked. Infinity where nobody would. */
export function librarianWindow(stage: Stage, policy: RoutedPolicy, tokens: number): number {
  const { long, local } = windowsOf(stage, policy);
  const held = tokens > policy.routing.librarian_long_context_tokens && long.length > 0 ? long : local;
  return held.length === 0 ? Infinity : Math.max(...held.map((window) => window.tokens));
}

interface Window {
  readonly name: string;
  /** Tokens of a request, without its answer. */
  readonly tokens: number;
}

/** What the librarian's workers hold that [calls] allows: `long` of those that are not local and hold more than the stated size. */
function windowsOf(
  stage: Stage,
  policy: RoutedPolicy,
): { readonly long: readonly Window[]; readonly local: readonly Window[] } {
  const names = new Set(ladderOf('librarian', stage, policy).rungs.flat());
  const found = [...names].flatMap((name) => {
    const settings = settingsOf(name, policy);
    if (settings === undefined || forbiddenCall(name, settings, policy) !== undefined) return [];
    return [{ name, local: settings.local, tokens: settings.context_tokens - settings.max_output_tokens }];
  });
  const most = policy.routing.librarian_long_context_tokens;
  return {
    long: found.filter(({ local, tokens }) => !local && tokens > most),
    local: found.filter(({ local }) => local),
  };
}

function settingsOf(name: string, { workers }: Configuration): WorkerSettings | undefined {
  return Object.hasOwn(workers, name) ? workers[name] : undefined;
}
