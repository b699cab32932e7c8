import { billingOf } from '../core/ledger/billing.ts';
import {
  alertPercentages,
  budgetLimits,
  limitedScopes,
  moneyLimit,
  reachedAlerts,
  SCOPE_NAMES,
  type BudgetLimits,
  type MoneyScope,
} from '../core/ledger/budget.ts';
import { estimateTokens } from '../core/ledger/estimate.ts';
import type { Ledger, LedgerError, LedgerTotals, ReserveOutcome } from '../core/ledger/ledger.ts';
import { dollars } from '../core/ledger/money.ts';
import { priceOf, priceVersionWith, pricingOf, type PriceOverrides } from '../core/ledger/prices.ts';
import { scopeOf, type CallPlace } from '../core/ledger/scope.ts';
import { err, ok, type Result } from '../base/result.ts';
import { withAbort } from '../base/withAbort.ts';
import type { RunLog } from '../core/run/runLog.ts';
import type { Reservation, Settlement, SpendRefusal, Spending, SpendRequest } from '../core/run/spending.ts';
import type { Configuration, WorkerSettings } from '../core/settings.ts';
import type { BudgetOverride } from './budgetOverride.ts';
import { CommandProblem } from './problem.ts';

/** Longest wait for calls in flight to come out cheaper than they reserved, and how often it is looked. */
const WAIT_MS = 120_000;
const POLL_MS = 250;

/** What the spending of one run needs to know. */
export interface SpendingScope {
  /** The run's name in the ledger. */
  readonly run: string;
  readonly spec: string;
  readonly configuration: Configuration;
  readonly overrides: PriceOverrides;
  /** The person who let this process pass the limits in dollars, where one did. */
  readonly override: BudgetOverride | undefined;
  readonly now: () => number;
  readonly log: RunLog;
}

/** The user's ledger as one run's Spending port. */
export function createSpending(ledger: Ledger, scope: SpendingScope): Spending {
  const limits = budgetLimits(scope.configuration);
  const keyOf = (request: SpendRequest) => ({ run: scope.run, step: request.key, attempt: request.attempt });
  const placeOf = (key: string): CallPlace => ({
    run: scope.run,
    spec: scope.spec,
    stage: key.split('/')[0] ?? '',
    time: scope.now(),
  });
  const workerOf = (name: string): WorkerSettings => {
    const settings = scope.configuration.workers[name];
    if (settings === undefined) throw new CommandProblem('configuration', `There is no worker ${name}.`);
    return settings;
  };

  function tryReserve(request: SpendRequest): ReserveOutcome {
    const settings = workerOf(request.worker);
    const result = ledger.reserve({
      ...keyOf(request),
      ...placeOf(request.key),
      worker: request.worker,
      role: request.role,
      model: settings.model,
      priceVersion: priceVersionWith(scope.overrides),
      limits,
      inputTokens: request.inputTokens,
      maxOutputTokens: request.maxOutputTokens,
      pricing: pricingOf(settings.model, billingOf(settings), scope.overrides),
      ...(scope.override === undefined ? {} : { overBudget: true }),
      ...(request.unpriced === undefined ? {} : { unpriced: request.unpriced }),
    });
    return heldOrThrow(result);
  }

  async function reserve(request: SpendRequest, signal: AbortSignal): Promise<Result<Reservation, SpendRefusal>> {
    for (let waited = 0; ; waited += POLL_MS) {
      const outcome = tryReserve(request);
      if (outcome.kind === 'reserved') {
        const { entry, maxOutputTokens, passed } = outcome;
        tellOverride(scope, request.key, passed ?? []);
        return ok({
          microdollars: entry.reservedMicrodollars,
          tokens: request.inputTokens + maxOutputTokens,
          maxOutputTokens,
        });
      }
      if (outcome.kind === 'refuse') return err({ rule: outcome.rule, text: outcome.text });
      if (waited >= WAIT_MS)
        return err({ rule: outcome.rule, text: `${outcome.why} It was waited for ${WAIT_MS / 1000} s.` });
      await withAbort(new Promise((resolve) => setTimeout(resolve, POLL_MS)), signal);
    }
  }

  async function settle(request: SpendRequest, settlement: Settlement): ReturnType<Spending['settle']> {
    const figures = figuresOf(request, settlement, workerOf(request.worker), scope.overrides);
    if (figures.state === 'inDoubt') return { ...figures, ...doubt(request) };
    if (figures.state === 'released') {
      heldOrThrow(ledger.release(keyOf(request)));
      return figures;
    }
    heldOrThrow(
      ledger.settle(keyOf(request), {
        settledMicrodollars: figures.microdollars,
        inputTokens: figures.inputTokens,
        outputTokens: figures.outputTokens,
        cachedTokens: figures.cachedTokens,
        basis: figures.basis,
        endedAt: scope.now(),
      }),
    );
    if (figures.microdollars > 0) tellAlerts(ledger, scope, { limits, place: placeOf(request.key), key: request.key });
    return figures;
  }

  /** What the ledger holds for the call from now on: its reservation, which may be lower than what was asked for. */
  function doubt(request: SpendRequest): { readonly microdollars?: number } {
    const entries = heldOrThrow(ledger.markInDoubt(scope.run, [request.key]));
    const entry = entries.find(({ attempt }) => attempt === request.attempt);
    return entry === undefined ? {} : { microdollars: entry.reservedMicrodollars };
  }

  function totals(stage: string): ReturnType<Spending['totals']> {
    const place = placeOf(stage);
    const run = ledger.totals(scopeOf('run', place));
    const day = ledger.totals(scopeOf('day', place));
    const others = limitedScopes(limits).filter((other) => other !== 'run' && other !== 'day');
    const spent = others.find((other) => leftUnder(limits, other, ledger.totals(scopeOf(other, place))) <= 0);
    return {
      settled: {
        runMicrodollars: run.settledMicrodollars + run.inDoubtMicrodollars,
        dayMicrodollars: day.settledMicrodollars + day.inDoubtMicrodollars,
        runTokens: run.settledTokens + run.inDoubtTokens,
      },
      reserved: {
        runMicrodollars: run.reservedMicrodollars,
        dayMicrodollars: day.reservedMicrodollars,
        runTokens: run.reservedTokens,
      },
      limits:
        scope.override === undefined ? limits : { ...limits, runMicrodollars: Infinity, dayMicrodollars: Infinity },
      ...(spent === undefined || scope.override !== undefined
        ? {}
        : {
            exhausted: `${capitalised(SCOPE_NAMES[spent])} ${dollars(moneyLimit(limits, spent))} are spent or reserved.`,
          }),
    };
  }

  return { reserve, settle, totals };
}

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function leftUnder(limits: BudgetLimits, scope: MoneyScope, totals: LedgerTotals): number {
  const { settledMicrodollars, inDoubtMicrodollars, reservedMicrodollars } = totals;
  return moneyLimit(limits, scope) - settledMicrodollars - inDoubtMicrodollars - reservedMicrodollars;
}

