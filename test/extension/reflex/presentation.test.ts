import assert from 'node:assert/strict';
import type { ReflexReading } from '../../../src/app/reflex.ts';
import type { ReflexState } from '../../../src/app/reflexState.ts';
import { nextTrend, type ReflexTrend } from '../../../src/app/reflexTrend.ts';
import { presentReflex } from '../../../src/extension/reflex/presentation.ts';

type Read = Extract<ReflexReading, { kind: 'read' }>;
type Answers = Extract<Read['health'], { kind: 'answers' }>;

const RTX = {
  name: 'NVIDIA GeForce RTX 5090',
  usedMebibytes: 14541,
  totalMebibytes: 32607,
  utilisationPercent: 37,
  celsius: 61,
  watts: 320.15,
  wattsLimit: 575,
};
const ANSWERS: Answers = {
  kind: 'answers',
  server: 'sglang',
  models: ['qwen'],
  latencyMs: 4,
  health: 'good',
  load: { running: 1, queued: 0, tokenUsage: 0.28, cacheHitRate: 0.75, throughput: 86.4 },
};
const READING: Read = {
  kind: 'read',
  worker: 'local',
  model: 'qwen',
  baseUrl: 'http://127.0.0.1:30000/v1',
  health: ANSWERS,
  vram: { kind: 'gpus', gpus: [RTX] },
  place: { kind: 'here', computer: 'workstation' },
};
const REFUSES: Read['health'] = { kind: 'refuses', why: 'nothing listens on its port' };
const NO_GPU: Read['vram'] = { kind: 'none', why: 'nvidia-smi is not installed here' };

/** After these readings, five seconds apart; what they leave out is that of a server at work. */
function present(state: ReflexState, ...readings: readonly Partial<Read>[]) {
  let trend: ReflexTrend | undefined;
  let reading = READING;
  for (const [index, part] of readings.entries()) {
    reading = { ...READING, ...part };
    trend = nextTrend(trend, reading, index * 5_000);
  }
  return presentReflex(reading, state, trend ?? nextTrend(undefined, READING, 0));
}

const counted = (generatedTokens: number, answered: number, answerSeconds: number): Partial<Read> => ({
  health: { ...ANSWERS, server: 'vllm', load: { queued: 2, counted: { generatedTokens, answered, answerSeconds } } },
});

