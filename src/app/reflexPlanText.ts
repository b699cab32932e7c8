import { counted } from '../base/counted.ts';
import { usableGibibytes } from '../core/reflex/card.ts';
import { kvBytesPerToken } from '../core/reflex/dimensions.ts';
import type { Finding } from '../core/reflex/launchFindings.ts';
import { commandText, type LaunchLine } from '../core/reflex/launchCommand.ts';
import { TABLE_DATE } from '../core/reflex/localModels.ts';
import { GIB } from '../core/reflex/memory.ts';
import { atFullLength, longestContext, type WayPlan } from '../core/reflex/plan.ts';
import type { ReflexCheckReport, ReflexPlanReport, ReportedNow } from './reflexPlan.ts';

const SERVERS = { sglang: 'SGLang', vllm: 'vLLM' } as const;

/** A plan as a page to read, the same on the command line and in the editor. */
export function reflexPlanText(report: ReflexPlanReport): string {
  const { plan, modelFrom, cardFrom, longest, command, findings, reported } = report;
  const { model, card, server, serverReason, chosen, ways, leftOut } = plan;
  return [
    `An estimate, until a server has started: 1 GiB is 2^30 bytes.`,
    '',
    row('Model', `${model.id} (${modelFrom})`),
    row('', `dimensions: ${model.source}; table of ${TABLE_DATE}`),
    ...(model.note === undefined ? [] : [row('', model.note)]),
    row('Card', `${card.name}, ${card.gibibytes} GB, ${gib(usableGibibytes(card) * GIB)} of it usable (${cardFrom})`),
    row('Server', `${SERVERS[server]}: ${serverReason}`),
    row(
      'Context',
      `${chosen.context} tokens${longest > chosen.context ? `; up to ${longest} fit: --context ${longest}` : ''}`,
    ),
    row('At once', `${counted(chosen.load.sequences, 'request')}; ${atFullLength(chosen)} of full length`),
    '',
    ...memoryLines(chosen),
    '',
    'Ways to serve it here (> is planned)',
    columns(['', 'weights', 'GiB', 'cache', 'bytes a token', 'tokens', 'longest', 'planned', 'at once']),
    ...ways.map((way) => wayLine(report, way)),
    ...leftOut.map(({ checkpoint, why }) => `  not ${checkpoint.quantisation}: ${why}`),
    '',
    'Command',
    '',
    commandText(command),
    '',
    ...command.map(explained),
    ...(findings.length === 0 ? [] : ['', 'Know that', ...findings.map(findingLine)]),
    '',
    ...reportedLines(report, reported),
  ].join('\n');
}

function memoryLines({ budget, capacity, kv, checkpoint }: WayPlan): readonly string[] {
  const parts: readonly (readonly [string, number, string])[] = [
    [
      `weights, ${checkpoint.quantisation}`,
      budget.weights,
      checkpoint.bytes === undefined ? 'by the formula' : 'measured by others',
    ],
    [`cache, ${kv}`, budget.kv, `${capacity} tokens`],
    ['states of requests', budget.states, 'whatever their length'],
    ['CUDA and kernels', budget.context, ''],
    ['activations', budget.activations, ''],
    ['CUDA graphs', budget.graphs, ''],
    ['other programs', budget.desktop, 'the desktop: --desktop says another'],
    ['kept free', budget.margin, ''],
  ];
  const shown = parts.filter(([, bytes]) => bytes > 0);
  const total = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  return [
    'Memory, GiB',
    ...shown.map(([name, bytes, note]) => `  ${name.padEnd(20)}${number(bytes)}  ${note}`.trimEnd()),
    `  ${'together'.padEnd(20)}${number(total)}  of ${gib(budget.usable)}`,
  ];
}

