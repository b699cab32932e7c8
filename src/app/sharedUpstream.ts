import { ok } from '../base/result.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import type { Blobs } from '../core/ports.ts';
import { droppedBlobs } from '../core/run/capture.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';
import { STAGES, type Stage } from '../core/run/stage.ts';
import { recordedAnswers } from './recordedAnswers.ts';

/** A run that has been through the stages before the one that is compared. */
export interface Upstream {
  readonly events: readonly RunEvent[];
  readonly blobs: Blobs;
}

/**
 * The context with the answers of another run for what comes before a stage: both sides of a comparison start from the same, and it is paid for once. Such
 * a call reserves and settles nothing. Where audits are compared, the advisers' words on the change are shared too: both judges read the same.
 */
export async function withSharedUpstream(context: RunContext, stage: Stage, upstream: Upstream): Promise<RunContext> {
  const before = STAGES.slice(0, STAGES.indexOf(stage));
  const isShared = (call: Payload<'LLMCall'>): boolean =>
    before.includes(call.stage) || (stage === 'audit' && call.stage === 'audit' && call.role !== 'judge');
  const shared = new Set(
    upstream.events.flatMap((event) =>
      event.kind === 'LLMCall' && isShared(event.payload) ? [event.payload.key] : [],
    ),
  );
  const recorded = await recordedAnswers(upstream.events, upstream.blobs, droppedBlobs(upstream.events));
  const { spending } = context;
  return {
    ...context,
    provider: (worker) => ({
      call: (request, onEvent, signal) =>
        (shared.has(request.stepKey) ? recorded : context.provider(worker)).call(request, onEvent, signal),
    }),
    spending: {
      ...spending,
      reserve: async (request, signal) =>
        shared.has(request.key)
          ? ok({ microdollars: 0, tokens: 0, maxOutputTokens: request.maxOutputTokens })
          : spending.reserve(request, signal),
      settle: async (request, settlement) => {
        if (!shared.has(request.key)) return spending.settle(request, settlement);
        const nothing = { microdollars: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
        return { ...nothing, state: 'settled', basis: 'recorded' };
      },
    },
  };
}