describe('the local server in the status bar', () => {
  it('shows what it does, and all of it as a table in its tooltip', () =>
    assert.deepEqual(present('healthy', {}), {
      text: '$(pulse) Reflex 14.2/32 GB · KV 28 % · 86 tok/s',
      tooltip: `**Reflex: local** (qwen)

Healthy. SGLang answers in 4 ms.

| | now | last 1 reading |
|:--|--:|:--|
| GPU memory | 14.2/32 GB | \`▄\` |
| KV cache in use | 28 % | \`▃\` |
| Throughput | 86 tokens/s | \`█\` |
| Running | 1 | \`█\` |
| Queued | 0 | \`▁\` |
| Last latency | unknown |  |
| Cache hit rate | 75 % | \`▆\` |
| Temperature | 61 °C | \`▅\` |
| Power | 320 of 575 W | \`▅\` |

GPU: NVIDIA GeForce RTX 5090, 37 % busy

Machine: this computer, workstation. Endpoint: http://127.0.0.1:30000/v1`,
      label:
        'SpecKit reflex: Healthy. SGLang answers in 4 ms. GPU memory: 14.2/32 GB, KV cache in use: 28 %, Throughput: 86 tokens/s, Running: 1, Queued: 0, Last latency: unknown, Cache hit rate: 75 %, Temperature: 61 °C, Power: 320 of 575 W.',
      watched: {
        state: 'healthy',
        level: 'none',
        worker: 'local',
        model: 'qwen',
        words: 'Healthy. SGLang answers in 4 ms.',
        machine: 'Machine: this computer, workstation. Endpoint: http://127.0.0.1:30000/v1',
        facts: ['GPU: NVIDIA GeForce RTX 5090, 37 % busy'],
        trend: nextTrend(undefined, READING, 0),
      },
    }));

  it('draws the last thirty readings in its tooltip, and keeps all for the panel', () => {
    const { tooltip, watched } = present('healthy', ...Array.from({ length: 100 }, () => ({})));
    assert.match(tooltip, /^\| \| now \| last 30 readings \|$/m);
    assert.match(tooltip, /^\| Running \| 1 \| `█{30}` \|$/m);
    assert.equal(watched.trend.points.length, 100);
  });

  it('shows the trend, with gaps where nothing was known', () => {
    const { text, tooltip } = present(
      'busy',
      counted(0, 0, 0),
      { health: REFUSES },
      counted(100, 1, 1),
      counted(600, 3, 4),
    );
    assert.equal(text, '$(pulse) Reflex busy 14.2/32 GB · 100 tok/s · 2 queued · 1.5 s');
    assert.match(tooltip, /^\| \| now \| last 4 readings \|$/m);
    assert.match(tooltip, /^\| Throughput \| 100 tokens\/s \| `···█` \|$/m);
    assert.match(tooltip, /^\| Queued \| 2 \| `█·██` \|$/m);
    assert.match(tooltip, /^\| Running \| unknown \| {2}\|$/m);
  });

  const none = { kind: 'none', why: 'there is no readable report' } as const;
  const bare: Partial<Read> = { health: { ...ANSWERS, load: {} }, vram: NO_GPU };
  const closed: Partial<Read> = { health: REFUSES, vram: NO_GPU };
  const texts: readonly (readonly [state: ReflexState, reading: Partial<Read>, text: string, level: string])[] = [
    ['healthy', bare, '$(pulse) Reflex healthy', 'none'],
    ['healthy', { ...bare, vram: { kind: 'gpus', gpus: [RTX, RTX] } }, '$(pulse) Reflex 28.4/64 GB', 'none'],
    ['healthy', { ...bare, vram: { kind: 'gpus', gpus: [RTX, { name: 'GB10' }] } }, '$(pulse) Reflex healthy', 'none'],
    ['healthy', { ...bare, promotion: { kind: 'promoted' } }, '$(pulse) Reflex healthy', 'none'],
    ['healthy', { ...bare, promotion: none }, '$(unverified) Reflex not promoted', 'none'],
    ['busy', { promotion: none }, '$(unverified) Reflex not promoted 14.2/32 GB · KV 28 % · 86 tok/s', 'none'],
    ['degraded', { promotion: none }, '$(warning) Reflex degraded 14.2/32 GB · KV 28 % · 86 tok/s', 'warning'],
    ['starting', { health: { kind: 'loading', why: 'x' } }, '$(loading~spin) Reflex starting 14.2/32 GB', 'none'],
    ['off', closed, '$(circle-slash) Reflex off', 'none'],
    ['down', closed, '$(debug-disconnect) Reflex down', 'warning'],
    ['down', { ...closed, supervised: 'waiting' }, '$(debug-disconnect) Reflex down', 'warning'],
    ['down', { ...closed, supervised: 'failed' }, '$(debug-disconnect) Reflex down', 'error'],
    ['down', { ...closed, supervised: 'killed' }, '$(debug-disconnect) Reflex down', 'error'],
    [
      'healthy',
      { ...bare, health: { ...ANSWERS, load: { throughput: 0, queued: 0, tokenUsage: 0 } } },
      '$(pulse) Reflex KV 0 %',
      'none',
    ],
  ];
  for (const [state, reading, text, level] of texts)
    it(`shows ${text} (${level})`, () => {
      const shown = present(state, reading);
      assert.deepEqual([shown.text, shown.watched.level], [text, level]);
    });

  it('says why nothing is known, also to a screen reader', () => {
    const { tooltip, label } = present('down', closed);
    const why = 'Down: nothing listens on its port. Runs go on with the next worker of the chain.';
    assert.equal(tooltip.split('\n\n')[1], why);
    assert.match(tooltip, /GPU: unknown \(nvidia\\-smi is not installed here\)/);
    assert.equal(tooltip.match(/\| unknown \| {2}\|/g)?.length, 9);
    assert.ok(label.startsWith(`SpecKit reflex: ${why} GPU memory: unknown, `), label);
  });

  it('says why it is not promoted, and that it is', () => {
    const line = (promotion: Read['promotion'] & object) => present('healthy', { promotion }).tooltip.split('\n\n')[1];
    assert.equal(
      line(none),
      'Healthy. SGLang answers in 4 ms. Not promoted: there is no readable report. First attempts go to the next worker of the chain.',
    );
    assert.equal(line({ kind: 'promoted' }), 'Healthy. SGLang answers in 4 ms. Promoted: it makes the first attempts.');
  });

  it('says nothing of a promotion while the server does not answer', () => {
    const { tooltip } = present('down', { ...closed, promotion: { kind: 'promoted' } });
    assert.doesNotMatch(tooltip, /romoted/);
  });

  it('says what SpecKit knows of a server that it started', () => {
    const line = (state: ReflexState, supervised: Read['supervised'] & string) =>
      present(state, { ...closed, supervised }).tooltip.split('\n\n')[1];
    assert.equal(
      line('starting', 'starting'),
      'Starting: nothing listens on its port. SpecKit has started it, and it is not ready yet.',
    );
    assert.equal(
      line('down', 'killed'),
      "Down: nothing listens on its port. SpecKit's process that watches over it was killed, and the server with it. Runs go on with the next worker of the chain.",
    );
    assert.match(line('down', 'failed') ?? '', /It ended and is not started again: its log says why\./);
  });

  it('says which machine it is', () => {
    const place = { kind: 'elsewhere', host: 'gpu-box:3009', computer: 'laptop' } as const;
    assert.match(
      present('healthy', { place }).tooltip,
      /Machine: gpu\\-box:3009; the extension runs on laptop, whose GPU is not the server's\. Endpoint: /,
    );
  });

  it('says what a server does not tell, and what it tells instead', () => {
    const told = (answers: Partial<Answers>) =>
      present('healthy', { health: { ...ANSWERS, load: {}, ...answers } }).tooltip;
    assert.match(told({ server: 'unknown' }), /It tells nothing of its load/);
    assert.match(
      told({ server: 'ollama', loaded: ['a:7b', 'b'], memoryGigabytes: 5.5 }),
      /Loaded: a:7b, b\n\nThe server holds 5\.5 GB/,
    );
    assert.match(told({ server: 'lmstudio', loaded: [] }), /No model is loaded\./);
  });

  it('makes neither links nor icons of what others wrote', () => {
    const evil = '[x](command:evil) $(flame) <b> `c`\n# h | i';
    const escaped = '\\[x\\]\\(command:evil\\) \\$\\(flame\\) \\<b\\> \\`c\\` \\# h \\| i';
    const { tooltip } = present('healthy', {
      model: evil,
      promotion: { kind: 'none', why: evil },
      health: { ...ANSWERS, loaded: [evil] },
      vram: { kind: 'gpus', gpus: [{ name: evil }] },
      place: { kind: 'elsewhere', host: evil, computer: evil },
    });
    assert.equal(tooltip.split(escaped).length - 1, 6, tooltip);
    assert.ok(!tooltip.includes(evil));
  });

  it('lists at most eight GPUs, each with what it tells', () => {
    const { tooltip } = present('healthy', {
      vram: { kind: 'gpus', gpus: [{ name: 'GB10' }, ...Array.from({ length: 9 }, () => RTX)] },
    });
    assert.equal(tooltip.match(/GPU: /g)?.length, 8);
    assert.match(tooltip, /GPU: GB10: memory unknown, use unknown, temperature unknown, power unknown/);
    assert.match(tooltip, /GPU: NVIDIA GeForce RTX 5090: 14\.2\/32 GB, 37 % busy, 61 °C, 320 W/);
    assert.match(tooltip, /and 2 more GPUs/);
    const nine = present('healthy', { vram: { kind: 'gpus', gpus: Array.from({ length: 9 }, () => RTX) } });
    assert.match(nine.tooltip, /and 1 more GPU$/m);
  });
});
