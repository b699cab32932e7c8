/*
 * From the catalogue of models of `@earendil-works/pi-ai` to the rows of SpecKit's price table. Pure: scripts/prices.ts reads and writes.
 */
import type { CatalogueRow } from '../src/core/ledger/priceTable.ts';

/** The providers whose own endpoints SpecKit's workers call, as the catalogue's files are named. Resellers set prices of their own for the same ids. */
export const PROVIDERS = ['anthropic', 'openai', 'google', 'deepseek', 'moonshotai', 'xai'] as const;

interface Cost {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly tiers?: readonly ({ readonly inputTokensAbove: number } & Omit<Cost, 'tiers'>)[];
}

/**
 * The rows of one provider's file, in its order. Left out, so that they stay unpriced: what is no chat model; a model at 0 dollars, for the catalogue
 * writes 0 for "not told" too; and a name that moves (`-latest`), whose price is that of another model tomorrow. Throws for a shape it does not know:
 * a catalogue that changed is read by a person first.
 */
export function catalogueRows(provider: string, file: unknown): readonly CatalogueRow[] {
  return Object.values(tableOf(file, provider)).flatMap((models) =>
    Object.entries(tableOf(models, provider)).flatMap(([key, value]): readonly CatalogueRow[] => {
      const { id, type, cost } = tableOf(value, key);
      if (type !== 'chat') return [];
      if (typeof id !== 'string' || !/^[A-Za-z0-9][\w.:-]*$/.test(id)) throw new Error(`${provider}: ${key} has no id`);
      const known = costOf(cost, `${provider}: ${id}`);
      if (id.endsWith('-latest') || known.input === 0 || known.output === 0) return [];
      return [rowOf(id, known)];
    }),
  );
}

/** All rows once, by id. Throws when two providers tell of one id: which price holds could only be guessed. */
export function allRows(files: readonly (readonly [provider: string, file: unknown])[]): readonly CatalogueRow[] {
  const rows = files.flatMap(([provider, file]) => catalogueRows(provider, file));
  const twice = rows.find(([id], index) => rows.findIndex(([other]) => other === id) !== index);
  if (twice !== undefined) throw new Error(`${twice[0]} is in the catalogue twice`);
  return rows;
}

/** What differs between two tables, a line each; none when they agree. */
export function rowDifferences(table: readonly CatalogueRow[], catalogue: readonly CatalogueRow[]): readonly string[] {
  const textOf = (rows: readonly CatalogueRow[]) => new Map(rows.map((row) => [row[0], JSON.stringify(row.slice(1))]));
  const [ours, theirs] = [textOf(table), textOf(catalogue)];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((id) => ours.get(id) !== theirs.get(id))
    .map((id) => `${id}: the table says ${ours.get(id) ?? 'nothing'}, the catalogue ${theirs.get(id) ?? 'nothing'}`);
}

function rowOf(id: string, cost: Cost): CatalogueRow {
  const [tier, ...more] = cost.tiers ?? [];
  if (more.length > 0) throw new Error(`${id} has more than one price for long requests`);
  return tier === undefined ? [id, dollarsOf(cost)] : [id, dollarsOf(cost), tier.inputTokensAbove, dollarsOf(tier)];
}

/** A 0 for a cache means "not told": the input price stands in, which is never less than what is charged. */
const dollarsOf = ({ input, output, cacheRead, cacheWrite }: Omit<Cost, 'tiers'>): CatalogueRow[1] => [
  input,
  output,
  cacheRead === 0 ? input : cacheRead,
  cacheWrite === 0 ? input : cacheWrite,
];

const KNOWN = ['input', 'output', 'cacheRead', 'cacheWrite'] as const;

function costOf(value: unknown, where: string): Cost {
  const cost = tableOf(value, where);
  const unknown = Object.keys(cost).filter((key) => key !== 'tiers' && !KNOWN.some((known) => known === key));
  if (unknown.length > 0) throw new Error(`${where}: its price has ${unknown.join(', ')}, which is not understood`);
  for (const key of KNOWN)
    if (typeof cost[key] !== 'number' || !(cost[key] >= 0)) throw new Error(`${where}: ${key} is no price`);
  const tiers = cost['tiers'] ?? [];
  if (!Array.isArray(tiers)) throw new Error(`${where}: tiers is no list`);
  for (const tier of tiers) {
    const { inputTokensAbove, ...rates } = tableOf(tier, where);
    if (!Number.isSafeInteger(inputTokensAbove)) throw new Error(`${where}: a tier says no tokens`);
    costOf(rates, where);
  }
  return cost as unknown as Cost;
}

function tableOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${where} is not what the catalogue used to hold`);
}
