import assert from 'node:assert/strict';
import type { ReflexReading } from '../../../src/app/reflex.ts';
import { createReflexStatusBar } from '../../../src/extension/reflex/statusBar.ts';

describe('the status-bar item of the local server', () => {
  it('is made, asks for a reading and lets itself be taken away', async () => {
    const asked = Promise.withResolvers<string>();
    const reading: ReflexReading = {
      kind: 'read',
      worker: 'local',
      model: 'qwen',
      baseUrl: 'http://127.0.0.1:1/v1',
      health: { kind: 'refuses', why: 'nothing listens on its port' },
      vram: { kind: 'none', why: 'nvidia-smi is not installed here' },
      place: { kind: 'here', computer: 'c' },
    };
    const problems: string[] = [];
    const bar = createReflexStatusBar({
      read: async (folder, request) => {
        asked.resolve(`${folder} ${request.depth}`);
        return reading;
      },
      folder: () => '/folder',
      log: (text) => problems.push(text),
    });
    bar.refresh();
    assert.equal(await asked.promise, '/folder whole');
    await new Promise((resolve) => setImmediate(resolve));
    bar.dispose();
    assert.deepEqual(problems, []);
  });
});
