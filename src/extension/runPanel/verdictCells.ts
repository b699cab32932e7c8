import { reasonsInOrder } from '../../app/verdictText.ts';
import type { Payload } from '../../core/run/event.ts';
import { signalSchema, type Signal } from '../../core/gates/signal.ts';
import { signalText } from '../../core/gates/signalText.ts';
import type { Place } from '../../protocol/place.ts';
import type { AttemptCell, VerdictCell } from '../../protocol/runPanel.ts';
import { cut } from './cut.ts';
import type { CellFeed } from './runFacts.ts';

/** One check's result. */
export type CheckResult = AttemptCell['checks'][number];

type ShownSignal = VerdictCell['signals'][number] & {
  /** Set where the signal is a check's result. */
  readonly check?: CheckResult;
};

/** Signals and outputs that are remembered for the verdicts to come: a gate weighs those that were noted just before it. */
const REMEMBERED = 1_000;

/** The verdicts with the words and the evidence of what they weighed. */
export interface VerdictCells {
  signalled(payload: Payload<'Signal'>): void;
  measured(payload: Payload<'EvidenceRecord'>): Place;
  /** Returns the checks that were weighed. */
  decided(payload: Payload<'GateDecision'>, time: string): readonly CheckResult[];
}

export function createVerdictCells(feed: CellFeed): VerdictCells {
  const signals = new Map<string, ShownSignal>();
  const outputs = new Map<string, Place>();

  function decided(payload: Payload<'GateDecision'>, time: string): readonly CheckResult[] {
    const weighed = payload.signals.map((key) => signals.get(key) ?? { text: 'not known', place: null });
    const key = cut(payload.key, 300);
    feed.set(`verdict/${key}`, {
      key,
      stage: payload.stage,
      decision: payload.verdict,
      to: payload.to === null ? null : cut(payload.to, 100),
      at: time,
      reasons: reasonsInOrder(payload)
        .slice(0, 50)
        .map(({ rule, text, signal }) => ({
          rule: cut(rule, 100),
          text: cut(text, 500),
          signal: signal === undefined || signal >= MOST_SIGNALS ? null : signal,
        })),
      signals: weighed.slice(0, MOST_SIGNALS).map(({ text, place }) => ({ text, place })),
    } satisfies VerdictCell);
    return weighed.flatMap(({ check }) => check ?? []);
  }

  return {
    signalled: ({ key, signal }) => {
      const parsed = signalSchema.safeParse(signal);
      remember(signals, key, parsed.success ? shownSignal(parsed.data, outputs) : { text: 'not known', place: null });
    },
    measured: ({ check, tree, output }) => {
      const place: Place = { kind: 'blob', ...output, title: cut(`Output of ${check}`, 200) };
      remember(outputs, `${check} ${tree}`, place);
      return place;
    },
    decided,
  };
}

const MOST_SIGNALS = 50;

function remember<Value>(known: Map<string, Value>, key: string, value: Value): void {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size > REMEMBERED) known.delete(oldest);
}

function shownSignal(signal: Signal, outputs: ReadonlyMap<string, Place>): ShownSignal {
  const text = cut(signalText(signal), 500);
  if (signal.kind === 'toolTruth') {
    const place = outputs.get(`${signal.check} ${signal.treeHash}`) ?? null;
    return { text, place, check: { name: cut(signal.check, 100), outcome: signal.outcome, output: place } };
  }
  if (signal.kind === 'testIntegrity') {
    const [finding] = signal.findings;
    if (finding === undefined) return { text, place: null };
    const line = finding.line === undefined ? {} : { line: finding.line };
    return { text, place: { kind: 'file', path: cut(finding.path, 300), ...line } };
  }
  return { text, place: null };
}
