import assert from 'node:assert/strict';
import { constitutionPaths, isNamedBy } from '../../../src/core/spec/constitutionPaths.ts';

describe('the paths of a constitution', () => {
  it('are those between backticks that have a slash', () => {
    const text =
      'Nobody changes `src/billing/` or `./db/*.sql` alone; run `npm test`, see `https://a.b/c`, `greet()`, `src/billing/`.';
    assert.deepEqual(constitutionPaths(text), ['src/billing/', 'db/*.sql']);
    assert.deepEqual(constitutionPaths('`/`, `a/$(b)`, src/x.ts'), []);
  });

  const cases: readonly (readonly [path: string, named: string, expected: boolean])[] = [
    ['src/billing/tax.ts', 'src/billing/', true],
    ['src/billing/tax.ts', 'src/billing/tax.ts', true],
    ['src/billing.ts', 'src/billing', false],
    ['lib/src/billing/tax.ts', 'src/billing', false],
    ['db/001.sql', 'db/*.sql', true],
    ['db/old/001.sql', 'db/*.sql', false],
    ['db/old/001.sql', 'db/**', true],
    ['src/a-b/c.ts', 'src/a-b', true],
    ['srcxa.ts', 'src/.', false],
  ];
  for (const [path, named, expected] of cases)
    it(`${named} ${expected ? 'speaks' : 'does not speak'} of ${path}`, () =>
      assert.equal(isNamedBy(path, named), expected));
});
