import * as z from 'zod/mini';

/*
 * What the cost panel shows, as cells: one for each part of it, which come in the feed of runPanel.ts. The fold that makes them is
 * core/ledger/costView.ts; every text and list has its cap here, and the same caps there.
 */

const text = (most: number) => z.string().check(z.maxLength(most));
const list = <Item extends z.core.$ZodType>(item: Item, most: number) => z.array(item).check(z.maxLength(most));
const count = z.number().check(z.gte(0));
/** `microdollars`: a millionth of a dollar. */
const money = count;
const name = text(100);

/** What costs are told of: see CostChoice in core/ledger/costChoice.ts. */
export const costChoiceSchema = z.strictObject({
  whose: z.enum(['spec', 'repository', 'everything']),
  /** A spec's id; empty where `whose` is not `spec`. */
  spec: name,
  period: z.enum(['day', 'month', 'all']),
});
export type ShownChoice = z.infer<typeof costChoiceSchema>;

/** Who pays for calls. */
const billing = z.enum(['cloud', 'local', 'included', 'recorded']);

const total = z.strictObject({
  choice: costChoiceSchema,
  /** The time it is of, in words: `2026-11 (UTC)`. */
  time: text(60),
  /** Specs to choose from. */
  specs: list(name, 200),
  calls: count,
  spent: money,
  reserved: money,
  inDoubt: money,
  callsInFlight: count,
  callsInDoubt: count,
  /** Settled without the server's own figures. */
  callsEstimated: count,
  estimated: money,
  /** Made of a cloud model that no price is known for: what they cost is in no sum. */
  callsUnpriced: count,
  inputTokens: count,
  outputTokens: count,
  priceVersions: list(text(60), 10),
  currency: text(10),
  exchangeRate: z.number(),
});

const budgets = z.strictObject({
  rows: list(
    z.strictObject({
      scope: z.enum(['day', 'month', 'spec']),
      name,
      /** Null where there is no limit. */
      limit: z.nullable(money),
      spent: money,
      reserved: money,
      inDoubt: money,
      /** Percentages at which a person is told, reached by what is settled. */
      alerts: list(count, 5),
    }),
    12,
  ),
  /** Specs that are not shown: those that have used less of their limit. */
  left: count,
});

const figures = {
  calls: count,
  spent: money,
  /** Reserved by calls in flight, or in doubt. */
  held: money,
  inputTokens: count,
  outputTokens: count,
  cachedTokens: count,
  callsUnpriced: count,
  billings: list(billing, 4),
};

const groups = z.strictObject({
  rows: list(z.strictObject({ name, ...figures }), 20),
  /** What the groups that are not shown come to together; null when all are. */
  rest: z.nullable(z.strictObject({ groups: count, ...figures })),
});

const time = z.strictObject({
  unit: z.enum(['hour', 'day', 'month']),
  /** Without gaps, oldest first. `at` is the beginning of an ISO time: `2026-11-21T14`, `2026-11-21`, `2026-11`. */
  bars: list(z.strictObject({ at: text(20), calls: count, spent: money, cloudTokens: count, otherTokens: count }), 62),
  /** Earlier ones that are not shown. */
  left: count,
});

const billings = z.strictObject({
  rows: list(z.strictObject({ billing, calls: count, spent: money, inputTokens: count, outputTokens: count }), 4),
});

const cache = z.strictObject({
  /** Input tokens that came from a cache, whoever pays. */
  tokens: count,
  /** Of calls that cost nothing by the token. */
  freeTokens: count,
  /** Of calls whose prices are known: what those calls cost, and what they would have cost at the full input price. */
  knownTokens: count,
  paid: money,
  full: money,
  /** Models of which the saving is not known, and why. */
  unknown: list(z.strictObject({ model: name, tokens: count, why: z.enum(['unpriced', 'otherPrices']) }), 10),
  unknownTokens: count,
});

const climbs = z.strictObject({
  /** Newest first. */
  rows: list(
    z.strictObject({
      at: text(40),
      kind: z.enum(['escalation', 'fallback']),
      spec: name,
      stage: text(40),
      from: name,
      to: name,
      text: text(300),
    }),
    50,
  ),
  total: count,
  stages: list(z.strictObject({ stage: text(40), escalations: count, fallbacks: count }), 10),
  /** Runs whose logs were read, and those that were not: older ones, and those of other repositories. */
  runs: count,
  runsLeft: count,
});

const drift = z.strictObject({
  unit: z.enum(['hour', 'day', 'month']),
  bars: count,
  models: list(
    z.strictObject({
      model: name,
      calls: count,
      /** The mean of a call over the whole time, and in its first and last part. */
      mean: money,
      first: money,
      last: money,
      /** `bar` counts the parts of the time from 0. */
      points: list(z.strictObject({ bar: count, calls: count, mean: money }), 62),
    }),
    8,
  ),
  left: count,
});

/** `costGroups/stage`, `costGroups/model`, `costGroups/role` and `costGroups/spec`; the others are one cell each. */
export const costCellSchemas = {
  costTotal: total,
  costBudgets: budgets,
  costGroups: groups,
  costTime: time,
  costBillings: billings,
  costCache: cache,
  costClimbs: climbs,
  costDrift: drift,
} as const;
