import { alertPercentages, reachedAlerts, type Spending } from './budget.ts';
import { shortName } from './costGroups.ts';

/** One limit in whole microdollars, and what it counts. Infinity: there is none. */
export interface LimitUse {
  readonly scope: 'day' | 'month' | 'spec';
  readonly name: string;
  readonly limit: number;
  readonly totals: Pick<Spending, 'settledMicrodollars' | 'reservedMicrodollars' | 'inDoubtMicrodollars'>;
}

export interface CostBudgets {
  readonly rows: readonly {
    readonly scope: LimitUse['scope'];
    readonly name: string;
    readonly limit: number | null;
    readonly spent: number;
    readonly reserved: number;
    readonly inDoubt: number;
    readonly alerts: readonly number[];
  }[];
  readonly left: number;
}

/** Specs whose limits are shown: those that have used most. */
const MOST_SPECS = 10;

/** The day and the month first, then the specs by what they have used. A spec that has used nothing is not shown unless it is the only one. */
export function costBudgets(uses: readonly LimitUse[], alertThreshold: number): CostBudgets {
  const used = ({ totals }: LimitUse): number =>
    totals.settledMicrodollars + totals.reservedMicrodollars + totals.inDoubtMicrodollars;
  const specs = uses.filter(({ scope }) => scope === 'spec');
  const busy = specs.length === 1 ? specs : specs.filter((use) => used(use) > 0);
  busy.sort((left, right) => used(right) - used(left) || (left.name < right.name ? -1 : 1));
  const shown = [...uses.filter(({ scope }) => scope !== 'spec'), ...busy.slice(0, MOST_SPECS)];
  return {
    rows: shown.map(({ scope, name, limit, totals }) => ({
      scope,
      name: shortName(name),
      limit: limit === Infinity ? null : limit,
      spent: totals.settledMicrodollars,
      reserved: totals.reservedMicrodollars,
      inDoubt: totals.inDoubtMicrodollars,
      alerts: reachedAlerts(limit, totals.settledMicrodollars, alertPercentages(alertThreshold)),
    })),
    left: Math.max(0, busy.length - MOST_SPECS),
  };
}
