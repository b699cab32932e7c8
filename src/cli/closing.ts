import { counted } from '../base/counted.ts';
import { durationText, tokensText } from '../base/measureText.ts';
import { dollars } from '../core/ledger/money.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { RunOutcome, RunView } from '../core/run/view.ts';

/** What a run came to, in the figures that a person compares runs by. Money in microdollars; time is that of its processes. */
export interface Closing {
  readonly specId: string;
  readonly cloudTokens: number;
  readonly microdollars: number;
  /** Calls whose price nobody knew: they are not in the money. */
  readonly unpricedCalls: number;
  readonly localTokens: number;
  readonly milliseconds: number;
  readonly outcome: RunOutcome | null;
  readonly retries: number;
  readonly escalations: number;
}

/** Retries are attempts that a gate sent back and calls that were made again after a fault. */
export function closingOf(
  { specId, spend, end, escalations, verdicts }: RunView,
  events: readonly RunEvent[],
): Closing {
  const again = events.filter((event) => event.kind === 'LLMCall' && event.payload.key.includes('/again-'));
  return {
    specId,
    cloudTokens: spend.cloudTokens,
    microdollars: spend.settled,
    unpricedCalls: spend.unpricedCalls ?? 0,
    localTokens: spend.localTokens,
    milliseconds: workedMs(events),
    outcome: end?.outcome ?? null,
    retries: verdicts.filter(({ verdict }) => verdict === 'retry').length + again.length,
    escalations: escalations.length,
  };
}

export function closingText(closing: Closing): string {
  const { specId, cloudTokens, unpricedCalls, localTokens, milliseconds, outcome, retries, escalations } = closing;
  const unknown = unpricedCalls === 0 ? '' : ` and ${counted(unpricedCalls, 'call')} of unknown price`;
  return [
    specId,
    `cloud ${tokensText(cloudTokens)} for ${dollars(closing.microdollars)}${unknown}`,
    `local ${tokensText(localTokens)}`,
    durationText(milliseconds),
    outcome ?? 'unfinished',
    retries === 1 ? '1 retry' : `${retries} retries`,
    counted(escalations, 'escalation'),
  ].join(', ');
}

/** The time from the beginning of each process to its end; of one that was killed to the last that it told. */
function workedMs(events: readonly RunEvent[]): number {
  let sum = 0;
  let begun: number | undefined;
  let last = 0;
  for (const event of events) {
    if (begun !== undefined && event.kind === 'OwnerChange') {
      sum += last - begun;
      begun = undefined;
    }
    last = Date.parse(event.time);
    if (event.kind === 'OwnerChange') begun = last;
    if (event.kind !== 'RunEnd' || begun === undefined) continue;
    sum += last - begun;
    begun = undefined;
  }
  return begun === undefined ? sum : sum + last - begun;
}
