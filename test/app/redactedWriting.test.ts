import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  redactedBlobs,
  redactedDocuments,
  redactedLog,
  redactedProcesses,
  redactedProvider,
  redactedSteps,
} from '../../src/app/redactedWriting.ts';
import type { ModelEvent, ModelRequest, ProcessRequest } from '../../src/core/ports.ts';
import { createRedaction } from '../../src/core/run/redaction.ts';
import type { EventLog } from '../../src/node/log/eventLog.ts';

const SECRET = 'correct-horse-battery';
const MARK = '[redacted:A_KEY]';
const redaction = createRedaction({ known: new Map([['A_KEY', SECRET]]) });
const never = new AbortController().signal;

describe('what a run writes by', () => {
  it('marks secrets in events, blobs and documents', async () => {
    const written: unknown[] = [];
    const log = redactedLog(
      { events: [], append: (kind: string, payload: unknown) => written.push(kind, payload) } as unknown as EventLog,
      redaction,
    );
    log.append('ErrorEvent', { key: 'k', error: 'E', text: `with ${SECRET}` });
    assert.deepEqual(written, ['ErrorEvent', { key: 'k', error: 'E', text: `with ${MARK}` }]);
    const put: string[] = [];
    const blobs = redactedBlobs(
      { put: async (text) => ({ sha256: '', bytes: put.push(text) }), get: async () => '' },
      redaction,
    );
    await blobs.put(`a ${SECRET}`);
    const documents = redactedDocuments(
      {
        write: async (name, text) => void put.push(name, text),
        add: async (name, _mark, added) => void put.push(name, added(`yours ${SECRET}`)),
        offers: () => [],
      },
      redaction,
    );
    await documents.write('plan.md', `b ${SECRET}`);
    await documents.add('clarifications.md', 'Q1', (existing) => `${existing}, ours ${SECRET}`);
    assert.deepEqual(put, [`a ${MARK}`, 'plan.md', `b ${MARK}`, 'clarifications.md', `yours ${SECRET}, ours ${MARK}`]);
  });

  it('marks secrets in what a step brings, before it is recorded and before it is used', async () => {
    const recorded: unknown[] = [];
    const steps = redactedSteps(
      {
        step: async (address, _inputs, effect) => {
          const result = await effect({ key: address.key, attempt: 1 });
          recorded.push(result);
          return result;
        },
        note: (kind, payload) => void recorded.push(kind, payload),
        inDoubt: [],
      },
      redaction,
    );
    const used = await steps.step(
      { key: 'k', effect: 'retrieval' },
      {},
      async () => ({ outcome: 'done', output: { names: [`a ${SECRET}`] } }),
      never,
    );
    steps.note('Checkpoint', { key: SECRET, tree: 't' });
    const expected = { outcome: 'done', output: { names: [`a ${MARK}`] } };
    assert.deepEqual([used, recorded], [expected, [expected, 'Checkpoint', { key: MARK, tree: 't' }]]);
  });

  it('marks secrets in output, also where it comes in pieces', async () => {
    const shown: string[] = [];
    const processes = redactedProcesses(
      {
        run: async (_request, onOutput) => {
          for (const letter of `key ${SECRET} end`) onOutput(letter);
          return {
            outcome: { kind: 'exited', exitCode: 0 },
            output: `key ${SECRET} end`,
            omittedBytes: 0,
            durationMs: 1,
            sandbox: 'none',
          };
        },
      },
      redaction,
    );
    const result = await processes.run({} as ProcessRequest, (text) => shown.push(text), never);
    assert.equal(result.output, `key ${MARK} end`);
    assert.equal(shown.join(''), `key ${MARK} end`);
  });

  it('marks secrets in requests, answers, errors and what streams', async () => {
    const asked: ModelRequest[] = [];
    const events: ModelEvent[] = [];
    const answers = [
      {
        kind: 'ok',
        value: {
          text: SECRET,
          toolCalls: [{ id: '1', name: 't', arguments: `{"a":"${SECRET}"}` }],
          finishReason: 'stop',
        },
      },
      { kind: 'error', error: { kind: 'badRequest', status: 400, message: `no ${SECRET}` } },
    ] as const;
    const provider = redactedProvider(
      {
        call: async (request, onEvent) => {
          asked.push(request);
          for (const text of ['correct-', 'horse-', 'battery']) {
            onEvent({ kind: 'text', text });
            onEvent({ kind: 'reasoning', text });
          }
          onEvent({ kind: 'toolCall', name: 't' });
          return answers[asked.length - 1] ?? answers[0];
        },
      },
      redaction,
    );
    const request = {
      stepKey: 'k',
      system: SECRET,
      messages: [{ role: 'user', text: SECRET }],
      tools: [],
      maxOutputTokens: 1,
    } as const;
    const results = [
      await provider.call(request, (event) => events.push(event), never),
      await provider.call(request, (event) => events.push(event), never),
    ];
    assert.doesNotMatch(JSON.stringify([asked, events, results]), /battery/);
    assert.deepEqual(asked[0], { ...request, system: MARK, messages: [{ role: 'user', text: MARK }] });
    assert.deepEqual(events.slice(0, 3), [
      { kind: 'toolCall', name: 't' },
      { kind: 'reasoning', text: MARK },
      { kind: 'text', text: MARK },
    ]);
  });

  it('is the only way to write: nobody else opens a log or a store of blobs to write', () => {
    const root = path.resolve(import.meta.dirname, '../../src');
    const users = (pattern: RegExp): readonly string[] =>
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && pattern.test(readFileSync(path.join(root, file), 'utf8')))
        .map((file) => file.replaceAll(path.sep, '/'))
        .toSorted();
    assert.deepEqual(users(/\bopenEventLog\(/), [
      'app/collect.ts',
      'app/replay.ts',
      'app/withRun.ts',
      'node/log/eventLog.ts',
    ]);
    // Of the bare stores only that of a run and that of a replay are written to, behind the redaction; the others read.
    const writers = ['app/replay.ts', 'app/withRun.ts'];
    for (const file of writers) {
      const text = readFileSync(path.join(root, file), 'utf8');
      assert.match(text, /redactedLog\(opened\.value, redaction\)/, file);
      assert.match(text, /redactedBlobs\(store, redaction\)/, file);
      assert.equal(text.match(/\bstore\b(?!\.settle|, redaction| = createBlobStore)/g), null, file);
    }
    const readers = users(/\bcreateBlobStore\(/).filter(
      (file) => ![...writers, 'node/log/blobStore.ts'].includes(file),
    );
    assert.deepEqual(
      readers.filter((file) => /(?<!context\.blobs)\.put\(/.test(readFileSync(path.join(root, file), 'utf8'))),
      [],
    );
    for (const wrapped of [
      'redactedProcesses(insideRun(services.processes',
      'redactedDocuments(',
      'redactedSteps(durable',
      'redactedProvider(providers.provider',
    ])
      assert.ok(readFileSync(path.join(root, 'app/runContext.ts'), 'utf8').includes(wrapped), wrapped);
  });
});
