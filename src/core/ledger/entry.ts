import { z } from 'zod';

const text = z.string().min(1);
const count = z.int().nonnegative();

/**
 * One row of the ledger: one attempt at one paid step of a run. Money is whole microdollars, `time` wall-clock milliseconds at the
 * reservation. While `state` is `reserved` or `inDoubt` the tokens are the reservation's own (estimated input, most output) and
 * `settledMicrodollars` is 0; a `released` call was never sent and holds 0 everywhere.
 */
export const ledgerEntrySchema = z.strictObject({
  run: text,
  step: text,
  attempt: z.int().positive(),
  time: count,
  worker: text,
  model: text,
  state: z.enum(['reserved', 'settled', 'inDoubt', 'released']),
  reservedMicrodollars: count,
  settledMicrodollars: count,
  inputTokens: count,
  outputTokens: count,
  cachedTokens: count,
  basis: z
    .enum(['usage', 'estimate', 'local', 'recorded', 'included', 'unpriced'])
    .describe(
      "where the figures come from: the server's usage, an estimate, or a worker that costs nothing by the token; unpriced: what it cost is not known, and is not nothing",
    ),
  priceVersion: text,
  spec: text,
  stage: text,
  role: z.string().describe('whose call it was; empty in rows of ledgers before version 2'),
  endedAt: count.describe('wall-clock milliseconds at the settlement; 0 where it has not come, or was not kept'),
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;
export type LedgerBasis = LedgerEntry['basis'];

/** What names a row. */
export type LedgerKey = Pick<LedgerEntry, 'run' | 'step' | 'attempt'>;
