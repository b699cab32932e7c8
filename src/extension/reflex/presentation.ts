import { counted } from '../../base/counted.ts';
import { unreachable } from '../../base/unreachable.ts';
import type { Gpu, ReflexReading } from '../../app/reflex.ts';
import type { ReflexState } from '../../app/reflexState.ts';
import type { ReflexTrend } from '../../app/reflexTrend.ts';
import { SERVER_NAMES } from '../../app/serverNames.ts';
import { inEditorWords } from '../engine/editorWords.ts';
import { duration, gigabytes, percent } from '../../protocol/reflexFigures.ts';
import { barsOf, figureRows } from './figures.ts';

/** What is shown of the server now: the status bar and the panel are made of the same. All values are structured-cloneable, and plain text. */
export interface WatchedServer {
  readonly state: ShownState;
  /** Which colour it has: none unless something is not as it should be. */
  readonly level: 'none' | 'warning' | 'error';
  readonly worker: string;
  readonly model: string;
  /** The state and why it is that. */
  readonly words: string;
  /** Where it runs. */
  readonly machine: string;
  /** What it tells of itself beside its figures, and its GPUs, a line each. */
  readonly facts: readonly string[];
  readonly trend: ReflexTrend;
}

/** What the status bar shows. `tooltip` is Markdown; all that a server said in it is escaped. */
export interface ReflexPresentation {
  readonly text: string;
  readonly tooltip: string;
  /** What a screen reader says: the same as the text and the reason, in words. */
  readonly label: string;
  readonly watched: WatchedServer;
}

type Read = Extract<ReflexReading, { kind: 'read' }>;

/** What is shown: a server that is well and may not take work is not promoted. */
export type ShownState = ReflexState | 'not promoted';

/** GPUs listed in the tooltip. */
const GPUS_SHOWN = 8;

