import assert from 'node:assert/strict';
import path from 'node:path';
import { createEngine } from '../../../src/extension/engine/createEngine.ts';
import { makeRepository } from '../../support/gitRepository.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const installation = path.resolve(import.meta.dirname, '../../..');

describe('SpecKit: Plan the Local Server', () => {
  const wires = {
    host: () => {
      throw new Error('nobody is asked');
    },
    news: () => undefined,
  };
  const context = { signal: new AbortController().signal, emit: () => undefined };

  it('shows what the command line shows, of the model that was chosen', async () => {
    using folder = temporaryFolder();
    await makeRepository(folder.join('repository'), { 'a.txt': 'a\n' });
    const engine = createEngine({ installation, program: 'test', person: 'mika' }, wires);
    const request = { model: 'qwen3-32b', nvidiaSmi: folder.join('none') };
    const text = await engine.reflexPlan(context, folder.join('repository'), request);
    assert.match(text, /^Model +qwen3-32b \(as asked for\)$/m);
    assert.match(text, /^Card +RTX 5090, 32 GB.*nothing was found here/m);
    assert.match(text, /^ {2}--host 127\.0\.0\.1 \\$/m);
    assert.match(text, /In a terminal, speckit reflex plan takes the options/);
  });

  it('says what is wrong where nothing can be planned', async () => {
    using folder = temporaryFolder();
    const engine = createEngine({ installation, program: 'test', person: 'mika' }, wires);
    await assert.rejects(
      engine.reflexPlan(context, folder.path, { model: 'nobody' }),
      /The dimensions of nobody are not known/,
    );
  });
});
