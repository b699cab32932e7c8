import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { applyPatch } from '../../../src/core/patch/apply.ts';
import { lineKey } from '../../../src/core/patch/lineKey.ts';
import { parsePatch } from '../../../src/core/patch/parse.ts';

type Signed = readonly [sign: ' ' | '-' | '+', text: string];

/** Few different lines, so that equal places, altered context and near misses come up all the time. */
const text = fc.constantFrom('alpha();', '  beta(one);', '  beta(two);', '}', '', '\tgamma = delta;', 'if (x) {');
const hunk = fc
  .array(fc.tuple(fc.constantFrom<' ' | '-' | '+'>(' ', ' ', ' ', '-', '+'), text), { minLength: 2, maxLength: 9 })
  .filter((lines) => lines.some(([sign]) => sign !== ' '));
const file = fc.array(text, { minLength: 1, maxLength: 25 });

function applied(
  lines: readonly string[],
  hunks: readonly (readonly Signed[])[],
  header: string,
): readonly string[] | undefined {
  const body = hunks
    .map((signed) => `${header}\n${signed.map(([sign, line]) => `${sign}${line}\n`).join('')}`)
    .join('');
  const parsed = parsePatch(`*** Begin Patch\n*** Update File: a\n${body}*** End Patch\n`);
  if (parsed.kind === 'error') return undefined;
  const result = applyPatch(parsed.value, new Map([['a', `${lines.join('\n')}\n`]]));
  if (result.kind === 'error') return undefined;
  const [change] = result.value.changes;
  const left = change?.kind === 'write' ? change.content : undefined;
  return left === '' ? [] : left?.replace(/\n$/, '').split('\n');
}

/** How often each line is there. */
function counted(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

describe('applyPatch: what holds for any file and any hunk', () => {
  it('takes away only lines the hunk removes, adds only lines it adds, and leaves every other byte', () => {
    fc.assert(
      fc.property(file, hunk, (lines, signed) => {
        const after = applied(lines, [signed], '@@');
        if (after === undefined) return;
        const keys = (sign: string): string[] =>
          signed.filter((line) => line[0] === sign).map((line) => lineKey(line[1]));
        const expected = new Map(counted(lines.map(lineKey)));
        for (const key of keys('-')) expected.set(key, (expected.get(key) ?? 0) - 1);
        for (const key of keys('+')) expected.set(key, (expected.get(key) ?? 0) + 1);
        const left = new Map([...expected].filter(([, count]) => count !== 0));
        assert.deepEqual(counted(after.map(lineKey)), left);
        // Lines that no added line has the key of are the file's own, in their order.
        const own = after.filter((line) => !keys('+').includes(lineKey(line)));
        const present: readonly string[] = lines;
        let at = 0;
        for (const line of own)
          at = present.indexOf(line, at) + 1 || assert.fail(`${JSON.stringify(line)} is not the file's`);
      }),
      { numRuns: 800, seed: 7 },
    );
  });

  it('applies a hunk that has but one place in the file exactly there', () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.integer({ min: 1, max: 6 }), fc.boolean(), (lines, start, length, isIndented) => {
        const from = start % lines.length;
        const old = lines.slice(from, from + length);
        const places = lines.filter((_, index) =>
          old.every((line, position) => lineKey(lines[index + position] ?? '?') === lineKey(line)),
        );
        // Brackets alone, with another indentation than the file's, are refused.
        fc.pre(places.length === 1 && old.some((line) => (isIndented ? /\w/.test(line) : line !== '')));
        const moved = (line: string): string => (isIndented && line !== '' ? `    ${line}` : line);
        const signed: Signed[] = [...old.map((line): Signed => [' ', moved(line)]), ['+', moved('new();')]];
        const after = applied(lines, [signed], '@@');
        const ends = from + old.length;
        assert.deepEqual(
          after?.map((line) => line.trim()),
          [...lines.slice(0, ends), 'new();', ...lines.slice(ends)].map((line) => line.trim()),
        );
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('refuses a hunk that has several places and nothing to tell them', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 8 }),
        fc.array(text, { maxLength: 4 }),
        (region, between) => {
          fc.pre(region.some((line) => /\w/.test(line)));
          const lines = [...region, ...between, ...region];
          const signed: Signed[] = [...region.map((line): Signed => [' ', line]), ['+', 'new();']];
          assert.equal(applied(lines, [signed], '@@'), undefined);
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  });
});

describe('applyPatch: large files', () => {
  it('finds forty hunks, half of them altered, in 50,000 lines without comparing everything with everything', () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `  call${index}(${index % 97}, "${index % 1_009}");`);
    const hunks = Array.from({ length: 40 }, (_, nth) => {
      const at = 1_000 + nth * 1_100;
      const context = (offset: number): Signed => [' ', lines[at + offset] ?? ''];
      const first: Signed = nth % 2 === 0 ? context(-2) : [' ', (lines[at - 2] ?? '').replace(');', ', more);')];
      const replaced: Signed[] = [
        ['-', lines[at] ?? ''],
        ['+', `  changed${at}();`],
      ];
      return [first, context(-1), ...replaced, context(1), context(2)];
    });
    const start = performance.now();
    const after = applied(lines, hunks, '@@');
    const milliseconds = performance.now() - start;
    assert.equal(after?.filter((line) => line.startsWith('  changed')).length, 40);
    // A tenth of this on a quiet computer; each hunk compared with each line would take minutes.
    assert.ok(milliseconds < 5_000, `${milliseconds} ms`);
  });
});
