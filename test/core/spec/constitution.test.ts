import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseConstitution } from '../../../src/core/spec/constitution.ts';

/** `id@line kind text` of every rule. */
function check(text: string, expected: readonly string[]): void {
  const { constitution } = parseConstitution({ path: 'memory/constitution.md', text });
  assert.deepEqual(
    constitution.rules.map((rule) => `${rule.id}@${rule.line} ${rule.kind} ${rule.text}`),
    expected,
  );
}

describe('parseConstitution', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['- G1: MUST NOT use eval', ['G1@1 must-not MUST NOT use eval']],
    ['- **P2** (core): Prefer pure functions', ['P2@1 should Prefer pure functions']],
    ['- **G3:** Never log a secret.', ['G3@1 must-not Never log a secret.']],
    ['G-4. All code MUST be typed', ['G-4@1 must All code MUST be typed']],
    ['## Guardrails\n\n- G1: One reason per change', ['G1@3 must One reason per change']],
    ['## Principles\n\n- Tests should be small\n- A remark', ['P1@3 should Tests should be small']],
    ['## Guardrails\n- G1: always a\n- must b', ['G1@2 must always a', 'G2@3 must must b']],
    [
      '### I. Library-First\n\nEvery feature MUST start as a library.',
      ['R1@3 must Every feature MUST start as a library.'],
    ],
    ['- Commits are forbidden on Fridays', ['R1@1 must-not Commits are forbidden on Fridays']],
    ['- **MUST NOT** ship without tests', ['R1@1 must-not **MUST NOT** ship without tests']],
    ['```\n- G1: MUST NOT\n```\n<!-- - G2: MUST -->\n\nPlain prose.', []],
    ['', []],
  ];
  for (const [text, expected] of cases) it(JSON.stringify(text), () => check(text, expected));

  it('reports an id given twice', () => {
    const { problems } = parseConstitution({ path: 'c.md', text: '- G1: must a\n- G1: must b' });
    const message = 'Rule G1 is given twice: first on line 1.';
    assert.deepEqual(problems, [{ rule: 'duplicate-id', severity: 'error', message, path: 'c.md', line: 2 }]);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseConstitution({ path: 'c', text })));
  });
});
