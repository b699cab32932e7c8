import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createEngine } from '../../../src/extension/engine/createEngine.ts';
import type { EngineWires } from '../../../src/extension/engine/createEngine.ts';
import { withoutSecrets } from '../../../src/extension/engine/withoutSecrets.ts';
import { plantedSecrets } from '../../support/plantedSecrets.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const installation = path.resolve(import.meta.dirname, '../../..');

describe('what the engine says of a failure', () => {
  const [planted] = plantedSecrets(7, 200).filter(({ kind }) => kind === 'github token');

  it('holds no secret, wherever it came from', async () => {
    assert.ok(planted !== undefined);
    using folder = temporaryFolder();
    const wires: EngineWires = {
      host: () => {
        throw new Error('nobody is asked');
      },
      news: () => undefined,
    };
    const engine = createEngine({ installation, program: 'test', person: 'mika' }, wires);
    const context = { signal: new AbortController().signal, emit: () => undefined };
    // The problem names the folder, whose name holds the secret: one that is no repository, and one that is gone.
    const there = folder.join(planted.value);
    mkdirSync(there);
    for (const asked of [there, path.join(there, 'gone')]) {
      const problem = await engine.explain(context, asked, 'run-1').then(
        () => '',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      );
      assert.match(problem, /\[redacted:github\]/);
      assert.ok(!problem.includes(planted.value), problem);
    }
  });

  it('is not shown at all where its secrets cannot be told', async () => {
    const app = { redaction: () => Promise.reject(new TypeError('no scanner')) };
    assert.equal(
      await withoutSecrets(app, 'the key is 1234'),
      'A failure that cannot be shown, because its secrets cannot be told: TypeError.',
    );
  });
});
