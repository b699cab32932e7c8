import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { unreachable } from '../base/unreachable.ts';
import { budgetLimits, moneyLimit, type MoneyScope } from '../core/ledger/budget.ts';
import { costSummary, type CostSummary } from '../core/ledger/costSummary.ts';
import type { LedgerEntry } from '../core/ledger/entry.ts';
import type { Ledger, LedgerScope } from '../core/ledger/ledger.ts';
import type { Configuration } from '../core/settings.ts';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { openLedger } from '../node/ledger.ts';
import { repositoryKey } from '../node/repositoryKey.ts';
import type { Repository } from '../node/repository.ts';
import { CommandProblem } from './problem.ts';
import { openProject, type Services } from './services.ts';
import { loadSpec } from './specs.ts';

/** What costs are asked for: of one spec over all its runs, or of this user's day or month (UTC) over all repositories; of both, that spec's part. */
export interface CostRequest {
  readonly specId: string | undefined;
  readonly period: 'all' | 'day' | 'month';
}

/** `spec_id` is null for a whole day or month; `period` is `all`, YYYY-MM-DD or YYYY-MM. The rest is the summary. */
export interface CostReport extends CostSummary {
  readonly spec_id: string | null;
  readonly period: string;
}

/** What the ledger holds. Asks nobody and writes nothing. */
export async function readCost(services: Services, { specId, period }: CostRequest): Promise<CostReport> {
  const { repository, loaded } = await openProject(services);
  const { configuration } = loaded;
  const spec = specId === undefined ? undefined : await loadSpec(repository.root, configuration, specId);
  const now = new Date(services.clock.now()).toISOString();
  const name = { all: 'all', day: now.slice(0, 10), month: now.slice(0, 7) }[period];
  using ledger = ledgerOf(services);
  const rows = ledger.entries(scopeOf(repository, spec?.id, { period, name }));
  const isWanted = (entry: LedgerEntry): boolean =>
    spec === undefined || (entry.spec === spec.id && entry.run.startsWith(`${repositoryKey(repository)}/`));
  const limit: MoneyScope = spec !== undefined ? 'spec' : period === 'day' ? 'day' : 'month';
  return {
    spec_id: spec?.id ?? null,
    period: name,
    ...costSummary(rows.filter(isWanted), termsOf(repository, configuration, limit)),
  };
}

/**
 * Writes `cost_summary.json` of a spec where the runs are: `speckit/cost/<the spec's folder>/` in the repository's git folder, over the one before it.
 */
export async function writeCostSummary(
  { repository, ledger }: { readonly repository: Repository; readonly ledger: Ledger },
  configuration: Configuration,
  spec: { readonly id: string; readonly folder: string },
): Promise<void> {
  const rows = ledger.entries(scopeOf(repository, spec.id, { period: 'all', name: 'all' }));
  const report: CostReport = {
    spec_id: spec.id,
    period: 'all',
    ...costSummary(rows, termsOf(repository, configuration, 'spec')),
  };
  const folder = path.join(repository.commonDir, 'speckit', 'cost', path.posix.basename(spec.folder));
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(
    path.join(folder, 'cost_summary.json'),
    Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`),
  );
}

/** The person's ledger, opened. Throws a CommandProblem when it cannot be used. */
export function ledgerOf(services: Services): Ledger {
  const opened = openLedger(path.join(services.folders.data, 'ledger.sqlite'));
  if (opened.kind === 'error') throw new CommandProblem('infrastructure', opened.error.message);
  return opened.value;
}

function scopeOf(
  repository: Repository,
  specId: string | undefined,
  { period, name }: { readonly period: CostRequest['period']; readonly name: string },
): LedgerScope {
  switch (period) {
    case 'day':
      return { kind: 'day', day: name };
    case 'month':
      return { kind: 'month', month: name };
    case 'all':
      if (specId === undefined)
        throw new CommandProblem('usage', 'All costs are told of one spec, of a day or of a month.');
      return { kind: 'spec', repository: `${repositoryKey(repository)}/`, spec: specId };
  }
  return unreachable(period);
}

function termsOf(repository: Repository, configuration: Configuration, scope: MoneyScope) {
  const { alert_threshold, currency, exchange_rate } = configuration.cost;
  return {
    limitMicrodollars: moneyLimit(budgetLimits(configuration), scope),
    alertThreshold: alert_threshold,
    currency,
    exchangeRate: exchange_rate,
    specName: specNameIn(repository),
  };
}

/** Names the spec of a row as it is named from this repository: two repositories may have specs of one name. */
export function specNameIn(repository: Repository): (entry: LedgerEntry) => string {
  const own = `${repositoryKey(repository)}/`;
  return ({ spec, run }) =>
    run.startsWith(own) ? spec : `${spec} of another repository (${run.slice(0, run.indexOf('/'))})`;
}
