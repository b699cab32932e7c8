import { err } from '../base/result.ts';
import { OVER_BUDGET } from '../core/router/recovery.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { Spending } from '../core/run/spending.ts';

/**
 * The spending of a replay: what the recorded run was refused is refused again, whatever other runs had spent then. `spending` is that of the replay's own
 * ledger, which knows nobody else's.
 */
export function replaySpending(recorded: readonly RunEvent[], spending: Spending): Spending {
  const reserved = new Set(recorded.flatMap((event) => (event.kind === 'SpendReserve' ? [event.payload.key] : [])));
  const refused = new Map(
    recorded.flatMap((event) =>
      event.kind === 'ErrorEvent' && event.payload.error === OVER_BUDGET
        ? [[event.payload.key, event.payload.text] as const]
        : [],
    ),
  );
  const end = recorded.findLast((event) => event.kind === 'RunEnd');
  const exhausted = new Set(
    recorded.flatMap((event) =>
      event.kind === 'RoutingDecision' && event.payload.refused.some(({ rule }) => rule === 'budget-exhausted')
        ? [event.payload.stage]
        : [],
    ),
  );
  return {
    ...spending,
    totals: (stage) =>
      exhausted.has(stage) ? { ...spending.totals(stage), exhausted: 'It was spent then.' } : spending.totals(stage),
    reserve: async (request, signal) => {
      const over = refused.get(request.key);
      if (over !== undefined) return err({ rule: 'run-dollars', text: over });
      const rule = end?.kind === 'RunEnd' ? end.payload.rule : undefined;
      if (rule !== undefined && !reserved.has(request.key)) return err({ rule, text: 'It was refused then.' });
      return spending.reserve(request, signal);
    },
  };
}
