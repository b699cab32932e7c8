import assert from 'node:assert/strict';
import type { ReflexReading } from '../../../src/app/reflex.ts';
import type { ReflexState } from '../../../src/app/reflexState.ts';
import { presentReflex } from '../../../src/extension/reflex/presentation.ts';

type Read = Extract<ReflexReading, { kind: 'read' }>;

const RTX = {
  name: 'NVIDIA GeForce RTX 5090',
  usedMebibytes: 14541,
  totalMebibytes: 32607,
  utilisationPercent: 37,
  celsius: 61,
};
const READING: Read = {
  kind: 'read',
  worker: 'local',
  model: 'qwen',
  baseUrl: 'http://127.0.0.1:30000/v1',
  health: {
    kind: 'answers',
    server: 'sglang',
    models: ['qwen'],
    latencyMs: 4,
    health: 'good',
    load: { running: 1, queued: 0, tokenUsage: 0.28, cacheHitRate: 0.75, throughput: 86.4 },
  },
  vram: { kind: 'gpus', gpus: [RTX] },
};

const present = (reading: Partial<Read>, state: ReflexState = 'ready') =>
  presentReflex({ ...READING, ...reading }, state);

describe('the local server in the status bar', () => {
  it('shows the memory, and the rest in its tooltip', () =>
    assert.deepEqual(present({}), {
      text: '$(pulse) Reflex 14.2/32 GB',
      tooltip: [
        '**Reflex: local** (qwen)',
        'Ready. Sglang answers in 4 ms.',
        'Load: 1 running, 0 waiting, 86 tokens/s, token cache 28 % full, 75 % of prompts from the cache',
        'GPU: NVIDIA GeForce RTX 5090: 14.2/32 GB, 37 % busy, 61 °C',
        'Endpoint: http://127.0.0.1:30000/v1',
      ].join('\n\n'),
      label: 'SpecKit reflex: Ready. Sglang answers in 4 ms. GPU memory: 14.2/32 GB.',
    }));

  const texts: readonly (readonly [reading: Partial<Read>, state: ReflexState, text: string])[] = [
    [{}, 'busy', '$(pulse) Reflex busy 14.2/32 GB'],
    [{}, 'degraded', '$(warning) Reflex degraded 14.2/32 GB'],
    [{ health: { kind: 'loading', why: 'x' } }, 'starting', '$(loading~spin) Reflex starting 14.2/32 GB'],
    [
      { health: { kind: 'refuses', why: 'x' }, vram: { kind: 'none', why: 'y' } },
      'down',
      '$(debug-disconnect) Reflex down',
    ],
    [{ vram: { kind: 'none', why: 'y' } }, 'ready', '$(pulse) Reflex n/a'],
    [{ vram: { kind: 'gpus', gpus: [RTX, RTX] } }, 'ready', '$(pulse) Reflex 28.4/64 GB'],
    [{ vram: { kind: 'gpus', gpus: [RTX, { name: 'GB10' }] } }, 'ready', '$(pulse) Reflex n/a'],
  ];
  for (const [reading, state, text] of texts)
    it(`shows ${text}`, () => assert.equal(present(reading, state).text, text));

  it('says why nothing is known, also to a screen reader', () => {
    const { tooltip, label } = present(
      {
        health: { kind: 'refuses', why: 'nothing listens on its port' },
        vram: { kind: 'none', why: 'nvidia-smi is not installed here' },
      },
      'down',
    );
    assert.equal(
      tooltip.split('\n\n')[1],
      'Down: nothing listens on its port. Runs go on with the next worker of the chain.',
    );
    assert.match(tooltip, /GPU: n\/a \(nvidia\\-smi is not installed here\)/);
    assert.equal(
      label,
      'SpecKit reflex: Down: nothing listens on its port. Runs go on with the next worker of the chain. GPU memory: not available, nvidia-smi is not installed here.',
    );
  });

  it('says what a server does not tell', () => {
    const { tooltip } = present({
      health: { kind: 'answers', server: 'unknown', models: [], latencyMs: 9, health: 'unknown', load: {} },
    });
    assert.match(tooltip, /Load: n\/a/);
    assert.match(
      present({ vram: { kind: 'gpus', gpus: [{ name: 'GB10' }] } }).tooltip,
      /memory n\/a, use n\/a, temperature n\/a/,
    );
  });

  it('makes neither links nor icons of what others wrote', () => {
    const { tooltip } = present({ model: '[x](command:evil) $(flame) <b> `c`\n# h' });
    assert.ok(tooltip.includes('\\[x\\]\\(command:evil\\) \\$\\(flame\\) \\<b\\> \\`c\\` \\# h'), tooltip);
  });

  it('lists at most eight GPUs', () => {
    const { tooltip } = present({ vram: { kind: 'gpus', gpus: Array.from({ length: 10 }, () => RTX) } });
    assert.equal(tooltip.match(/GPU: /g)?.length, 8);
    assert.match(tooltip, /and 2 more GPUs/);
  });
});
