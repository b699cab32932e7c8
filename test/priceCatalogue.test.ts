import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { allRows, catalogueRows, rowDifferences } from '../scripts/catalogueRows.ts';
import { CATALOGUE, ROWS } from '../src/core/ledger/catalogue.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const root = path.resolve(import.meta.dirname, '..');
/** Rows of the package's own files, byte for byte, one of each kind. */
const some = JSON.parse(readFileSync(path.join(root, 'test/scenarios/prices/catalogue.json'), 'utf8')) as Readonly<
  Record<string, unknown>
>;
const rowsOfSome = allRows(Object.entries(some));
const chat = (cost: unknown) => ({ api: { 'chat:m': { id: 'm', type: 'chat', cost } } });

/** What the script says of an unpacked package with these files; `date` of its catalogue. */
function checked(
  files: Readonly<Record<string, unknown>>,
  date: string,
): { readonly status: number | null; readonly said: string } {
  using folder = temporaryFolder();
  mkdirSync(folder.join('dist/providers/data'), { recursive: true });
  writeFileSync(folder.join('package.json'), JSON.stringify({ version: CATALOGUE.version }));
  writeFileSync(
    folder.join('dist/providers/data/.manifest.json'),
    JSON.stringify({ generatedAt: `${date}T12:05:37Z` }),
  );
  for (const [provider, file] of Object.entries(files))
    writeFileSync(folder.join(`dist/providers/data/${provider}.json`), JSON.stringify(file));
  const words = [path.join(root, 'scripts/prices.ts'), '--check', '--from', folder.join('.')];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 60_000 });
  return { status, said: stdout + stderr };
}

/** The whole table as the package would hold it. */
const asPackage = (rows: typeof ROWS) => ({
  api: Object.fromEntries(
    rows.map(([id, base, inputTokensAbove, long]) => {
      const rates = ([input, output, cacheRead, cacheWrite]: typeof base) => ({ input, output, cacheRead, cacheWrite });
      const tiers = long === undefined ? {} : { tiers: [{ inputTokensAbove, ...rates(long) }] };
      return [`chat:${id}`, { id, type: 'chat', cost: { ...rates(base), ...tiers } }];
    }),
  ),
});

describe('the price table and the catalogue it is made from', () => {
  it('takes exact ids, prices of long requests and dates as the catalogue has them', () => {
    assert.deepEqual(Object.fromEntries(rowsOfSome.map(([id, ...prices]) => [id, prices])), {
      'claude-haiku-5-5': [[0.1, 0.5, 0.01, 0.125], 100_000, [0.5, 2.5, 0.05, 0.625]],
      'claude-sonnet-5': [[2, 10, 0.2, 2.5]],
      'claude-sonnet-5-5': [[2, 10, 0.1, 2.5]],
      'gpt-4o-2024-05-13': [[5, 15, 5, 5]],
      'gpt-5-pro': [[15, 120, 15, 15]],
      'gpt-6-luna': [[0.1, 0.5, 0.01, 0.125], 272_000, [0.2, 0.75, 0.02, 0.25]],
      'gemini-3.1-pro-preview': [[2, 12, 0.2, 2], 200_000, [4, 18, 0.4, 4]],
      'deepseek-flash': [[0.3, 1.2, 0.006, 0.3]],
    });
  });

  it('leaves out what moves, what is no chat model and what costs nothing: unpriced, and not free', () => {
    for (const model of ['chat-latest', 'gemma-4-31b-it'])
      assert.deepEqual(
        [ROWS, rowsOfSome].map((rows) => rows.some(([id]) => id === model)),
        [false, false],
      );
    assert.deepEqual(
      ROWS.filter(([, [input, output]]) => !(input > 0 && output > 0)),
      [],
    );
  });

  it('is not made from a catalogue whose shape is another one', () => {
    const cost = { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 };
    const tier = { inputTokensAbove: 9, ...cost };
    assert.deepEqual(catalogueRows('p', chat(cost)), [['m', [1, 2, 1, 1]]]);
    for (const other of [
      { ...cost, batch: 1 },
      { ...cost, input: '1' },
      { ...cost, tiers: [tier, tier] },
      { ...cost, tiers: [{ ...cost }] },
      undefined,
    ])
      assert.throws(() => catalogueRows('p', chat(other)), Error, JSON.stringify(other));
    assert.throws(
      () =>
        allRows([
          ['p', chat(cost)],
          ['q', chat(cost)],
        ]),
      /m is in the catalogue twice/,
    );
  });

  it('holds the committed rows that stand for the same models', () => {
    const models = new Set(rowsOfSome.map(([id]) => id));
    assert.deepEqual(
      rowDifferences(
        ROWS.filter(([id]) => models.has(id)),
        rowsOfSome,
      ),
      [],
    );
  });

  it('fails by name where table and package differ, and passes where they agree', () => {
    const [first, ...rest] = ROWS;
    assert.ok(first !== undefined);
    const agreed = checked({ openai: asPackage(ROWS) }, CATALOGUE.date);
    assert.deepEqual(agreed, {
      status: 0,
      said: `The price table is that of ${CATALOGUE.package} ${CATALOGUE.version} of ${CATALOGUE.date}: ${ROWS.length} models.\n`,
    });
    const [id, [input, ...others]] = first;
    const dearer = asPackage([[id, [input + 1, ...others]], ...rest]);
    const { status, said } = checked({ openai: dearer }, '2026-12-01');
    assert.equal(status, 1);
    assert.match(
      said,
      /^The price table and .* differ:\ndate: the table says 2026-11-10, the package 2026-12-01\nclaude-fable-5: the table says .*10,50.*, the catalogue .*11,50.*\n$/,
    );
    assert.equal(checked({ openai: asPackage(rest) }, CATALOGUE.date).status, 1);
  });
});
