import assert from 'node:assert/strict';
import { workerPrompt } from '../../../src/core/prompt/workerPrompt.ts';
import { workerSchema } from '../../../src/core/settings.ts';

const check = (settings: object, variant: 'local' | undefined, schema: 'inPrompt' | 'withRequest'): void => {
  const worker = workerSchema.parse({ model: 'a-model', ...settings });
  assert.deepEqual(workerPrompt(worker), { variant, schema }, JSON.stringify(settings));
};

describe('how a worker is asked', () => {
  it('follows from where its model runs', () => {
    check({ provider: 'openai-chat', base_url: 'http://127.0.0.1:3009/v1', local: true }, 'local', 'inPrompt');
    check({ provider: 'openai-chat', base_url: 'http://127.0.0.1:3009/v1' }, undefined, 'inPrompt');
    check({ provider: 'anthropic', base_url: 'http://127.0.0.1:3009', local: true }, 'local', 'inPrompt');
    check({ provider: 'recorded' }, undefined, 'inPrompt');
    check({ provider: 'editor' }, undefined, 'inPrompt');
  });

  it('leaves the schema out of the prompt only where the provider is known to show the one that is sent', () => {
    check({ provider: 'anthropic' }, undefined, 'withRequest');
    check({ provider: 'anthropic', base_url: 'https://api.anthropic.com' }, undefined, 'withRequest');
    check({ provider: 'openai-responses' }, undefined, 'withRequest');
    check({ provider: 'openai-chat' }, undefined, 'withRequest');
    check({ provider: 'openai-chat', base_url: 'https://api.openai.com/v1' }, undefined, 'withRequest');
  });

  it('keeps it for everybody else who speaks their protocols, and where none is sent', () => {
    check({ provider: 'openai-chat', structured_output: 'json_object' }, undefined, 'inPrompt');
    check({ provider: 'openai-chat', structured_output: 'none' }, undefined, 'inPrompt');
    check({ provider: 'anthropic', base_url: 'https://api.deepseek.com/anthropic' }, undefined, 'inPrompt');
    check({ provider: 'openai-chat', base_url: 'https://api.openai.com.example.org/v1' }, undefined, 'inPrompt');
    check({ provider: 'openai-responses', base_url: 'http://127.0.0.1:30000/v1' }, undefined, 'inPrompt');
  });
});
