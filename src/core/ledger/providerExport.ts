import { err, ok, type Result } from '../../base/result.ts';
import type { Rates } from './prices.ts';

/** What a provider charged for one model on one UTC day (YYYY-MM-DD), in whole microdollars. */
export interface ProviderCharge {
  readonly day: string;
  readonly model: string;
  readonly microdollars: number;
  /** Whether it was charged for requests of a batch. */
  readonly isBatch: boolean;
  /** Which tokens it was charged for, where the line says it. */
  readonly tokens: keyof Rates | undefined;
}

export interface ProviderExport {
  readonly provider: 'OpenAI' | 'Anthropic' | 'OpenRouter';
  readonly charges: readonly ProviderCharge[];
}

/** One provider's columns: the three that must be there, how what stands in them becomes a day and a model's id, and where the rest stands. */
interface Shape {
  readonly provider: ProviderExport['provider'];
  readonly day: string;
  readonly model: string;
  readonly dollars: string;
  modelOf(written: string): string;
  /** The columns that may mark a line as one of a batch, by the word itself. */
  readonly batch: readonly string[];
  /** The column that says which tokens a line is about, where there is one. */
  readonly tokens: string | undefined;
}

/**
 * The exports that are understood, by their columns:
 * OpenAI, Usage > Costs, grouped by line item (`gpt-6-sol-2026-09-01, input`);
 * Anthropic, Console > Cost, whose models are written as names (`Claude Haiku 4.5`);
 * OpenRouter, Activity, one line for each call, whose models are ids; it has no batches.
 *
 * Batches are known by the word `batch`: OpenAI's in the line item, Anthropic's in `usage_type` (else `message`) or in `service_tier`, which the cost report of its
 * Admin API fills with `standard` or `batch`. No export with a batch in it was at hand: only the word is taken, wherever it stands in these cells.
 */
const SHAPES: readonly Shape[] = [
  {
    provider: 'OpenAI',
    day: 'start_time_iso',
    model: 'line_item',
    dollars: 'amount_value',
    modelOf: (written) => (written.split(',')[0] ?? '').replace(/[ ([]+batch\b.*$/i, '').trim(),
    batch: ['line_item'],
    tokens: 'line_item',
  },
  {
    provider: 'Anthropic',
    day: 'usage_date_utc',
    model: 'model',
    dollars: 'cost_usd',
    modelOf: (written) =>
      written
        .replace(/[ ([]+batch\b.*$/i, '')
        .trim()
        .toLowerCase()
        .replaceAll(/[ .]/g, '-'),
    batch: ['usage_type', 'service_tier'],
    tokens: 'token_type',
  },
  {
    provider: 'OpenRouter',
    day: 'created_at',
    model: 'model_permaslug',
    dollars: 'cost_total',
    modelOf: (written) => written.trim(),
    batch: [],
    tokens: undefined,
  },
];

/** Most lines of an export that are read. */
const MOST_LINES = 500_000;

/**
 * Reads a provider's CSV export. Lines without a model (other services) or without an amount are passed over; an amount or a day that cannot be read is an
 * error that names its line, for a sum of the rest would look like a drift.
 */
export function readProviderExport(text: string): Result<ProviderExport, string> {
  const rows = csvRows(text.replace(/^\ufeff/, ''));
  if (rows === undefined) return err('A quoted cell of it has no end.');
  const [header = [], ...lines] = rows;
  const shape = SHAPES.find(({ day, model, dollars }) => [day, model, dollars].every((name) => header.includes(name)));
  if (shape === undefined)
    return err(
      `Its columns are those of none of the exports that are understood: ${SHAPES.map(({ provider, day, model, dollars }) => `${provider} (${day}, ${model}, ${dollars})`).join('; ')}.`,
    );
  if (lines.length > MOST_LINES) return err(`It has more than ${MOST_LINES} lines: export a shorter time.`);
  const charges: ProviderCharge[] = [];
  for (const [index, line] of lines.entries()) {
    const cell = (name: string): string => line[header.indexOf(name)] ?? '';
    const model = shape.modelOf(cell(shape.model));
    if (model === '' || cell(shape.dollars) === '') continue;
    const day = /^\d{4}-\d{2}-\d{2}(?=[T ]|$)/.exec(cell(shape.day))?.[0];
    const microdollars = Math.round(Number(cell(shape.dollars)) * 1_000_000);
    if (day === undefined || !Number.isSafeInteger(microdollars))
      return err(`Line ${index + 2}: "${cell(shape.day)}" is no day, or "${cell(shape.dollars)}" no amount.`);
    const isBatch = shape.batch.some((name) => BATCH.test(cell(name)));
    charges.push({
      day,
      model,
      microdollars,
      isBatch,
      tokens: tokensOf(shape.tokens === undefined ? '' : cell(shape.tokens)),
    });
  }
  return ok({ provider: shape.provider, charges });
}

/** `batch`, `message_batch`, `gpt-6-sol batch, input`: the word by itself. */
const BATCH = /(?:^|[^a-z0-9])batch(?![a-z0-9])/i;

/** Which tokens a line item (`gpt-6-sol, cached input`) or a token type (`input_cache_write_5m`) names; undefined for all else. */
function tokensOf(written: string): keyof Rates | undefined {
  const last =
    written
      .split(',')
      .at(-1)
      ?.trim()
      .toLowerCase()
      .replaceAll('_', ' ')
      .replace(/\b(?:batch|tokens)\b/g, '')
      .trim() ?? '';
  if (/^output$/.test(last)) return 'output';
  if (/^(?:cached input|input cache read|cache read input)$/.test(last)) return 'cacheRead';
  if (/^input cache write 5m$/.test(last)) return 'cacheWrite';
  return /^(?:input|input no cache|uncached input)$/.test(last) ? 'input' : undefined;
}

/** The cells of CSV as RFC 4180 writes it, empty lines left out; undefined where a quote stands that none may, for then the rest cannot be read. */
function csvRows(text: string): readonly (readonly string[])[] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (cells.lastIndex < text.length) {
    const match = cells.exec(text);
    if (match === null) return undefined;
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    if (row.some((cell) => cell !== '')) rows.push(row);
    row = [];
  }
  if (row.some((cell) => cell !== '')) rows.push(row);
  return rows;
}
