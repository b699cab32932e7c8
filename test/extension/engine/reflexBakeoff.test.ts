import assert from 'node:assert/strict';
import path from 'node:path';
import { createEngine } from '../../../src/extension/engine/createEngine.ts';
import { makeRepository } from '../../support/gitRepository.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const installation = path.resolve(import.meta.dirname, '../../..');
const wires = {
  host: () => {
    throw new Error('nobody is asked');
  },
  news: () => undefined,
};
const context = { signal: new AbortController().signal, emit: () => undefined };
const LOCAL =
  '[workers.local]\nprovider = "openai-chat"\nmodel = "qwen"\nbase_url = "http://127.0.0.1:1/v1"\nlocal = true\n';
const CLOUD =
  '[workers.cloud]\nprovider = "openai-chat"\nmodel = "gpt-6.1-sol"\n[routing]\nimplementer = ["local", "cloud"]\n';

/** What a bake-off is made of in a repository with this speckit.toml. */
async function withEngine(
  configuration: string,
  work: (engine: ReturnType<typeof createEngine>, folder: string) => Promise<void>,
): Promise<void> {
  using folder = temporaryFolder();
  await makeRepository(folder.join('repository'), { 'speckit.toml': configuration });
  await work(createEngine({ installation, program: 'test', person: 'mika' }, wires), folder.join('repository'));
}

describe('SpecKit: Run a Bake-Off of the Local Server', () => {
  for (const [configuration, why] of [
    [LOCAL, /There is nobody to compare with: routing\.implementer names no worker of the cloud/],
    [
      `${LOCAL}${CLOUD}`,
      /The local server at http:\/\/127\.0\.0\.1:1\/v1 cannot be measured: .*No trial was made now\./,
    ],
  ] as const)
    it(`says why it cannot begin: ${why.source.slice(0, 40)}`, () =>
      withEngine(configuration, async (engine, folder) => {
        await assert.rejects(engine.bakeoff(context, folder, { budget: 0, start: 'new' }), why);
      }));
});
