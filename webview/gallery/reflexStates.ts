import type { ReflexReading } from '../../src/app/reflex.ts';
import type { ReflexState } from '../../src/app/reflexState.ts';
import { nextTrend, type ReflexTrend } from '../../src/app/reflexTrend.ts';
import type { BakeoffReport } from '../../src/core/reflex/bakeoffReport.ts';
import { DEFAULT_THRESHOLDS } from '../../src/core/reflex/bakeoffStatistics.ts';
import { reflexStanding } from '../../src/core/reflex/standing.ts';
import { showStanding, showWatched } from '../../src/extension/engine/reflexFeed.ts';
import { presentReflex, type WatchedServer } from '../../src/extension/reflex/presentation.ts';
import type { CellKey } from '../../src/protocol/runPanel.ts';
import { IDENTITY, pairsOf, reportOf } from '../../test/support/bakeoffReport.ts';
import { NOW, type Cells } from './sampleRun.ts';

/*
 * The states of the reflex panel: readings and reports, folded as the status bar and the engine fold them.
 */

type Read = Extract<ReflexReading, { kind: 'read' }>;
type Answers = Extract<Read['health'], { kind: 'answers' }>;

const RTX = {
  name: 'NVIDIA GeForce RTX 5090',
  usedMebibytes: 14_541,
  totalMebibytes: 32_607,
  utilisationPercent: 37,
  celsius: 61,
  watts: 320.15,
  wattsLimit: 575,
};
const ANSWERS: Answers = {
  kind: 'answers',
  server: 'sglang',
  models: [IDENTITY.model],
  latencyMs: 4,
  health: 'good',
  load: {},
};
const READING: Read = {
  kind: 'read',
  worker: 'reflex',
  model: IDENTITY.model,
  baseUrl: IDENTITY.endpoint,
  health: ANSWERS,
  vram: { kind: 'gpus', gpus: [RTX] },
  place: { kind: 'here', computer: 'workstation' },
  promotion: { kind: 'promoted' },
};
const EVERY_MS = 5_000;

/** The server after so many readings of a busy half hour; the last one is as it is said. */
function watched(count: number, state: ReflexState, last: Partial<Read> = {}, isKnown = true): WatchedServer {
  let trend: ReflexTrend | undefined;
  let read: Read = { ...READING, ...last };
  let [generatedTokens, answered, answerSeconds] = [0, 0, 0];
  for (let index = 0; index < count; index += 1) {
    const wave = Math.sin(index / 9) ** 2;
    generatedTokens += Math.round(EVERY_MS * 0.001 * (60 + 110 * wave));
    answered += 3;
    answerSeconds += 3 * (0.6 + wave);
    const load = {
      running: Math.round(1 + 2 * wave),
      queued: 0,
      tokenUsage: 0.12 + wave * 0.5,
      cacheHitRate: 0.7 + wave * 0.2,
      counted: { generatedTokens, answered, answerSeconds },
    };
    // A while in which it did not answer.
    const isSilent = index > count * 0.4 && index < count * 0.5;
    read = {
      ...READING,
      health: isSilent ? { kind: 'silent', afterMs: 2_000 } : { ...ANSWERS, load: isKnown ? load : {} },
      vram: isKnown
        ? { kind: 'gpus', gpus: [{ ...RTX, usedMebibytes: 14_541 + wave * 9_000 }] }
        : (last.vram ?? READING.vram),
      ...(index === count - 1 && last),
    };
    trend = nextTrend(trend, read, NOW - (count - index) * EVERY_MS);
  }
  return presentReflex(read, state, trend ?? nextTrend(undefined, read, NOW)).watched;
}

const DAY = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): string => new Date(NOW - days * DAY).toISOString();

/** A report of so many days ago; `missed` of its 24 tasks reflex did not do. */
function report(
  days: number,
  missed: number,
  about: { readonly slow?: number; readonly model?: string } = {},
): BakeoffReport {
  const trials = pairsOf(24, (index, side) =>
    side === 'cloud'
      ? { completion_ms: 2_600 + index * 10 }
      : {
          outcome: index < missed ? ('failed' as const) : ('passed' as const),
          completion_ms: (about.slow ?? 700) + index * 30,
          json: index > 0 || missed < 6,
        },
  );
  const identity = { ...IDENTITY, model: about.model ?? IDENTITY.model };
  return { ...reportOf(trials, { at: daysAgo(days), identity }), reflex: { worker: 'reflex', model: identity.model } };
}

