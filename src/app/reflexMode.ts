import { counted } from '../base/counted.ts';
import type { ModelError } from '../core/ports.ts';
import type { ReflexServer } from '../core/reflex/decision.ts';
import type { ReflexMode } from '../core/reflex/mode.ts';
import type { Promotion } from '../core/reflex/subject.ts';
import { REFLEX } from '../core/reflex/worker.ts';
import { faultText } from '../core/router/recovery.ts';
import type { PromptTemplate } from '../core/prompt/template.ts';
import type { RunLog } from '../core/run/runLog.ts';
import type { Configuration } from '../core/settings.ts';
import { readReflexServer, type SeenServer } from '../node/reflex/reflexServer.ts';
import type { Services } from './services.ts';

/** What a run's reflex stands on. */
export interface ReflexGround {
  /** Of the frozen policy. */
  readonly reflex: Configuration['reflex'];
  /** As the switch stands now. */
  readonly isEnabled: boolean;
  readonly root: string;
  readonly prompts: ReadonlyMap<string, PromptTemplate>;
  readonly log: RunLog;
  /** Milliseconds between two looks; 10,000 when left out. */
  readonly lookEveryMs?: number;
  readonly signal: AbortSignal;
}

/** How often the server is looked at while a run implements. */
const LOOK_EVERY_MS = 10_000;

/** Faults that say nothing of the server: it was not reached, or answered what it should. */
const NOT_ITS_FAULT: ReadonlySet<ModelError['kind']> = new Set([
  'stopped',
  'recordingMissing',
  'overBudget',
  'contextOverflow',
  'tooLarge',
]);

/**
 * What a run knows of its local server, kept by looks in the background. A look that began after the last failure and finds the server well lets it be
 * called again; that it is left alone, and called again, is an event of the log each time.
 */
export function createReflexMode(services: Services, ground: ReflexGround): ReflexMode {
  const { reflex, log } = ground;
  let seen: { readonly server: SeenServer; readonly at: number } | undefined;
  let promotion: Promotion = { kind: 'none', why: 'nothing is known of the server yet' };
  let failures = 0;
  let failedAt = 0;

  async function look(signal: AbortSignal): Promise<void> {
    const began = services.clock.now();
    const depth = seen?.server.kind === 'healthy' && failures === 0 ? 'light' : 'whole';
    const server = await readReflexServer({ endpoint: reflex.endpoint, model: reflex.model, depth }, signal);
    if (signal.aborted) return;
    promotion = await promotionOf(server);
    seen = { server, at: services.clock.now() };
    if (server.kind !== 'healthy' || failures === 0 || began <= failedAt || depth === 'light') return;
    if (failures >= reflex.fallback.max_failures) note(REFLEX, 'closed', 'a fresh look found it healthy');
    failures = 0;
  }

  async function promotionOf(server: SeenServer): Promise<Promotion> {
    if (server.kind !== 'healthy') return { kind: 'none', why: 'the server cannot be used' };
    const subject = { root: ground.root, reflex, server: server.version, prompts: ground.prompts };
    // A report that cannot be read proves nothing.
    return services.promotion(subject).catch((error: unknown) => ({
      kind: 'none',
      why: `its bake-off cannot be read (${String(error instanceof Error ? error.message : error).slice(0, 300)})`,
    }));
  }

  function note(key: string, to: 'open' | 'closed', text: string): void {
    log.append('CircuitChange', { key, endpoint: `${reflex.model} at ${reflex.endpoint}`, to, text });
  }

  return {
    kind: 'live',
    enabled: ground.isEnabled,
    server: () => shownServer(seen, services.clock.now()),
    promotion: () => promotion,
    failures: () => failures,
    ended(key, error) {
      if (error === undefined) failures = 0;
      if (error === undefined || NOT_ITS_FAULT.has(error.kind)) return;
      failures += 1;
      failedAt = services.clock.now();
      if (failures === reflex.fallback.max_failures)
        note(
          key,
          'open',
          `left alone after ${counted(failures, 'call')} without an answer until it is found healthy: ${faultText(error)}`,
        );
    },
    async watch() {
      if (!ground.isEnabled) return { [Symbol.dispose]: () => undefined };
      const ended = new AbortController();
      const signal = AbortSignal.any([ground.signal, ended.signal]);
      let isLooking = false;
      const lookOnce = async (): Promise<void> => {
        if (isLooking) return;
        isLooking = true;
        await look(signal).finally(() => (isLooking = false));
      };
      await lookOnce();
      const timer = setInterval(
        () => void lookOnce().catch(() => (seen = undefined)),
        ground.lookEveryMs ?? LOOK_EVERY_MS,
      );
      timer.unref();
      return {
        [Symbol.dispose]: () => {
          clearInterval(timer);
          ended.abort();
        },
      };
    },
  };
}

function shownServer(
  seen: { readonly server: SeenServer; readonly at: number } | undefined,
  now: number,
): ReflexServer {
  if (seen === undefined) return { kind: 'unknown', why: 'it was not looked at yet' };
  return seen.server.kind === 'healthy' ? { ...seen.server, ageMs: now - seen.at } : seen.server;
}

/** In a replay nobody is looked at: whose attempts they were is in the log. */
export function recordedReflex(): ReflexMode {
  return {
    kind: 'recorded',
    enabled: true,
    server: () => ({ kind: 'unknown', why: 'a replay looks at no server' }),
    promotion: () => ({ kind: 'none', why: 'a replay looks at no report' }),
    failures: () => 0,
    ended: () => undefined,
    watch: async () => ({ [Symbol.dispose]: () => undefined }),
  };
}