/**
 * Tells of each percentage of a limit once in a run, whoever spent it: another run's money counts for the month as well, and of two processes that
 * settle at once neither can tell which of them reached it.
 */
function tellAlerts(
  ledger: Ledger,
  { log, configuration }: SpendingScope,
  { limits, place, key }: { readonly limits: BudgetLimits; readonly place: CallPlace; readonly key: string },
): void {
  const percentages = alertPercentages(configuration.cost.alert_threshold);
  for (const scope of limitedScopes(limits)) {
    const limit = moneyLimit(limits, scope);
    const { settledMicrodollars } = ledger.totals(scopeOf(scope, place));
    for (const percent of reachedAlerts(limit, settledMicrodollars, percentages)) {
      const alert = `${scope === 'stage' ? `stage/${place.stage}` : scope}/alert-${percent}`;
      if (log.events.some((event) => event.kind === 'BudgetAlert' && event.payload.key.endsWith(`/${alert}`))) continue;
      const text = `${dollars(settledMicrodollars)} of ${SCOPE_NAMES[scope]} ${dollars(limit)} are spent: ${percent} % is reached.`;
      log.append('BudgetAlert', { key: `${key}/${alert}`, scope, percent, text });
    }
  }
}

/** Records each limit that is passed because a person lifted it, once for each process: with who lifted it. */
function tellOverride({ log, override }: SpendingScope, key: string, passed: readonly string[]): void {
  if (override === undefined) return;
  const begun = log.events.findLastIndex(({ kind }) => kind === 'OwnerChange');
  for (const rule of passed) {
    const told = log.events.slice(begun + 1);
    if (told.some((event) => event.kind === 'BudgetOverride' && event.payload.rule === rule)) continue;
    log.append('BudgetOverride', { key, rule, ...override });
  }
}

function heldOrThrow<Value>(result: Result<Value, LedgerError>): Value {
  if (result.kind === 'error') throw new CommandProblem('infrastructure', `The ledger: ${result.error.message}`);
  return result.value;
}

type Figures = Awaited<ReturnType<Spending['settle']>>;

function figuresOf(
  request: SpendRequest,
  settlement: Settlement,
  settings: WorkerSettings,
  overrides: PriceOverrides,
): Figures {
  const none = { microdollars: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
  switch (settlement.kind) {
    case 'released':
      return { ...none, state: 'released', basis: 'estimate' };
    case 'inDoubt': {
      const price = priceOf(
        settings.model,
        { input: request.inputTokens, output: request.maxOutputTokens },
        billingOf(settings),
        overrides,
      );
      return {
        ...none,
        state: 'inDoubt',
        microdollars: price.kind === 'priced' ? price.microdollars : 0,
        inputTokens: request.inputTokens,
        basis: price.kind === 'unpriced' ? 'unpriced' : 'estimate',
      };
    }
    case 'used': {
      const usage = settlement.usage ?? {
        input: request.inputTokens,
        output: estimateTokens('x'.repeat(settlement.outputCharacters)),
      };
      const billing = billingOf(settings);
      const price = priceOf(settings.model, usage, billing, overrides);
      const told = settlement.usage === undefined ? 'estimate' : 'usage';
      return {
        state: 'settled',
        microdollars: price.kind === 'priced' ? price.microdollars : 0,
        inputTokens: usage.input,
        outputTokens: usage.output,
        cachedTokens: usage.cachedInput ?? 0,
        basis: price.kind === 'unpriced' ? 'unpriced' : billing !== 'cloud' ? billing : told,
      };
    }
  }
}