function state(
  server: WatchedServer | null,
  reports: readonly BakeoffReport[],
  about: { readonly enabled?: boolean; readonly model?: string } = {},
): Cells {
  const cells = new Map<CellKey, unknown>();
  const feed = { set: (key: CellKey, value: unknown) => void cells.set(key, value), remove: () => undefined };
  showWatched(feed, new Set(), server);
  const { enabled = true, model = IDENTITY.model } = about;
  const found = reports.map((made, index) => ({
    file: `.speckit/eval/reflex-bakeoff-2026110${index}T120000.json`,
    report: made,
  }));
  const reflex = { enabled, endpoint: IDENTITY.endpoint, model, thresholds: DEFAULT_THRESHOLDS };
  showStanding(feed, reflexStanding(reflex, found, NOW));
  return [...cells];
}

const PASSED = report(3, 1);
const NOT_PROMOTED = {
  kind: 'none',
  why: 'there is no readable report of a bake-off: `speckit reflex bakeoff` makes one',
} as const;
const ELSEWHERE: Partial<Read> = {
  health: { ...ANSWERS, latencyMs: 2_210, load: {} },
  vram: { kind: 'none', why: 'the server is on another machine (gpu-box:3009)' },
  place: { kind: 'elsewhere', host: 'gpu-box:3009', computer: 'laptop' },
  promotion: {
    kind: 'none',
    why: '.speckit/eval/reflex-bakeoff-20261001T120000.json is older than 30 days: `speckit reflex bakeoff` proves it anew',
  },
};
const DOWN: Partial<Read> = {
  health: { kind: 'refuses', why: 'nothing listens on its port' },
  vram: { kind: 'none', why: 'nvidia-smi is not installed here' },
  supervised: 'failed',
};

const ATTACK = '<script>window.attacked = 1</script><img src=x onerror="window.attacked = 1">';
const LONG = 'unbroken'.repeat(36);
const RIGHT_TO_LEFT = 'مرحبا بالعالم، هذا نص من اليمين إلى اليسار';
const bad = (index: number): string => `${index} ${[ATTACK, LONG, RIGHT_TO_LEFT][index % 3]}`;

/** The worst that the caps allow: more of everything than is shown, words without a break, and an attack in every text. */
const HUGE: Cells = state(
  watched(2_000, 'degraded', {
    worker: LONG,
    model: bad(0),
    vram: { kind: 'gpus', gpus: Array.from({ length: 40 }, (_, index) => ({ ...RTX, name: bad(index) })) },
    place: { kind: 'elsewhere', host: LONG, computer: bad(0) },
    promotion: { kind: 'none', why: bad(0) },
  }),
  Array.from({ length: 60 }, (_, index) => {
    const made = reportOf(pairsOf(24), { at: daysAgo(index), end: { kind: 'stopped', why: bad(index) } });
    return {
      ...made,
      reflex: { worker: bad(index), model: bad(index + 1) },
      cloud: { ...made.cloud, worker: bad(index) },
    };
  }),
);

/** Every state of the reflex panel, by name. */
export const REFLEX_STATES = {
  empty: state(null, [], { enabled: false }),
  notEnabled: state(watched(1, 'healthy', { worker: 'gpu', promotion: NOT_PROMOTED }), [], { enabled: false }),
  notPromoted: state(watched(24, 'healthy', { promotion: NOT_PROMOTED }), []),
  promoted: state(watched(360, 'busy'), [report(20, 7), report(12, 0, { model: 'qwen3-coder-30b' }), PASSED]),
  degraded: state(watched(60, 'degraded', ELSEWHERE, false), [report(40, 1), report(33, 8, { slow: 1_900 })]),
  down: state(watched(12, 'down', DOWN), [PASSED]),
  huge: HUGE,
} as const;
export type ReflexStateName = keyof typeof REFLEX_STATES;
