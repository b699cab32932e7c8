import assert from 'node:assert/strict';
import { z } from 'zod';
import { planSchema, wireSchema } from '../../../src/core/pipeline/outputs.ts';

describe('the schema of an answer', () => {
  it('goes to the server without limits that grammars refuse, and says in words how many entries a list may have', () => {
    const schema = z.object({
      ids: z.array(z.string().max(40)).min(1).max(3).describe('what it is about'),
      files: z.array(z.string()).max(2),
      share: z.number().min(0).max(1),
    });
    assert.deepEqual(wireSchema(schema), {
      type: 'object',
      properties: {
        ids: { type: 'array', items: { type: 'string' }, description: 'at most 3 entries: what it is about' },
        files: { type: 'array', items: { type: 'string' }, description: 'at most 2 entries' },
        share: { type: 'number' },
      },
      required: ['ids', 'files', 'share'],
      additionalProperties: false,
    });
  });

  it('keeps the first ten risks of a plan that names more, and does not ask for the whole plan again', () => {
    const risks = Array.from({ length: 11 }, (_, at) => ({ risk: `risk ${at}`, mitigation: 'a test' }));
    const plan = {
      summary: 'Add a greeting.',
      files: [{ path: 'src/greet.js', action: 'modify', why: 'the greeting' }],
      steps: [
        {
          id: 'S1',
          title: 'Greet',
          requirements: ['FR-001'],
          files: ['src/greet.js'],
          success_signal: 'npm test passes',
        },
      ],
      tests: [{ requirement: 'FR-001', file: 'test/greet.test.js', what: 'greets' }],
      risks,
      confidence: 0.9,
      open_questions: [],
    };
    assert.deepEqual(planSchema.parse(plan), { ...plan, risks: risks.slice(0, 10) });
  });
});
