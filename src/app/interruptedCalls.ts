import { ok } from '../base/result.ts';
import type { LedgerEntry } from '../core/ledger/entry.ts';
import type { Ledger } from '../core/ledger/ledger.ts';
import { settlementOf } from '../core/pipeline/callModel.ts';
import type { Blobs, ModelAnswer } from '../core/ports.ts';
import type { RunLog } from '../core/run/runLog.ts';
import type { Settlement, Spending } from '../core/run/spending.ts';

/** What brings a run's ledger rows and its log together. The caller holds the run's lock. */
export interface InterruptedCalls {
  /** The run's name in the ledger. */
  readonly run: string;
  readonly ledger: Ledger;
  readonly spending: Spending;
  readonly log: RunLog;
  readonly blobs: Blobs;
}

/**
 * Ends the reservations that a killed process left: a call whose answer is in the log is settled with it, every other one is in doubt. The log then
 * says of every row what the ledger says.
 */
export async function settleInterruptedCalls(calls: InterruptedCalls): Promise<void> {
  const { log } = calls;
  const told = new Set<string>();
  for (const event of log.events) {
    if (event.kind === 'SpendSettle') told.add(`${event.payload.key} ${event.payload.attempt}`);
  }
  for (const row of calls.ledger.rows(calls.run)) {
    if (told.has(`${row.step} ${row.attempt}`)) continue;
    const figures = row.state === 'reserved' ? await settleRow(calls, row) : figuresOf(row);
    log.append('SpendSettle', { key: row.step, attempt: row.attempt, worker: row.worker, ...figures });
  }
  await log.flush();
}

async function settleRow(calls: InterruptedCalls, row: LedgerEntry): ReturnType<Spending['settle']> {
  const { step: key, attempt, worker, role, inputTokens, outputTokens: maxOutputTokens } = row;
  const request = { key, attempt, worker, role, inputTokens, maxOutputTokens };
  return calls.spending.settle(request, await settlementFor(calls, row));
}

async function settlementFor({ log, blobs }: InterruptedCalls, row: LedgerEntry): Promise<Settlement> {
  const call = log.events.findLast(
    (event) => event.kind === 'LLMCall' && event.payload.key === row.step && event.payload.attempt === row.attempt,
  );
  if (call?.kind !== 'LLMCall' || call.payload.answer === null) return { kind: 'inDoubt' };
  return settlementOf(ok(JSON.parse(await blobs.get(call.payload.answer)) as ModelAnswer));
}

/** A row that was ended when its process was killed before the log could tell. */
function figuresOf(row: LedgerEntry): Awaited<ReturnType<Spending['settle']>> {
  const { inputTokens, outputTokens, cachedTokens, basis } = row;
  const tokens = { inputTokens, outputTokens, cachedTokens, basis };
  if (row.state === 'settled') return { ...tokens, state: 'settled', microdollars: row.settledMicrodollars };
  if (row.state === 'released') return { ...tokens, state: 'released', microdollars: 0 };
  return { ...tokens, outputTokens: 0, state: 'inDoubt', microdollars: row.reservedMicrodollars };
}