function wayLine({ plan }: ReflexPlanReport, way: WayPlan): string {
  const { checkpoint, kv, budget, capacity, context } = way;
  return columns([
    way === plan.chosen ? '>' : '',
    checkpoint.quantisation,
    (budget.weights / GIB).toFixed(1),
    kv,
    String(kvBytesPerToken(plan.model.dimensions, kv)),
    String(capacity),
    String(longestContext(plan.model, way)),
    context === 0 ? 'does not fit' : String(context),
    context === 0 ? '' : String(atFullLength(way)),
  ]);
}

function columns([mark = '', weights = '', size = '', cache = '', bytes = '', ...numbers]: readonly string[]): string {
  const [tokens = '', longest = '', planned = '', atOnce = ''] = numbers;
  return `${mark.padEnd(2)}${weights.padEnd(9)}${size.padStart(6)}  ${cache.padEnd(6)}${bytes.padStart(14)}${tokens.padStart(10)}${longest.padStart(10)}${planned.padStart(14)}${atOnce.padStart(9)}`.trimEnd();
}

const WORDS_WIDE = 46;

function explained({ words, why }: LaunchLine): string {
  const text = words.join(' ');
  return text.length > WORDS_WIDE
    ? `  ${text}\n  ${' '.repeat(WORDS_WIDE)}  ${why}`
    : `  ${text.padEnd(WORDS_WIDE)}  ${why}`;
}

function reportedLines({ plan }: ReflexPlanReport, now: ReportedNow): readonly string[] {
  if (now.kind === 'none') return [`No running server to hold this against: ${now.why}`];
  const { baseUrl, comparisons, correction, plan: corrected } = now;
  const told =
    correction.kind === 'not'
      ? [`The plan stands as it was estimated: ${correction.why}.`]
      : [
          `Corrected${correction.kind === 'otherSettings' ? `, ${correction.text}` : ''}: ${corrected.chosen.capacity} tokens of cache, context ${corrected.chosen.context}, up to ${longestContext(plan.model, corrected.chosen)}, ${atFullLength(corrected.chosen)} at once of full length.`,
        ];
  return [
    `Reported by the server at ${baseUrl}`,
    ...(comparisons.length === 0 ? [] : [`  ${''.padEnd(20)}${'estimate'.padStart(10)}${'reported'.padStart(10)}`]),
    ...comparisons.map(({ what, estimated, reported }) => `  ${what.padEnd(20)}${short(estimated)}${short(reported)}`),
    ...told,
  ];
}

const short = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(2)).padStart(10);

/** What was found in a command, as a page to read. */
export function reflexCheckText({ card, cardFrom, checked }: ReflexCheckReport): string {
  const { launch, fit, findings } = checked;
  return [
    row('Command', `${SERVERS[launch.server]}, ${launch.model ?? 'no model named'}`),
    row('Card', `${card.name}, ${card.gibibytes} GB (${cardFrom})`),
    ...(fit === undefined
      ? []
      : [
          row(
            'Estimate',
            `weights ${gib(fit.budget.weights)} in ${fit.way.checkpoint.quantisation}; of ${fit.fraction.toFixed(2)} are left ${gib(fit.budget.kv)} for the cache: ${fit.capacity} tokens in ${fit.way.kv}`,
          ),
        ]),
    '',
    ...(findings.every(({ kind }) => kind === 'note')
      ? [fit === undefined ? 'Nothing unsafe.' : 'Nothing unsafe, and it should fit.']
      : []),
    ...findings.map(findingLine),
  ].join('\n');
}

const KINDS: Readonly<Record<Finding['kind'], string>> = {
  unsafe: 'unsafe',
  doesNotFit: 'does not fit',
  fault: 'known fault',
  note: 'note',
};

const findingLine = ({ kind, rule, text }: Finding): string => `  ${KINDS[kind].padEnd(13)} ${text} [${rule}]`;
const row = (name: string, text: string): string => `${name.padEnd(10)}${text}`;
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
const number = (bytes: number): string => (bytes / GIB).toFixed(2).padStart(8);
