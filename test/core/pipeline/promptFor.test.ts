import assert from 'node:assert/strict';
import { parsePrompt, type PromptTemplate } from '../../../src/core/prompt/template.ts';
import type { RunContext } from '../../../src/core/pipeline/context.ts';
import { planSchema } from '../../../src/core/pipeline/outputs.ts';
import { longestText, prompt, promptFor, schemaFor, schemaText } from '../../../src/core/pipeline/promptFor.ts';
import { RunStopped } from '../../../src/core/pipeline/stopped.ts';
import { workerSchema } from '../../../src/core/settings.ts';

function parsed(source: string): PromptTemplate {
  const result = parsePrompt('p', source);
  assert.ok(result.kind === 'ok', JSON.stringify(result));
  return result.value;
}

const VARIED =
  '---\nid: varied\nversion: 7\ninputs: []\nvariants: [local]\n---\nMain words\n<!-- variant: local -->\nWords';
const PLAIN = '---\nid: plain\nversion: 2\ninputs: []\n---\nPlain words';
const worker = (settings: object) => workerSchema.parse({ model: 'a-model', ...settings });
const context = {
  prompts: new Map([VARIED, PLAIN].map(parsed).map((template) => [template.id, template])),
  configuration: {
    workers: {
      own: worker({ provider: 'openai-chat', base_url: 'http://127.0.0.1:3009/v1', local: true }),
      other: worker({ provider: 'openai-chat', base_url: 'https://openrouter.ai/api/v1' }),
      official: worker({ provider: 'anthropic' }),
    },
  },
} as unknown as RunContext;

describe('a prompt for a worker', () => {
  it('is the text it reads, and says which that is', () => {
    const of = (id: string, name: string): unknown => {
      const { template, use } = promptFor(context, id, name);
      return [template.text, use.version, use.variant];
    };
    assert.deepEqual(
      [of('varied', 'own'), of('varied', 'other'), of('plain', 'own'), of('varied', 'nobody')],
      [
        ['Words', 7, 'local'],
        ['Main words', 7, null],
        ['Plain words', 2, null],
        ['Main words', 7, null],
      ],
    );
  });

  it('is not read without saying whose it is where it has variants', () => {
    assert.equal(prompt(context, 'plain').text, 'Plain words');
    assert.throws(() => prompt(context, 'varied'), /varied has variants/);
    assert.throws(() => prompt(context, 'missing'), RunStopped);
    assert.equal(longestText(context, 'varied'), 'Main words');
  });

  it('holds the schema of the answer unless its provider is known to show it', () => {
    const whole = schemaText(planSchema);
    assert.deepEqual([schemaFor(context, planSchema, 'own'), schemaFor(context, planSchema, 'other')], [whole, whole]);
    const pointer = schemaFor(context, planSchema, 'official');
    assert.match(pointer, /^\(the schema that is sent with this request/);
    assert.ok(pointer.length < 100 && whole.length > 2_000, `${pointer.length} of ${whole.length}`);
  });
});
