import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import type { DollarRates, KnownModel, KnownModels, KnownWorker } from '../../core/ledger/knownModels.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit models list`. */
export async function runModels(terminal: Terminal, [action = '']: readonly string[]): Promise<number> {
  if (action !== 'list') throw new CommandProblem('usage', 'How it is used: speckit models list');
  const known = await createApp(terminal.host).models();
  terminal.result({ ...known, exitCode: EXIT.ok });
  terminal.say(textOf(known));
  return EXIT.ok;
}

function textOf({ priceDate, priceSource, models, workers }: KnownModels): string {
  return [
    `Prices of ${priceDate}, in dollars for a million tokens`,
    '',
    columns(['model', 'input', 'output', 'cache read', 'cache write', '']),
    ...models.flatMap(modelLines),
    '',
    `From ${priceSource}: list prices at the standard tier. It tells of no batch prices, and SpecKit makes no batch calls; a model that is not named here is unpriced.`,
    '',
    ...(workers.length === 0 ? ['No worker is configured here.'] : workers.map(workerLine)),
  ].join('\n');
}

function modelLines({ model, source, dollars, long, batch }: KnownModel): readonly string[] {
  return [
    columns([model, ...figures(dollars), source === 'own' ? 'your own config.toml' : '']),
    ...(long === undefined
      ? []
      : [columns([`  above ${long.aboveInputTokens} input tokens`, ...figures(long.dollars), ''])]),
    ...(batch === undefined ? [] : [columns(['  in a batch', ...figures(batch), ''])]),
  ];
}

const figures = ({ input, output, cacheRead, cacheWrite }: DollarRates): readonly string[] =>
  [input, output, cacheRead, cacheWrite].map(String);

function columns([name = '', input = '', output = '', read = '', write = '', note = '']: readonly string[]): string {
  const row = [name.padEnd(30), input.padStart(8), output.padStart(8), read.padStart(11), write.padStart(12)];
  return `${row.join('')}  ${note}`.trimEnd();
}

const COSTS: Readonly<Record<KnownWorker['pricing'], string>> = {
  priced: 'paid by the token',
  free: 'local: costs nothing',
  recorded: 'recorded: nobody is asked',
  included: 'included in a subscription: requests and tokens are counted, no dollars',
  unpriced:
    'no price is known: you are asked before it is called, or it is refused (cost.unpriced), until [prices] of your own config.toml says one',
};

const workerLine = ({ worker, model, pricing }: KnownWorker): string => `worker ${worker}  ${model}  ${COSTS[pricing]}`;
