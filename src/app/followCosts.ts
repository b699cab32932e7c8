import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { isEqual } from '../base/isEqual.ts';
import { budgetLimits, moneyLimit } from '../core/ledger/budget.ts';
import type { LimitUse } from '../core/ledger/costBudgets.ts';
import { daysOfChoice, type CostChoice } from '../core/ledger/costChoice.ts';
import { costView, type CostView } from '../core/ledger/costView.ts';
import type { LedgerEntry } from '../core/ledger/entry.ts';
import type { Ledger } from '../core/ledger/ledger.ts';
import type { LoadedConfiguration } from '../node/configuration.ts';
import type { Repository } from '../node/repository.ts';
import { repositoryKey } from '../node/repositoryKey.ts';
import { RUN_ID, runsFolder } from '../node/runStore.ts';
import { ledgerOf, specNameIn } from './cost.ts';
import { CommandProblem } from './problem.ts';
import type { RunDigests } from './runDigests.ts';
import { configurationOf, openRepository, userConfigurationFile, type Services } from './services.ts';

/** Who is told. A problem is one that a person can mend, in words; the costs come again once it is mended. */
export interface CostListener {
  onView(view: CostView): void;
  onProblem(text: string): void;
}

/** How often it is looked whether anything has changed, and with that the shortest time between two views. Milliseconds. */
const POLL_MS = 1_000;
/** A look that takes long, in a ledger of tens of thousands of calls, is followed by a rest so many times as long: runs are at work in the same thread. */
const RESTS = 10;
/** Days that are read at a time, others of the thread between them. */
const DAYS_AT_A_TIME = 31;
/** Runs whose logs are read for their climbs: those that were called for last. */
const MOST_RUNS = 50;

const DAY_MS = 24 * 60 * 60 * 1000;

/** What a look needs. */
interface Costs {
  readonly services: Services;
  readonly digests: RunDigests;
  readonly repository: Repository;
  readonly ledger: Ledger;
  readonly choice: CostChoice;
}

/** Throws a CommandProblem where there is no repository or no ledger that can be used. */
export async function followCosts(
  { services, digests }: Pick<Costs, 'services' | 'digests'>,
  choice: CostChoice,
  listener: CostListener,
  signal: AbortSignal,
): Promise<void> {
  const repository = await openRepository(services);
  using ledger = ledgerOf(services);
  const costs: Costs = { services, digests, repository, ledger, choice };
  let known: string | undefined;
  let logs: readonly string[] = [];
  while (!signal.aborted) {
    const begun = performance.now();
    const mark = await markOf(costs, logs);
    if (mark !== known) {
      const read = await tell(costs, listener, logs);
      // Where other logs were read than looked at, it is read once more: what was added to them meanwhile nobody has seen.
      known = isEqual(read, logs) ? mark : undefined;
      logs = read;
    }
    const rest = Math.max(POLL_MS, (performance.now() - begun) * RESTS);
    await wait(rest, undefined, { signal }).catch(() => undefined);
  }
}

/** What changes when what is shown may change. */
async function markOf({ services, repository, ledger }: Costs, logs: readonly string[]): Promise<string> {
  const files = [path.join(repository.root, 'speckit.toml'), userConfigurationFile(services), ...logs];
  const stats = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  const hour = new Date(services.clock.now()).toISOString().slice(0, 13);
  return [hour, ledger.version(), ...stats.map((found) => `${found?.mtimeMs} ${found?.size}`)].join('\n');
}

/** Hands on one view and returns the logs that it was made of; after a problem those of before. */
async function tell(costs: Costs, listener: CostListener, before: readonly string[]): Promise<readonly string[]> {
  try {
    const { view, logs } = await readCosts(costs);
    listener.onView(view);
    return logs;
  } catch (error) {
    if (!(error instanceof CommandProblem)) throw error;
    listener.onProblem(error.message);
    return before;
  }
}

