import assert from 'node:assert/strict';
import { configurationSchema } from '../../src/core/settings.ts';
import { createProviders } from '../../src/app/providers.ts';
import type { Host } from '../../src/app/services.ts';
import { billingOf } from '../../src/core/ledger/billing.ts';
import type { ModelProvider } from '../../src/core/ports.ts';
import { workerSchema } from '../../src/core/settings.ts';

const DEFAULTS = configurationSchema.parse({});
const WORKERS = { sol: workerSchema.parse({ provider: 'editor', model: 'copilot/gpt-4o' }) };

const host = (own: ModelProvider | undefined): Host => ({
  folder: '/',
  installation: '/',
  environment: {},
  program: 'test',
  person: 'test',
  secret: () => Promise.resolve(undefined),
  provider: () => own,
  onEvent: () => undefined,
  onProgress: () => undefined,
  signal: new AbortController().signal,
});

describe("a worker with the editor's own models", () => {
  it('is down on the command line, with the words for a person', async () =>
    assert.deepEqual((await createProviders(host(undefined), { ...DEFAULTS, workers: WORKERS })).health('sol'), {
      kind: 'down',
      cause: 'elsewhere',
      why: "the editor's model copilot/gpt-4o can be called only inside VS Code",
    }));

  it('is what the editor hands in', async () => {
    const own: ModelProvider = { call: () => Promise.resolve({ kind: 'error', error: { kind: 'stopped' } }) };
    const providers = await createProviders(host(own), { ...DEFAULTS, workers: WORKERS });
    assert.deepEqual([providers.health('sol'), providers.provider('sol') === own], [{ kind: 'unknown' }, true]);
  });

  it('costs no dollars', () => assert.equal(billingOf(WORKERS.sol), 'included'));
});
