import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { lintSpec } from '../../../src/core/spec/lint.ts';
import { parseSpec } from '../../../src/core/spec/parse.ts';
import { specTemplate } from '../../../src/core/spec/template.ts';

function problemsOf(text: string, id = 'SPEC-001'): readonly string[] {
  const { spec, problems } = parseSpec({ path: `specs/${id}-x/spec.md`, text });
  return [...problems, ...lintSpec(spec)].map((problem) => `${problem.severity} ${problem.rule}`);
}

const CREATED = '2026-03-04';

describe('specTemplate', () => {
  it('gives a spec that only lacks its criterion', () => {
    for (const id of ['SPEC-001', '003', '20260319-143022']) {
      const text = specTemplate({ id, title: 'Add a dark mode', created: CREATED });
      assert.deepEqual(problemsOf(text, id), ['warning requirement-without-criterion']);
      const { spec } = parseSpec({ path: 'spec.md', text });
      const requirements = spec.requirements.map((item) => [item.id, item.text]);
      assert.deepEqual(
        [spec.id, spec.title, spec.size, requirements],
        [id, 'Add a dark mode', 'standard', [['FR-001', 'The system MUST provide: Add a dark mode']]],
      );
      assert.ok(text.includes(`**Created**: ${CREATED}`));
    }
  });

  it('has no structural error whatever the title and body', () => {
    // These three can only come from the author's words, and are theirs to settle.
    const theirs = new Set(['error incomplete-marker', 'error open-clarification', 'error unclosed-marker']);
    const piece = fc.constantFrom(
      '# ',
      '```',
      '~~~\n',
      '<!--',
      '\n',
      '- FR-001: x',
      '---\n',
      '**Size**: huge',
      '> ',
      'word ',
      '|',
    );
    const words = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(words, words, (title, body) => {
        const text = specTemplate({ id: 'SPEC-001', title, created: CREATED, body });
        if (text === body) return;
        const errors = problemsOf(text).filter((problem) => problem.startsWith('error') && !theirs.has(problem));
        assert.deepEqual(errors, []);
        assert.ok(parseSpec({ path: 's', text }).spec.requirements.length === 1);
      }),
      { numRuns: 500, examples: [['', '<!--~~~\n<!--> - FR-001: x']] },
    );
  });

  it('returns a body that is a spec already byte for byte', () => {
    const body = '\uFEFF# Mine\r\n\r\n- **FR-001**: a\r\n';
    assert.equal(specTemplate({ id: 'SPEC-001', title: 'Other', created: CREATED, body }), body);
  });

  it('quotes any other body in an Input section', () => {
    const body = '# A mail\r\n\r\nPlease add:\n```\n- FR-009: unclosed\n';
    const text = specTemplate({ id: 'SPEC-001', title: 'A mail', created: CREATED, body });
    assert.ok(
      text.includes('## Input\n\n> # A mail\n>\n> Please add:\n> ```\n> - FR-009: unclosed\n\n## Requirements'),
      text,
    );
    assert.deepEqual(problemsOf(text), ['warning requirement-without-criterion']);
  });

  it('names a spec without a title Untitled', () => {
    for (const title of ['', '  ', '###', '---', '\u0000'])
      assert.ok(specTemplate({ id: 'X-1', title, created: CREATED }).startsWith('# Untitled\n'));
  });
});
