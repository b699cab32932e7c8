import assert from 'node:assert/strict';
import type { ReflexStanding } from '../../../src/app/reflexStanding.ts';
import { localServerText } from '../../../src/extension/reflex/localServerText.ts';

const STANDING: ReflexStanding = {
  enabled: true,
  endpoint: 'http://127.0.0.1:3009/v1',
  model: 'qwen',
  thresholds: {
    p95_latency_ms: 2_000,
    success_parity_percent: 85,
    json_schema_compliance_percent: 100,
    min_trials: 24,
  },
  reports: [
    {
      file: '.speckit/eval/reflex-bakeoff-2.json',
      at: '2026-11-21T10:00:00.000Z',
      reflex: { worker: 'reflex', model: 'qwen' },
      cloud: { worker: 'strong', model: 'gpt' },
      passed: false,
      reasons: ['P95 is 2400 ms; under 2000 ms is needed.'],
      parity: 'Success parity is 91 %',
      microdollars: 1_250_000,
    },
    {
      file: '.speckit/eval/reflex-bakeoff-1.json',
      at: '2026-11-20T10:00:00.000Z',
      reflex: { worker: 'reflex', model: 'qwen' },
      cloud: { worker: 'strong', model: 'gpt' },
      passed: true,
      reasons: ['P95 is 900 ms.'],
      parity: 'Success parity is 95 %',
      microdollars: 0,
    },
  ],
};

describe('the page of the local server', () => {
  it('tells how it is and was, what it has to reach, and what its bake-offs found', () =>
    assert.equal(
      localServerText(
        {
          words: 'Healthy.',
          trend: {
            points: [
              { at: Date.UTC(2026, 10, 21, 9, 59, 55) },
              {
                at: Date.UTC(2026, 10, 21, 10),
                running: 1,
                queued: 0,
                cacheUse: 0.28,
                tokensPerSecond: 86.4,
                latencyMs: 1_250,
                usedMebibytes: 14_541,
                totalMebibytes: 32_607,
                celsius: 61,
                watts: 320.15,
              },
            ],
          },
        },
        STANDING,
      ),
      `The local server

Healthy.

                  now           trend
GPU memory        14.2/32 GB    ·▄
KV cache in use   28 %          ·▃
Throughput        86 tokens/s   ·█
Running           1             ·█
Queued            0             ·▁
Last latency      1.3 s         ·█
Cache hit rate    unknown
Temperature       61 °C         ·▅
Power             320 W         ·█

The last readings, the newest first

UTC        memory       KV cache   tokens/s   running   queued    latency   hit rate   heat      power
10:00:00   14.2/32 GB   28 %       86         1         0         1.3 s     unknown    61 °C     320 W
09:59:55   unknown      unknown    unknown    unknown   unknown   unknown   unknown    unknown   unknown

What [reflex] has to reach

enabled                   yes
endpoint                  http://127.0.0.1:3009/v1
model                     qwen
P95 of an answer          under 2000 ms
success                   at least 85 % of the cloud's
answers in their schema   at least 100 %
trials                    at least 24 of each side

Bake-offs, the newest first

2026-11-21T10:00:00.000Z  not passed  reflex (qwen) beside strong (gpt), $1.25
  - P95 is 2400 ms; under 2000 ms is needed.
  Success parity is 91 %
  .speckit/eval/reflex-bakeoff-2.json

2026-11-20T10:00:00.000Z  passed  reflex (qwen) beside strong (gpt), $0.00
  + P95 is 900 ms.
  Success parity is 95 %
  .speckit/eval/reflex-bakeoff-1.json

`,
    ));

  it('says what there is not', () => {
    const text = localServerText(undefined, { ...STANDING, enabled: false, reports: [] });
    assert.match(text, /^No local server is watched here\.$/m);
    assert.match(text, /^enabled +no: set enabled = true in \[reflex\] of speckit\.toml once a bake-off has passed$/m);
    assert.match(text, /^None yet\. "SpecKit: Run a Bake-Off of the Local Server\.\.\." makes one\.$/m);
  });
});
