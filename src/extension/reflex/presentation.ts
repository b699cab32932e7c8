import { unreachable } from '../../base/unreachable.ts';
import type { Gpu, ReflexReading } from '../../app/reflex.ts';
import type { ReflexState } from '../../app/reflexState.ts';

/** What the status bar shows. `tooltip` is Markdown; all that a server said in it is escaped. */
export interface ReflexPresentation {
  readonly text: string;
  readonly tooltip: string;
  /** What a screen reader says: the same as the text and the reason, in words. */
  readonly label: string;
}

type Read = Extract<ReflexReading, { kind: 'read' }>;

/** GPUs listed in the tooltip. */
const GPUS_SHOWN = 8;

/** The local server and its GPU for the status bar. Unknown is `n/a` with its reason, never 0. */
export function presentReflex(reading: Read, state: ReflexState): ReflexPresentation {
  const memory = memoryText(reading);
  const amount = memory.kind === 'known' ? memory.text : 'n/a';
  const inWords = stateWords(reading, state);
  const shown = state === 'ready' ? amount : `${state}${memory.kind === 'known' ? ` ${amount}` : ''}`;
  return {
    text: `${ICONS[state]} Reflex ${shown}`,
    tooltip: [
      `**Reflex: ${escaped(reading.worker)}** (${escaped(reading.model)})`,
      inWords,
      ...loadLines(reading),
      ...gpuLines(reading),
      `Endpoint: ${escaped(reading.baseUrl)}`,
    ].join('\n\n'),
    label: `SpecKit reflex: ${plain(inWords)} GPU memory: ${memory.kind === 'known' ? memory.text : `not available, ${memory.why}`}.`,
  };
}

/** Codicons: shapes tell the states apart, not colours. */
const ICONS: Readonly<Record<ReflexState, string>> = {
  down: '$(debug-disconnect)',
  starting: '$(loading~spin)',
  ready: '$(pulse)',
  busy: '$(pulse)',
  degraded: '$(warning)',
};

function stateWords({ health }: Read, state: ReflexState): string {
  switch (health.kind) {
    case 'answers': {
      const server = health.server === 'unknown' ? 'the server' : health.server;
      const answer = `${capital(server)} answers in ${health.latencyMs} ms`;
      const ill =
        health.health === 'bad'
          ? ', and says that it is not well'
          : health.health === 'slow'
            ? ', and is late with its health'
            : '';
      return `${capital(state)}. ${answer}${ill}.`;
    }
    case 'loading':
      return `${capital(state)}: ${escaped(health.why)}.`;
    case 'refuses':
    case 'odd':
      return `${capital(state)}: ${escaped(health.why)}. Runs go on with the next worker of the chain.`;
    case 'silent':
      return `${capital(state)}: no answer within ${health.afterMs / 1000} s. Runs go on with the next worker of the chain.`;
  }
  return unreachable(health);
}

function loadLines({ health }: Read): readonly string[] {
  if (health.kind !== 'answers') return [];
  const { running, queued, tokenUsage, cacheHitRate, throughput } = health.load;
  const parts = [
    ...(running === undefined ? [] : [`${running} running`]),
    ...(queued === undefined ? [] : [`${queued} waiting`]),
    ...(throughput === undefined || throughput === 0 ? [] : [`${Math.round(throughput)} tokens/s`]),
    ...(tokenUsage === undefined ? [] : [`token cache ${percent(tokenUsage)} full`]),
    ...(cacheHitRate === undefined ? [] : [`${percent(cacheHitRate)} of prompts from the cache`]),
  ];
  const load =
    parts.length === 0
      ? 'Load: n/a (the server tells none; SGLang does with --enable-metrics)'
      : `Load: ${parts.join(', ')}`;
  const own =
    health.memoryGigabytes === undefined
      ? []
      : [`The server holds ${health.memoryGigabytes.toFixed(1)} GB of GPU memory.`];
  return [load, ...own];
}

function gpuLines({ vram }: Read): readonly string[] {
  if (vram.kind === 'none') return [`GPU: n/a (${escaped(vram.why)})`];
  const shown = vram.gpus.slice(0, GPUS_SHOWN).map(gpuLine);
  const left = vram.gpus.length - shown.length;
  return left > 0 ? [...shown, `and ${left} more GPUs`] : shown;
}

function gpuLine(gpu: Gpu): string {
  const { usedMebibytes: used, totalMebibytes: total, utilisationPercent, celsius } = gpu;
  const facts = [
    used === undefined || total === undefined ? 'memory n/a' : gigabytes(used, total),
    utilisationPercent === undefined ? 'use n/a' : `${utilisationPercent} % busy`,
    celsius === undefined ? 'temperature n/a' : `${celsius} °C`,
  ];
  return `GPU: ${escaped(gpu.name)}: ${facts.join(', ')}`;
}

type Memory = { readonly kind: 'known'; readonly text: string } | { readonly kind: 'unknown'; readonly why: string };

/** The memory of all GPUs together; unknown as soon as one of them does not tell it. */
function memoryText({ vram }: Read): Memory {
  if (vram.kind === 'none') return { kind: 'unknown', why: vram.why };
  let used = 0;
  let total = 0;
  for (const gpu of vram.gpus) {
    if (gpu.usedMebibytes === undefined || gpu.totalMebibytes === undefined)
      return { kind: 'unknown', why: `${gpu.name} does not tell its memory` };
    used += gpu.usedMebibytes;
    total += gpu.totalMebibytes;
  }
  return { kind: 'known', text: gigabytes(used, total) };
}

/** Both in units of 1,024 MiB, which is what cards are sold by: a card of 32 GB tells 32,607 MiB. */
function gigabytes(usedMebibytes: number, totalMebibytes: number): string {
  return `${(usedMebibytes / 1024).toFixed(1)}/${Math.round(totalMebibytes / 1024)} GB`;
}

function percent(share: number): string {
  return `${Math.round(Math.min(1, share) * 100)} %`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text of a server, a GPU or the configuration: it must become neither a link nor an icon. */
function escaped(text: string): string {
  return text
    .slice(0, 300)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]()#+\-!<>|~$&]/g, '\\$&');
}

function plain(markdown: string): string {
  return markdown.replaceAll(/\\(.)/g, '$1');
}
