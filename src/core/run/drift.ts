import type { RunEvent } from './event.ts';

/** What a model's work came to in one week (UTC, from Monday; `week` is its first day). Answers that were recorded are counted nowhere. */
export interface ModelWeek {
  readonly week: string;
  readonly runs: number;
  readonly calls: number;
  /** Calls without an answer: of the server, of the line, or stopped. */
  readonly failed_calls: number;
  /** Pieces of its work that a gate has weighed, and those that did not go on as they were. */
  readonly gates: number;
  readonly gate_failures: number;
  /** How often its work was handed to another worker. */
  readonly escalations: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Settled and in doubt; calls whose price nobody knew are in no sum. */
  readonly microdollars: number;
  readonly unpriced_calls: number;
  readonly milliseconds: number;
}

/**
 * How a model's newest week differs from all weeks before it together: differences of shares (0.1: ten of a hundred more), and of means as a share of what
 * they were (0.1: a tenth more). Null where either side has fewer than `ENOUGH` of what is counted.
 */
export interface Drift {
  readonly gate_failures: number | null;
  readonly escalations: number | null;
  readonly dollars_per_call: number | null;
  readonly tokens_per_call: number | null;
  readonly seconds_per_call: number | null;
}

export interface ModelDrift {
  readonly model: string;
  readonly weeks: readonly ModelWeek[];
  readonly drift: Drift;
}

/** Gates, or calls, below which a share says nothing. */
export const ENOUGH = 5;

type Counts = { -readonly [Key in keyof Omit<ModelWeek, 'week'>]: number };

/**
 * Quality and cost of every model over runs, from their logs alone, models by name and weeks in their order. A gate counts for the worker whose work it
 * weighed, as its signals name it; the judge's own confidence is not the judge's work that is weighed.
 */
export function modelDrift(runs: Iterable<readonly RunEvent[]>): readonly ModelDrift[] {
  const models = new Map<string, Map<string, Counts>>();
  for (const events of runs) addRun(models, events);
  return [...models]
    .map(([model, weeks]) => {
      const rows = [...weeks].map(([week, counts]) => ({ week, ...counts }));
      rows.sort((left, right) => (left.week < right.week ? -1 : 1));
      return { model, weeks: rows, drift: driftOf(rows) };
    })
    .sort((left, right) => (left.model < right.model ? -1 : 1));
}

function addRun(models: Map<string, Map<string, Counts>>, events: readonly RunEvent[]): void {
  const modelOf = new Map<string, string>();
  const recorded = new Set<string>();
  const weighed = new Map<string, string>();
  const seen = new Set<string>();
  const at = (worker: string, time: string): Counts | undefined => {
    const model = modelOf.get(worker);
    if (model === undefined) return undefined;
    const week = weekOf(time);
    const weeks = models.get(model) ?? new Map<string, Counts>();
    models.set(model, weeks);
    const counts = weeks.get(week) ?? { ...NONE };
    weeks.set(week, counts);
    if (!seen.has(`${week} ${model}`)) counts.runs += 1;
    seen.add(`${week} ${model}`);
    return counts;
  };
  for (const event of events) {
    if (event.kind === 'LLMCall' && event.payload.recorded) recorded.add(event.payload.key);
    else if (event.kind === 'LLMCall') {
      modelOf.set(event.payload.worker, event.payload.model);
      addCall(at(event.payload.worker, event.time), event.payload);
    } else if (event.kind === 'SpendSettle' && !recorded.has(event.payload.key))
      addSpent(at(event.payload.worker, event.time), event.payload);
    else if (event.kind === 'Signal') {
      const worker = workerWeighed(event.payload.signal);
      if (worker !== undefined) weighed.set(event.payload.key, worker);
    } else if (event.kind === 'GateDecision') {
      const worker = event.payload.signals.map((key) => weighed.get(key)).find((name) => name !== undefined);
      const counts = worker === undefined ? undefined : at(worker, event.time);
      if (counts === undefined) continue;
      counts.gates += 1;
      if (event.payload.verdict !== 'proceed') counts.gate_failures += 1;
    } else if (event.kind === 'Escalation') {
      const counts = at(event.payload.from, event.time);
      if (counts !== undefined) counts.escalations += 1;
    }
  }
}

/** The worker whose work a gate weighs, where a signal names it. */
function workerWeighed({ kind, role, worker }: Payloads<'Signal'>['signal']): string | undefined {
  const isAboutWork = kind === 'attempts' || (kind === 'ownerConfidence' && role !== 'judge');
  return isAboutWork && typeof worker === 'string' ? worker : undefined;
}

type Payloads<Kind extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: Kind }>['payload'];

function addCall(counts: Counts | undefined, { answer, durationMs }: Payloads<'LLMCall'>): void {
  if (counts === undefined) return;
  counts.calls += 1;
  if (answer === null) counts.failed_calls += 1;
  counts.milliseconds += durationMs;
}

function addSpent(counts: Counts | undefined, spent: Payloads<'SpendSettle'>): void {
  if (counts === undefined) return;
  counts.input_tokens += spent.inputTokens;
  counts.output_tokens += spent.outputTokens;
  counts.microdollars += spent.microdollars;
  if (spent.basis === 'unpriced') counts.unpriced_calls += 1;
}

const NONE: Counts = {
  runs: 0,
  calls: 0,
  failed_calls: 0,
  gates: 0,
  gate_failures: 0,
  escalations: 0,
  input_tokens: 0,
  output_tokens: 0,
  microdollars: 0,
  unpriced_calls: 0,
  milliseconds: 0,
};

const DAY_MS = 86_400_000;

/** The Monday of the week an ISO time lies in, as YYYY-MM-DD. */
function weekOf(time: string): string {
  const day = Math.floor(Date.parse(time) / DAY_MS);
  // 1 January 1970 was a Thursday.
  const monday = day - ((((day + 3) % 7) + 7) % 7);
  return new Date(monday * DAY_MS).toISOString().slice(0, 10);
}

function driftOf(weeks: readonly ModelWeek[]): Drift {
  const newest = weeks.at(-1);
  const before = weeks.slice(0, -1);
  const sum = (key: keyof Counts): number => before.reduce((total, week) => total + week[key], 0);
  const per = (amount: (of: (key: keyof Counts) => number) => number, base: 'gates' | 'calls', isShare: boolean) => {
    if (newest === undefined || newest[base] < ENOUGH || sum(base) < ENOUGH) return null;
    const now = amount((key) => newest[key]) / newest[base];
    const then = amount(sum) / sum(base);
    if (isShare) return round(now - then);
    return then === 0 ? null : round(now / then - 1);
  };
  // Where some calls have no known price, dollars per call would tell of the others alone.
  const isPriced = weeks.every(({ unpriced_calls: unpriced }) => unpriced === 0);
  return {
    gate_failures: per((of) => of('gate_failures'), 'gates', true),
    escalations: per((of) => of('escalations'), 'gates', true),
    dollars_per_call: isPriced ? per((of) => of('microdollars'), 'calls', false) : null,
    tokens_per_call: per((of) => of('input_tokens') + of('output_tokens'), 'calls', false),
    seconds_per_call: per((of) => of('milliseconds'), 'calls', false),
  };
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
