import assert from 'node:assert/strict';
import { reflexWorker, withReflexWorker } from '../../../src/core/reflex/worker.ts';
import { configurationSchema, workerSchema } from '../../../src/core/settings.ts';

const configured = (reflex: object) => configurationSchema.parse({ reflex });

describe('the worker that [reflex] stands for', () => {
  it('is there only while it is enabled', () => {
    assert.deepEqual(Object.keys(withReflexWorker(configured({ enabled: true })).workers), ['reflex']);
    const off = configured({});
    assert.equal(withReflexWorker(off), off);
  });

  it('is a worker as any other, which waits no longer than timeout_ms for its first token', () => {
    const worker = reflexWorker(configured({ timeout_ms: 800 }).reflex);
    assert.deepEqual(workerSchema.parse(worker), worker);
    assert.deepEqual([worker.local, worker.first_token_timeout_seconds], [true, 0.8]);
  });

  it('is asked for no schema where the server knows none', () => {
    const of = (json_schema: boolean) => reflexWorker(configured({ json_schema }).reflex).structured_output;
    assert.deepEqual([of(true), of(false)], ['json_schema', 'none']);
  });
});