/** The local server and its GPU for the status bar. What is not known is `unknown` with its reason, never 0. */
export function presentReflex(reading: Read, state: ReflexState, trend: ReflexTrend): ReflexPresentation {
  const shown = shownState(reading, state);
  const inWords = [stateWords(reading, state), ...promotionWords(reading)].join(' ');
  const rows = figureRows(trend);
  return {
    text: textOf(shown, trend),
    tooltip: [
      `**Reflex: ${escaped(reading.worker)}** (${escaped(reading.model)})`,
      inWords,
      [
        `| | now | last ${counted(barsOf(trend).length, 'reading')} |`,
        '|:--|--:|:--|',
        ...rows.map(({ name, now, trend: line }) => `| ${name} | ${now} | ${line === '' ? '' : `\`${line}\``} |`),
      ].join('\n'),
      ...serverLines(reading),
      ...gpuLines(reading),
      placeLine(reading),
    ].join('\n\n'),
    label: `SpecKit reflex: ${plain(inWords)} ${rows.map(({ name, now }) => `${name}: ${now}`).join(', ')}.`,
    watched: {
      state: shown,
      level: levelOf(reading, state),
      worker: reading.worker,
      model: reading.model,
      words: plain(inWords),
      machine: plain(placeLine(reading)),
      facts: [...serverLines(reading), ...gpuLines(reading)].map(plain),
      trend,
    },
  };
}

function shownState({ promotion }: Read, state: ReflexState): ShownState {
  const isWell = state === 'healthy' || state === 'busy';
  return isWell && promotion?.kind === 'none' ? 'not promoted' : state;
}

/**
 * Short: the state where it is not simply healthy, and those figures that are known and say something; an idle server has no speed and no queue to tell. The
 * table of the tooltip has them all.
 */
function textOf(state: ShownState, { points }: ReflexTrend): string {
  const now = points[points.length - 1] ?? { at: 0 };
  const { usedMebibytes: used, totalMebibytes: total, cacheUse, tokensPerSecond = 0, queued = 0, latencyMs } = now;
  const figures = [
    ...(used === undefined || total === undefined ? [] : [gigabytes(used, total)]),
    ...(cacheUse === undefined ? [] : [`KV ${percent(cacheUse)}`]),
    ...(tokensPerSecond < 0.5 ? [] : [`${Math.round(tokensPerSecond)} tok/s`]),
    ...(queued === 0 ? [] : [`${queued} queued`]),
    ...(latencyMs === undefined ? [] : [duration(latencyMs)]),
  ];
  const words = [state === 'healthy' && figures.length > 0 ? '' : state, figures.join(' · ')];
  return [`${ICONS[state]} Reflex`, ...words.filter((word) => word !== '')].join(' ');
}

/** Codicons: shapes tell the states apart, also without their colours. */
const ICONS: Readonly<Record<ShownState, string>> = {
  off: '$(circle-slash)',
  down: '$(debug-disconnect)',
  starting: '$(loading~spin)',
  healthy: '$(pulse)',
  busy: '$(pulse)',
  degraded: '$(warning)',
  'not promoted': '$(unverified)',
};

/** A server that is down loses nothing, because runs go on with the next worker; one that SpecKit itself could not keep up needs a person. */
function levelOf({ supervised }: Read, state: ReflexState): WatchedServer['level'] {
  if (state === 'down') return supervised === 'failed' || supervised === 'killed' ? 'error' : 'warning';
  return state === 'degraded' ? 'warning' : 'none';
}

/** Nothing of a server that does not answer: what it may do then is no matter of a bake-off. */
function promotionWords({ promotion, health }: Read): readonly string[] {
  if (promotion === undefined || health.kind !== 'answers') return [];
  if (promotion.kind === 'promoted') return ['Promoted: it makes the first attempts.'];
  return [`Not promoted: ${escaped(inEditorWords(promotion.why))}. First attempts go to the next worker of the chain.`];
}

function stateWords({ health, supervised }: Read, state: ReflexState): string {
  const goesOn = state === 'off' || state === 'down' ? ' Runs go on with the next worker of the chain.' : '';
  switch (health.kind) {
    case 'answers': {
      const answer = `${SERVER_NAMES[health.server]} answers in ${health.latencyMs} ms`;
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
      return `${capital(state)}: ${escaped(health.why)}.${supervisedWords(supervised)}${goesOn}`;
    case 'odd':
      return `${capital(state)}: ${escaped(health.why)}.${goesOn}`;
    case 'silent':
      return `${capital(state)}: no answer within ${health.afterMs / 1000} s.${goesOn}`;
  }
  return unreachable(health);
}

function supervisedWords(supervised: Read['supervised']): string {
  switch (supervised) {
    case 'starting':
      return ' SpecKit has started it, and it is not ready yet.';
    case 'waiting':
      return ' It ended, and SpecKit is about to start it again.';
    case 'failed':
      return ' It ended and is not started again: its log says why.';
    case 'killed':
      return " SpecKit's process that watches over it was killed, and the server with it.";
    case 'ready':
    case 'stopped':
    case 'adopted':
    case undefined:
      return '';
  }
}

/** What the server tells of itself beside its figures. */
function serverLines({ health }: Read): readonly string[] {
  if (health.kind !== 'answers') return [];
  const { load, loaded, memoryGigabytes } = health;
  const isUntold = Object.keys(load).length === 0;
  return [
    ...(isUntold ? ['It tells nothing of its load: SGLang and vLLM do, llama.cpp with --metrics.'] : []),
    ...(loaded === undefined
      ? []
      : [loaded.length === 0 ? 'No model is loaded.' : `Loaded: ${loaded.map(escaped).join(', ')}`]),
    ...(memoryGigabytes === undefined ? [] : [`The server holds ${memoryGigabytes.toFixed(1)} GB of GPU memory.`]),
  ];
}

function placeLine({ place, baseUrl }: Read): string {
  const where =
    place.kind === 'here'
      ? `this computer, ${escaped(place.computer)}`
      : `${escaped(place.host)}; the extension runs on ${escaped(place.computer)}, whose GPU is not the server's`;
  return `Machine: ${where}. Endpoint: ${escaped(baseUrl)}`;
}

/** Each GPU by itself where there are several: the table has their sums. */
function gpuLines({ vram }: Read): readonly string[] {
  if (vram.kind === 'none') return [`GPU: unknown (${escaped(vram.why)})`];
  const [only] = vram.gpus;
  if (vram.gpus.length === 1 && only !== undefined) return [`GPU: ${escaped(only.name)}, ${useOf(only)}`];
  const shown = vram.gpus.slice(0, GPUS_SHOWN).map(gpuLine);
  const left = vram.gpus.length - shown.length;
  return left > 0 ? [...shown, `and ${counted(left, 'more GPU')}`] : shown;
}

const useOf = ({ utilisationPercent: use }: Gpu): string => (use === undefined ? 'use unknown' : `${use} % busy`);

function gpuLine(gpu: Gpu): string {
  const { usedMebibytes: used, totalMebibytes: total, celsius, watts } = gpu;
  const facts = [
    used === undefined || total === undefined ? 'memory unknown' : gigabytes(used, total),
    useOf(gpu),
    celsius === undefined ? 'temperature unknown' : `${celsius} °C`,
    watts === undefined ? 'power unknown' : `${Math.round(watts)} W`,
  ];
  return `GPU: ${escaped(gpu.name)}: ${facts.join(', ')}`;
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
