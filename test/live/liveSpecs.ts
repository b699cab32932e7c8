/*
 * Takes the live specs through the whole pipeline with a server that answers: `npm run live -- --url http://127.0.0.1:PORT/v1 --repositories FOLDER
 * --out FILE.jsonl [--only 01,04]`. Each result is added to FILE as a line; with `--table "HOW IT WAS ANSWERED"` and no URL, the lines of FILE become
 * the table of docs/live-specs.md.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeChapter } from '../bench/page.ts';
import { REPOSITORIES } from './repositories.ts';
import { runCase, type LiveResult } from './runCase.ts';
import { liveTable } from './liveTable.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    repositories: { type: 'string' },
    out: { type: 'string' },
    only: { type: 'string' },
    table: { type: 'string' },
  },
});
if (values.out === undefined) throw new Error('--out names the file of results, e.g. dist/live.jsonl');
if (values.table !== undefined) {
  const lines = readFileSync(values.out, 'utf8').trimEnd().split('\n');
  const page = liveTable(
    lines.map((line) => JSON.parse(line) as LiveResult),
    values.table,
  );
  process.stdout.write(page);
  writeChapter('docs/live-specs.md', 'Specs answered live', page);
} else {
  const { url, repositories } = values;
  if (url === undefined || repositories === undefined) throw new Error('--url and --repositories are needed');
  const wanted = values.only?.split(',') ?? REPOSITORIES.flatMap(({ cases }) => cases);
  for (const number of wanted) {
    const result = await runCase(number, { url, repositories });
    appendFileSync(values.out, `${JSON.stringify(result)}\n`);
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}
