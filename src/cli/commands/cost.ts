import { createApp } from '../../app/createApp.ts';
import type { CostReport } from '../../app/cost.ts';
import { CommandProblem } from '../../app/problem.ts';
import { counted } from '../../base/counted.ts';
import { durationText, tokensText } from '../../base/measureText.ts';
import type { CostGroup } from '../../core/ledger/costSummary.ts';
import { dollars } from '../../core/ledger/money.ts';
import type { Reconciliation } from '../../core/ledger/reconcile.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit cost [SPEC] [--day|--month]` and `speckit cost reconcile FILE`. */
export async function runCost(
  terminal: Terminal,
  [what, file]: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (what === 'reconcile') return runReconcile(terminal, file);
  if (file !== undefined || (options['day'] === true && options['month'] === true))
    throw new CommandProblem(
      'usage',
      'How it is used: speckit cost [SPEC] [--day|--month], or speckit cost reconcile FILE',
    );
  const asked = options['day'] === true ? 'day' : options['month'] === true ? 'month' : undefined;
  const period = asked ?? (what === undefined ? 'month' : 'all');
  const report = await createApp(terminal.host).cost({ specId: what, period });
  terminal.result({ ...report, exitCode: EXIT.ok });
  terminal.say(costText(report));
  return EXIT.ok;
}

/** Most rows of one table. */
const ROWS = 30;

function costText(report: CostReport): string {
  const { budget, utilization, unsettled, estimated, unpriced, provider_exchange_rate: exchange } = report;
  const of = utilization === null ? '' : ` (${Math.round(utilization * 100)} %)`;
  const foreign =
    exchange.currency === 'USD' ? '' : `, ${exchange.currency} ${(report.spent * exchange.rate).toFixed(2)}`;
  const whose = report.spec_id === null ? 'limit of the period' : "the spec's limit";
  return [
    `${report.spec_id ?? 'All specs'}, ${report.period === 'all' ? 'all runs' : report.period}: ${money(report.spent)}${foreign} spent; ${whose} is ${money(budget)}${of}`,
    `${counted(report.call_count, 'call')} in ${durationText(report.duration * 1_000)}; prices ${report.pricing_version.join(', ') || 'of no call'}`,
    ...(unsettled.call_count === 0
      ? []
      : [`Unsettled: ${money(unsettled.reserved)} reserved, ${money(unsettled.in_doubt)} in doubt`]),
    ...(estimated.call_count === 0
      ? []
      : [
          `Estimated, for the server told no usage: ${counted(estimated.call_count, 'call')}, ${money(estimated.spent)}`,
        ]),
    ...(unpriced.call_count === 0
      ? []
      : [
          `Not in these sums, for no price is known: ${counted(unpriced.call_count, 'call')} of ${unpriced.models.slice(0, ROWS).join(', ')}`,
        ]),
    ...table('stage', report.per_stage),
    ...table('model', report.per_model),
    ...table('role', report.per_role),
    ...(report.spec_id === null ? table('spec', report.per_spec) : []),
  ].join('\n');
}

function table(title: string, groups: Readonly<Record<string, CostGroup>>): readonly string[] {
  const rows = Object.entries(groups);
  if (rows.length === 0) return [];
  const shown = rows.slice(0, ROWS).map(([name, group]) => {
    const tokens = `${tokensText(group.input_tokens)} in (${tokensText(group.cached_tokens)} cached), ${tokensText(group.output_tokens)} out`;
    return `  ${name.padEnd(28)} ${money(group.spent).padStart(9)}  ${counted(group.call_count, 'call').padStart(9)}  ${tokens}`;
  });
  return ['', `By ${title}`, ...shown, ...(rows.length > ROWS ? [`  and ${rows.length - ROWS} more: --json`] : [])];
}

const money = (amount: number): string => dollars(Math.round(amount * 1_000_000));

async function runReconcile(terminal: Terminal, file: string | undefined): Promise<number> {
  if (file === undefined) throw new CommandProblem('usage', 'How it is used: speckit cost reconcile FILE.csv');
  const found = await createApp(terminal.host).reconcileCosts(file);
  const exit = found.is_within ? EXIT.ok : EXIT.soft;
  terminal.result({ ...found, exitCode: exit });
  terminal.say(reconciledText(found));
  return exit;
}

function reconciledText({ provider, first, last, models, only_in_ledger, is_within }: Reconciliation): string {
  return [
    `${provider}, ${first} to ${last} (UTC)`,
    `  ${'model'.padEnd(34)} ${'ledger'.padStart(10)} ${provider.padStart(10)} ${'drift'.padStart(8)}`,
    ...models
      .slice(0, ROWS)
      .flatMap(({ model, ledger, provider: theirs, drift, in_doubt, batch, batch_at_standard }) => {
        const share = drift === null ? '' : `${drift > 0 ? '+' : ''}${(drift * 100).toFixed(1)} %`;
        const doubt = in_doubt === 0 ? '' : `  ${money(in_doubt)} in doubt`;
        const line = `  ${model.padEnd(34)} ${money(ledger).padStart(10)} ${money(theirs).padStart(10)} ${share.padStart(8)}${doubt}`;
        if (batch === 0) return [line];
        const standard =
          batch_at_standard === null
            ? `no batch price of it is known: [prices."${model}"] batch of your own config.toml can say it`
            : `${money(batch_at_standard)} at the standard price`;
        return [line, `    and ${money(batch)} for batches, not compared, since SpecKit makes none; ${standard}`];
      }),
    ...(models.length > ROWS ? [`  and ${models.length - ROWS} more: --json`] : []),
    ...(only_in_ledger.length === 0 ? [] : [`Not in the export: ${only_in_ledger.slice(0, ROWS).join(', ')}`]),
    is_within
      ? 'Every model is within 10 %.'
      : 'A model is further off than 10 %: were its keys used elsewhere, or is its price out of date?',
  ].join('\n');
}
