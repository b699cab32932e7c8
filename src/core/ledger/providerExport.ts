import { err, ok, type Result } from '../../base/result.ts';

/** What a provider charged for one model on one UTC day (YYYY-MM-DD), in whole microdollars. */
export interface ProviderCharge {
  readonly day: string;
  readonly model: string;
  readonly microdollars: number;
}

export interface ProviderExport {
  readonly provider: 'OpenAI' | 'Anthropic' | 'OpenRouter';
  readonly charges: readonly ProviderCharge[];
}

/** One provider's columns: the three that are read, and how what stands in them becomes a day and a model's id. */
interface Shape {
  readonly provider: ProviderExport['provider'];
  readonly day: string;
  readonly model: string;
  readonly dollars: string;
  modelOf(written: string): string;
}

/**
 * The exports that are understood, by their columns:
 * OpenAI, Usage > Costs, grouped by line item (`gpt-6-sol-2026-09-01, input`);
 * Anthropic, Console > Cost, whose models are written as names (`Claude Haiku 4.5`);
 * OpenRouter, Activity, one line for each call, whose models are ids.
 */
const SHAPES: readonly Shape[] = [
  {
    provider: 'OpenAI',
    day: 'start_time_iso',
    model: 'line_item',
    dollars: 'amount_value',
    modelOf: (written) => written.split(',')[0]?.trim() ?? '',
  },
  {
    provider: 'Anthropic',
    day: 'usage_date_utc',
    model: 'model',
    dollars: 'cost_usd',
    modelOf: (written) => written.trim().toLowerCase().replaceAll(/[ .]/g, '-'),
  },
  {
    provider: 'OpenRouter',
    day: 'created_at',
    model: 'model_permaslug',
    dollars: 'cost_total',
    modelOf: (written) => written.trim(),
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
    charges.push({ day, model, microdollars });
  }
  return ok({ provider: shape.provider, charges });
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
