import assert from 'node:assert/strict';
import { roleSections } from '../../../src/core/policy/roleSections.ts';

function check(text: string, expected: readonly string[]): void {
  it(JSON.stringify(text.slice(0, 90)), () => {
    assert.deepEqual(
      roleSections(text).map(
        ({ word, role, model, temperature, context }) =>
          `${word}=${role ?? '-'} ${model ?? '-'} ${temperature ?? '-'} ${context ?? '-'}`,
      ),
      expected,
    );
  });
}

describe('role sections of AGENTS.md', () => {
  check('', []);
  check('## Architect\nmodel: a\n', ['architect=architect a - -']);
  check('## Architect\nWrites plans.\n', []);
  check('### 🏗️ Builder / Implementer\r\n- **Model:** `Qwen3-32B` (Low Temp)\r\n- **Temperature**: 0.1\r\n', [
    'builder=implementer Qwen3-32B 0.1 -',
  ]);
  check('**Judge**\n* model = "claude-opus-5-5".\n* context window: 200k\n', ['judge=judge claude-opus-5-5 - 200k']);
  check('# The critic agent\nModel: a\nModel: b\n', ['critic=critic a - -']);
  check('## Security Reviewer\nmodel: a\n\n## Setup\nmodel: b\n', ['security reviewer=- a - -']);
  check('## How the architect works\nmodel: a\n', []);
  check('## Architect\n```yaml\nmodel: a\n```\ntemperature: 0\n', ['architect=architect - 0 -']);
  check('```\n## Architect\nmodel: a\n```\n', []);
  check('The Model: is not in a section\n', []);
  check('## Judge\nmodel: \u001b[2Jclaude\u202e\u0007x\n', ['judge=judge [2Jclaudex - -']);
  check(`## Tutor\nmodel: ${'x'.repeat(500)}\n`, [`tutor=- ${'x'.repeat(120)} - -`]);
  check(
    '## Judge\nmodel: a\n'.repeat(50),
    Array.from({ length: 20 }, () => 'judge=judge a - -'),
  );
});
