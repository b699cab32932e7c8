import { billingOf } from '../core/ledger/billing.ts';
import { budgetLimits, reachedAlerts } from '../core/ledger/budget.ts';
import { estimateTokens } from '../core/ledger/estimate.ts';
import type { Ledger, LedgerError, ReserveOutcome } from '../core/ledger/ledger.ts';
import { priceOf, priceVersionWith, pricingOf, type PriceOverrides } from '../core/ledger/prices.ts';
import { err, ok, type Result } from '../base/result.ts';
import { withAbort } from '../base/withAbort.ts';
import type { RunLog } from '../core/run/runLog.ts';
import type { Reservation, Settlement, SpendRefusal, Spending, SpendRequest } from '../core/run/spending.ts';
import type { Configuration, WorkerSettings } from '../core/settings.ts';
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
  readonly now: () => number;
  readonly log: RunLog;
}

/** The user's ledger as one run's Spending port. */
export function createSpending(ledger: Ledger, scope: SpendingScope): Spending {
  const limits = budgetLimits(scope.configuration.budget);
  const keyOf = (request: SpendRequest) => ({ run: scope.run, step: request.key, attempt: request.attempt });
  const workerOf = (name: string): WorkerSettings => {
    const settings = scope.configuration.workers[name];
    if (settings === undefined) throw new CommandProblem('configuration', `There is no worker ${name}.`);
    return settings;
  };

  async function reserve(request: SpendRequest, signal: AbortSignal): Promise<Result<Reservation, SpendRefusal>> {
    const settings = workerOf(request.worker);
    const tryOnce = (): ReserveOutcome => {
      const result = ledger.reserve({
        ...keyOf(request),
        time: scope.now(),
        worker: request.worker,
        model: settings.model,
        priceVersion: priceVersionWith(scope.overrides),
        spec: scope.spec,
        stage: request.key.split('/')[0] ?? '',
        limits,
        inputTokens: request.inputTokens,
        maxOutputTokens: request.maxOutputTokens,
        pricing: pricingOf(settings.model, billingOf(settings), scope.overrides),
      });
      if (result.kind === 'error')
        throw new CommandProblem('infrastructure', `The ledger: ${ledgerText(result.error)}`);
      return result.value;
    };
    for (let waited = 0; ; waited += POLL_MS) {
      const outcome = tryOnce();
      if (outcome.kind === 'reserved') {
        const { entry, maxOutputTokens } = outcome;
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
    const settings = workerOf(request.worker);
    const figures = figuresOf(request, settlement, settings, scope.overrides);
    const before = ledger.totals({ kind: 'run', run: scope.run }).settledMicrodollars;
    if (figures.state === 'inDoubt') return { ...figures, ...doubt(request) };
    const result =
      figures.state === 'released'
        ? ledger.release(keyOf(request))
        : ledger.settle(keyOf(request), {
            settledMicrodollars: figures.microdollars,
            inputTokens: figures.inputTokens,
            outputTokens: figures.outputTokens,
            cachedTokens: figures.cachedTokens,
            basis: figures.basis,
          });
    if (result.kind === 'error') throw new CommandProblem('infrastructure', `The ledger: ${ledgerText(result.error)}`);
    for (const percent of reachedAlerts(
      limits.runMicrodollars,
      before,
      before + (figures.state === 'settled' ? figures.microdollars : 0),
    )) {
      scope.log.append('BudgetAlert', {
        key: `${request.key}/alert-${percent}`,
        scope: 'run',
        percent,
        text: `The run has spent ${percent} % of its budget.`,
      });
    }
    return figures;
  }

  /** What the ledger holds for the call from now on: its reservation, which may be lower than what was asked for. */
  function doubt(request: SpendRequest): { readonly microdollars?: number } {
    const result = ledger.markInDoubt(scope.run, [request.key]);
    if (result.kind === 'error') throw new CommandProblem('infrastructure', `The ledger: ${ledgerText(result.error)}`);
    const entry = result.value.find(({ attempt }) => attempt === request.attempt);
    return entry === undefined ? {} : { microdollars: entry.reservedMicrodollars };
  }

  function totals(): ReturnType<Spending['totals']> {
    const run = ledger.totals({ kind: 'run', run: scope.run });
    const day = ledger.totals({ kind: 'day', day: new Date(scope.now()).toISOString().slice(0, 10) });
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
      limits,
    };
  }

  return { reserve, settle, totals };
}

function ledgerText(error: LedgerError): string {
  return error.message;
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
        basis: 'estimate',
      };
    }
    case 'used': {
      const usage = settlement.usage ?? {
        input: request.inputTokens,
        output: estimateTokens('x'.repeat(settlement.outputCharacters)),
      };
      const billing = billingOf(settings);
      const price = priceOf(settings.model, usage, billing, overrides);
      const basis = billing !== 'cloud' ? billing : settlement.usage === undefined ? 'estimate' : 'usage';
      return {
        state: 'settled',
        microdollars: price.kind === 'priced' ? price.microdollars : 0,
        inputTokens: usage.input,
        outputTokens: usage.output,
        cachedTokens: usage.cachedInput ?? 0,
        basis,
      };
    }
  }
}
