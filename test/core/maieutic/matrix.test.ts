import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BANDS, bandOf, settlerOf, type MatrixCell } from '../../../src/core/maieutic/matrix.ts';
import { MAGNITUDES, RESOLVABILITIES } from '../../../src/core/run/questionFacts.ts';
import { CLARIFY_DEPTHS } from '../../../src/core/gateSettings.ts';

const golden = path.resolve(import.meta.dirname, '../../scenarios/maieutic/matrix.md');

const CELLS: readonly MatrixCell[] = CLARIFY_DEPTHS.flatMap((depth) =>
  MAGNITUDES.flatMap((magnitude) =>
    RESOLVABILITIES.flatMap((resolvability) => BANDS.map((band) => ({ depth, magnitude, resolvability, band }))),
  ),
);

function table(): string {
  const lines = CLARIFY_DEPTHS.flatMap((depth) => [
    `## ${depth}`,
    '',
    `| question | ${BANDS.join(' | ')} |`,
    '| --- | --- | --- | --- |',
    ...MAGNITUDES.flatMap((magnitude) =>
      RESOLVABILITIES.map(
        (resolvability) =>
          `| ${magnitude}, ${resolvability} | ${BANDS.map((band) => settlerOf({ depth, magnitude, resolvability, band })).join(' | ')} |`,
      ),
    ),
    '',
  ]);
  return ['# Who settles a question', '', ...lines].join('\n');
}

describe('the matrix of the maieutic step', () => {
  it('has exactly these cells', () => {
    mkdirSync(path.dirname(golden), { recursive: true });
    if (process.env['UPDATE'] === '1' || !existsSync(golden)) writeFileSync(golden, table());
    assert.equal(readFileSync(golden, 'utf8'), table());
    assert.equal(CELLS.length, 81);
  });

  it('leaves what is critical, and what is important and only a person knows, to a person in every cell', () => {
    const own = CELLS.filter(
      ({ magnitude, resolvability }) =>
        magnitude === 'critical' || (magnitude === 'important' && resolvability === 'need-human'),
    );
    assert.equal(own.length, 36);
    for (const cell of own) assert.equal(settlerOf(cell), 'person', JSON.stringify(cell));
  });

  it('settles by rule no more than four cells, and these only with a sure or minor suggestion', () => {
    const byRule = CELLS.filter((cell) => cell.depth === 'normal' && settlerOf(cell) === 'rule');
    assert.deepEqual(
      byRule.map(({ magnitude, resolvability, band }) => `${magnitude} ${resolvability} ${band}`),
      ['important auto-fix high', 'minor auto-fix high', 'minor auto-fix medium', 'minor suggest-fix high'],
    );
    const normal = new Set(byRule.map((cell) => JSON.stringify({ ...cell, depth: '' })));
    for (const cell of CELLS)
      if (settlerOf(cell) === 'rule')
        assert.ok(normal.has(JSON.stringify({ ...cell, depth: '' })), JSON.stringify(cell));
  });

  it('asks a person of a graver, deeper, harder or less sure question wherever it asks one of a lighter', () => {
    for (const cell of CELLS) {
      if (settlerOf(cell) !== 'person') continue;
      const harder = CELLS.filter(
        (other) =>
          CLARIFY_DEPTHS.indexOf(other.depth) >= CLARIFY_DEPTHS.indexOf(cell.depth) &&
          MAGNITUDES.indexOf(other.magnitude) <= MAGNITUDES.indexOf(cell.magnitude) &&
          RESOLVABILITIES.indexOf(other.resolvability) >= RESOLVABILITIES.indexOf(cell.resolvability) &&
          BANDS.indexOf(other.band) >= BANDS.indexOf(cell.band),
      );
      for (const other of harder) assert.equal(settlerOf(other), 'person', JSON.stringify({ cell, other }));
    }
  });

  it('counts a suggestion as sure from 0.9 on, and as usable from what the policy asks of an owner', () => {
    const bands = [0, 0.74, 0.75, 0.89, 0.9, 1].map((confidence) => bandOf(confidence, 0.75));
    assert.deepEqual(bands, ['low', 'low', 'medium', 'medium', 'high', 'high']);
    assert.equal(bandOf(0.92, 0.95), 'low', 'a policy that asks for more is heard');
  });
});