async function readCosts(costs: Costs): Promise<{ readonly view: CostView; readonly logs: readonly string[] }> {
  const { services, repository, ledger, choice } = costs;
  const loaded = await configurationOf(services, repository);
  const now = services.clock.now();
  const own = `${repositoryKey(repository)}/`;
  const rows = await rowsOf(costs, own, now);
  const runIds = [...new Set(rows.toReversed().map(({ run }) => run))].filter((run) => run.startsWith(own));
  const read = runIds
    .slice(0, MOST_RUNS)
    .map((run) => run.slice(own.length))
    .filter((runId) => RUN_ID.test(runId));
  const digests = await Promise.all(read.map((runId) => costs.digests.read(repository.commonDir, runId)));
  const climbs = digests.flatMap((digest) => (digest.kind === 'ok' ? digest.value.climbs : []));
  const specs = ledger.specs(own);
  const { alert_threshold, currency, exchange_rate } = loaded.configuration.cost;
  const view = costView({
    choice,
    now,
    rows,
    specs: choice.spec === '' || specs.includes(choice.spec) ? specs : [choice.spec, ...specs],
    limits: limitsOf(costs, { own, specs, now }, loaded),
    alertThreshold: alert_threshold,
    overrides: loaded.prices,
    currency,
    exchangeRate: exchange_rate,
    climbs,
    runs: digests.filter(({ kind }) => kind === 'ok').length,
    runsLeft: new Set(rows.map(({ run }) => run)).size - digests.filter(({ kind }) => kind === 'ok').length,
    specName: specNameIn(repository),
  });
  return { view, logs: read.map((runId) => path.join(runsFolder(repository.commonDir), runId, 'events.jsonl')) };
}

/** The rows of the choice, oldest first. */
async function rowsOf({ ledger, choice }: Costs, own: string, now: number): Promise<readonly LedgerEntry[]> {
  const days = daysOfChoice(choice, now);
  if (days === undefined) return ledger.entries({ kind: 'spec', repository: own, spec: choice.spec });
  const isChosen = ({ run, spec }: LedgerEntry): boolean =>
    choice.whose === 'everything' || (run.startsWith(own) && (choice.whose === 'repository' || spec === choice.spec));
  const rows: LedgerEntry[] = [];
  for (const part of partsOf(days)) {
    for (const row of ledger.entries({ kind: 'days', ...part })) if (isChosen(row)) rows.push(row);
    await nextTurn();
  }
  return rows;
}

/** The same days in parts that follow each other. */
function partsOf(days: { readonly first: string; readonly last: string }): readonly (typeof days)[] {
  const dayAt = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const parts: (typeof days)[] = [];
  const end = Date.parse(days.last);
  for (let from = Date.parse(days.first); from <= end; from += DAYS_AT_A_TIME * DAY_MS)
    parts.push({ first: dayAt(from), last: dayAt(Math.min(end, from + (DAYS_AT_A_TIME - 1) * DAY_MS)) });
  return parts;
}

/** The limits that count more than one run. Those of the day and the month are the person's, over all repositories, whatever is chosen. */
function limitsOf(
  { ledger, choice }: Costs,
  { own, specs, now }: { readonly own: string; readonly specs: readonly string[]; readonly now: number },
  { configuration }: LoadedConfiguration,
): readonly LimitUse[] {
  const limits = budgetLimits(configuration);
  const today = new Date(now).toISOString().slice(0, 10);
  const month = today.slice(0, 7);
  const named = choice.whose === 'spec' ? [choice.spec] : specs;
  return [
    { scope: 'day', name: today, limit: moneyLimit(limits, 'day'), totals: ledger.totals({ kind: 'day', day: today }) },
    {
      scope: 'month',
      name: month,
      limit: moneyLimit(limits, 'month'),
      totals: ledger.totals({ kind: 'month', month }),
    },
    ...named.map((spec): LimitUse => {
      const totals = ledger.totals({ kind: 'spec', repository: own, spec });
      return { scope: 'spec', name: spec, limit: moneyLimit(limits, 'spec'), totals };
    }),
  ];
}
