import { existsSync } from 'node:fs';
import path from 'node:path';
import { billingOf } from '../core/ledger/billing.ts';
import type { History } from '../core/ledger/forecast.ts';
import { pricingOf } from '../core/ledger/prices.ts';
import { repriced, type PresentTerms, type PresentWorker } from '../core/ledger/repriced.ts';
import { adviserOff, isAdviser } from '../core/policy/advisersAt.ts';
import { REFLEX } from '../core/reflex/worker.ts';
import type { RoutedPolicy } from '../core/router/demotion.ts';
import { ladderOf } from '../core/router/rungs.ts';
import { ROLES, STAGES } from '../core/run/stage.ts';
import type { RunView } from '../core/run/view.ts';
import type { LoadedConfiguration } from '../node/configuration.ts';
import type { Repository } from '../node/repository.ts';
import { ledgerRun } from '../node/repositoryKey.ts';
import { ledgerOf } from './cost.ts';
import type { Services } from './services.ts';

/** Runs that are looked at, the newest. */
const MOST = 200;

/**
 * What these runs came to, with the workers and prices that hold now. A run whose rows are in no ledger is told as it was paid.
 */
export function pastRuns(
  services: Services,
  repository: Repository,
  views: readonly RunView[],
  { loaded, policy }: { readonly loaded: LoadedConfiguration; readonly policy: RoutedPolicy },
): History {
  const newest = views.slice(0, MOST);
  using ledger = existsSync(path.join(services.folders.data, 'ledger.sqlite')) ? ledgerOf(services) : undefined;
  const terms = termsOf(loaded, policy);
  const found = newest.map((view) => {
    const rows = ledger?.entries({ kind: 'run', run: ledgerRun(repository, view.runId) }) ?? [];
    // Reflex makes its attempts by another rule than the ladder's, and costs nothing.
    const now = repriced(
      rows.filter(({ worker }) => worker !== REFLEX),
      terms,
    );
    const paid = { microdollars: view.spend.settled, milliseconds: workedMs(view) };
    return { now, run: now.kind === 'repriced' ? { ...paid, microdollars: now.microdollars } : paid };
  });
  return {
    runs: found.map(({ run }) => run),
    nRepriced: found.filter(({ now }) => now.kind === 'repriced').length,
    unpriced: [...new Set(found.flatMap(({ now }) => (now.kind === 'unpriced' ? now.models : [])))],
  };
}

function termsOf({ prices, priceVersion }: LoadedConfiguration, policy: RoutedPolicy): PresentTerms {
  return {
    priceVersion,
    ladder: (inStage, inRole) => {
      const [stage, role] = [STAGES.find((name) => name === inStage), ROLES.find((name) => name === inRole)];
      if (stage === undefined || role === undefined) return [];
      if (isAdviser(role) && adviserOff(role, policy) !== undefined) return [];
      return ladderOf(role, stage, policy)
        .rungs.flat()
        .flatMap((worker): readonly PresentWorker[] => {
          const settings = policy.workers[worker];
          if (settings === undefined) return [];
          const pricing = pricingOf(settings.model, billingOf(settings), prices);
          return [{ worker, model: settings.model, pricing }];
        });
    },
  };
}

/** The time of its stages, without what lay between a run's processes. */
function workedMs({ stages }: RunView): number {
  return stages.reduce(
    (sum, { startedAt, endedAt }) =>
      sum + (startedAt === undefined || endedAt === undefined ? 0 : Date.parse(endedAt) - Date.parse(startedAt)),
    0,
  );
}
