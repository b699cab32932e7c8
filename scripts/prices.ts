/*
 * Makes src/core/ledger/catalogue.ts from the catalogue package, whose tarball alone is fetched: its dependencies are the clients of a dozen providers,
 * and two of them are in no public registry.
 *   npm run prices                 makes the table from the version it names already
 *   npm run prices -- --version X  makes it from another one
 *   npm run prices -- --check      changes nothing, and fails where the table and the package differ
 *   --from FOLDER                  reads an unpacked package there and fetches nothing
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CATALOGUE, ROWS } from '../src/core/ledger/catalogue.ts';
import type { CatalogueRow } from '../src/core/ledger/priceTable.ts';
import { allRows, PROVIDERS, rowDifferences } from './catalogueRows.ts';

const PACKAGE = '@earendil-works/pi-ai';
const DEADLINE_MS = 120_000;
const file = path.resolve(import.meta.dirname, '../src/core/ledger/catalogue.ts');

interface Source {
  readonly version: string;
  /** The day the catalogue was made, YYYY-MM-DD. */
  readonly date: string;
  readonly integrity: string;
  readonly rows: readonly CatalogueRow[];
}

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, version: { type: 'string' }, from: { type: 'string' } },
});
const found = read();
if (values.check === true) check(found);
else write(found);

function read(): Source {
  if (values.from !== undefined) return sourceIn(values.from, CATALOGUE.integrity);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'speckit-prices-'));
  try {
    const version = values.version ?? CATALOGUE.version;
    const run = (program: string, ...words: readonly string[]) =>
      execFileSync(program, words, {
        cwd: folder,
        encoding: 'utf8',
        timeout: DEADLINE_MS,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    const name = run('npm', 'pack', `${PACKAGE}@${version}`, '--silent').trim().split('\n').at(-1) ?? '';
    const integrity = `sha512-${createHash('sha512')
      .update(readFileSync(path.join(folder, name)))
      .digest('base64')}`;
    if (version === CATALOGUE.version && integrity !== CATALOGUE.integrity)
      throw new Error(`${PACKAGE} ${version} holds other bytes than those the table was made from`);
    run('tar', '-xzf', name);
    return sourceIn(path.join(folder, 'package'), integrity);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sourceIn(folder: string, integrity: string): Source {
  const json = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  const data = 'dist/providers/data';
  const { version } = json('package.json') as { readonly version: string };
  const { generatedAt } = json(`${data}/.manifest.json`) as { readonly generatedAt: string };
  const files = PROVIDERS.filter((provider) => existsSync(path.join(folder, data, `${provider}.json`)));
  const rows = allRows(files.map((provider) => [provider, json(`${data}/${provider}.json`)] as const));
  return { version, date: generatedAt.slice(0, 10), integrity, rows };
}

function check({ version, date, rows }: Source): void {
  const differences = [
    ...(version === CATALOGUE.version ? [] : [`version: the table says ${CATALOGUE.version}, the package ${version}`]),
    ...(date === CATALOGUE.date ? [] : [`date: the table says ${CATALOGUE.date}, the package ${date}`]),
    ...rowDifferences(ROWS, rows),
  ];
  if (differences.length > 0) {
    process.stderr.write(`The price table and ${PACKAGE} differ:\n${differences.join('\n')}\n`);
    process.exitCode = 1;
  } else process.stdout.write(`The price table is that of ${PACKAGE} ${version} of ${date}: ${rows.length} models.\n`);
}

function write({ version, date, integrity, rows }: Source): void {
  const facts = { package: PACKAGE, version, date, integrity };
  writeFileSync(
    file,
    `/* Made by \`npm run prices\` from the package it names (MIT). Not edited by hand: \`npm run prices -- --check\` fails then. */
import type { CatalogueRow } from './priceTable.ts';

/** What the prices are from: the package, the day its catalogue was made, and the SHA-512 of its tarball. */
export const CATALOGUE = ${JSON.stringify(facts)} as const;

/** Dollars for a million tokens: input, output, cache read, cache write; then, of requests above so many input tokens, all four again. */
export const ROWS: readonly CatalogueRow[] = [
${rows.map((row) => `  ${JSON.stringify(row)},`).join('\n')}
];
`,
  );
  execFileSync(path.resolve(import.meta.dirname, '../node_modules/.bin/oxfmt'), [file], { timeout: DEADLINE_MS });
  process.stdout.write(`${rows.length} models of ${PACKAGE} ${version} of ${date}\n`);
}
