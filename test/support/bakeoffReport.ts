import type { BakeoffReport, BakeoffTrial, ReflexIdentity } from '../../src/core/reflex/bakeoffReport.ts';
import {
  DEFAULT_THRESHOLDS,
  statisticsOf,
  verdictOf,
  type BakeoffEnd,
} from '../../src/core/reflex/bakeoffStatistics.ts';

/** A trial that passed in 400 ms, but for what is given. */
export const trialOf = (about: Partial<BakeoffTrial>): BakeoffTrial => ({
  task: '001-a-task',
  trial: 1,
  side: 'reflex',
  outcome: 'passed',
  why: '',
  json: true,
  first_token_ms: 100,
  completion_ms: 400,
  check_ms: 50,
  calls: 1,
  input_tokens: 1_000,
  output_tokens: 100,
  cached_tokens: 0,
  microdollars: about.side === 'cloud' ? 3_000 : 0,
  ...about,
});

/** Both sides of so many tasks, changed for each. */
export const pairsOf = (
  nPairs: number,
  change: (index: number, side: BakeoffTrial['side']) => Partial<BakeoffTrial> = () => ({}),
): readonly BakeoffTrial[] =>
  Array.from({ length: nPairs }, (_, index) =>
    (['reflex', 'cloud'] as const).map((side) =>
      trialOf({ task: `${String(index + 1).padStart(3, '0')}-a-task`, side, ...change(index, side) }),
    ),
  ).flat();

export const IDENTITY: ReflexIdentity = {
  endpoint: 'http://127.0.0.1:3009/v1',
  model: 'qwen2.5-coder-7b-instruct',
  prompts: 'a'.repeat(64),
  server: 'sglang 0.5.23',
  policy: 'b'.repeat(64),
};

/** A report of these trials with its statistics and verdict. */
export function reportOf(
  trials: readonly BakeoffTrial[],
  {
    at = '2026-11-01T12:00:00.000Z',
    end = { kind: 'complete' },
    identity = IDENTITY,
    origin = 'folder',
  }: {
    readonly at?: string;
    readonly end?: BakeoffEnd;
    readonly identity?: ReflexIdentity;
    readonly origin?: BakeoffReport['suite']['origin'];
  } = {},
): BakeoffReport {
  const statistics = statisticsOf(trials);
  const verdict = verdictOf(statistics, DEFAULT_THRESHOLDS, end);
  return {
    schema_version: 1,
    at,
    suite: { name: 'reflex_patchloop_v1', sha256: 'c'.repeat(64), tasks: 24, skipped: [], origin },
    repetitions: 1,
    identity,
    reflex: { worker: 'local', model: identity.model },
    cloud: { worker: 'strong', model: 'gpt-6.1-sol', provider: 'openai-chat' },
    environment: { platform: 'linux', architecture: 'x64', sandbox: 'bubblewrap', tools: { node: 'v24.0.0' } },
    versions: { program: 'speckit 1', prompts: 'd'.repeat(64), prices: 'now' },
    thresholds: { ...DEFAULT_THRESHOLDS },
    budget_microdollars: 5_000_000,
    end: { ...end },
    trials: [...trials],
    statistics,
    verdict: { passed: verdict.passed, reasons: [...verdict.reasons] },
    regression: { since: null, reasons: [] },
  };
}
