import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readProviderExport } from '../core/ledger/providerExport.ts';
import { daysOf, reconcile, type Reconciliation } from '../core/ledger/reconcile.ts';
import { ledgerOf } from './cost.ts';
import { configurationHere } from './models.ts';
import { CommandProblem } from './problem.ts';
import type { Services } from './services.ts';

/** Holds this user's ledger against a provider's CSV export. `file` is relative to where the person stands. Changes nothing. */
export async function reconcileCosts(services: Services, file: string): Promise<Reconciliation> {
  const read = readProviderExport(await textOf(path.resolve(services.host.folder, file), file));
  if (read.kind === 'error') throw new CommandProblem('usage', `${file} cannot be read as an export. ${read.error}`);
  const days = daysOf(read.value);
  if (days === undefined) throw new CommandProblem('usage', `${file} has no line that names a model and an amount.`);
  const { prices } = await configurationHere(services);
  using ledger = ledgerOf(services);
  return reconcile(read.value, days, ledger.entries({ kind: 'days', ...days }), prices);
}

async function textOf(absolute: string, file: string): Promise<string> {
  try {
    return await readFile(absolute, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === '') throw error;
    throw new CommandProblem('usage', `${file} cannot be read (${code}).`);
  }
}
