import assert from 'node:assert/strict';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { AbortedError } from '../../src/base/withAbort.ts';
import { createRpc, RemoteProblem, type Rpc, type RpcPort } from '../../src/protocol/rpc.ts';

interface Left {
  readonly [name: string]: (...words: never[]) => Promise<unknown>;
  secret(name: string): Promise<string>;
}
interface Right {
  readonly [name: string]: (...words: never[]) => Promise<unknown>;
  add(left: number, right: number): Promise<number>;
  slow(): Promise<string>;
  fail(): Promise<void>;
  ask(name: string): Promise<string>;
}

class MendableProblem extends Error {
  readonly kind = 'usage';
}

const portOf = (port: MessagePort): RpcPort => ({
  post: (message) => port.postMessage(message),
  listen: (onMessage) => void port.on('message', onMessage),
});

/** Two ends over a real channel between threads. */
function connected() {
  const { port1, port2 } = new MessageChannel();
  const news: unknown[] = [];
  const left = createRpc<Left, Right>(
    portOf(port1),
    { secret: async (_context, name) => `the value of ${name}` },
    (value) => news.push(value),
  );
  const right: Rpc<Left> = createRpc<Right, Left>(
    portOf(port2),
    {
      add: async (_context, one, other) => one + other,
      slow: ({ signal, emit }) =>
        new Promise((resolve) => {
          emit('begun');
          signal.addEventListener('abort', () => resolve(`aborted: ${signal.reason}`), { once: true });
        }),
      fail: async () => {
        throw new MendableProblem('Open a folder first.');
      },
      ask: async (_context, name) => right.remote.secret(name),
    },
    () => undefined,
  );
  return { left, right, news, [Symbol.dispose]: () => port1.close() };
}

describe('requests between two ends', () => {
  it('are answered each by its own, in whatever order', async () => {
    using ends = connected();
    const answers = await Promise.all([
      ends.left.remote.add(1, 2),
      ends.left.remote.ask('KEY'),
      ends.left.remote.add(3, 4),
    ]);
    assert.deepEqual(answers, [3, 'the value of KEY', 7]);
  });

  it('tell what happens meanwhile, and end when they are aborted', async () => {
    using ends = connected();
    const abort = new AbortController();
    const heard: unknown[] = [];
    const answer = await ends.left.request('slow', [], {
      signal: abort.signal,
      onEvent: (value) => {
        heard.push(value);
        abort.abort();
      },
    });
    assert.deepEqual({ answer, heard }, { answer: 'aborted: cancelled', heard: ['begun'] });
  });

  it('that fail bring the kind of problem and its words', async () => {
    using ends = connected();
    const error = await ends.left.remote.fail().then(
      () => undefined,
      (caught: unknown) => caught,
    );
    assert.ok(error instanceof RemoteProblem);
    assert.deepEqual([error.problem, error.message], ['usage', 'Open a folder first.']);
  });

  it('for a method that is not there fail, also by the names every object has', async () => {
    using ends = connected();
    const remote = ends.left.remote as unknown as Record<string, () => Promise<unknown>>;
    for (const name of ['missing', 'toString', 'constructor'])
      await assert.rejects(async () => remote[name]?.(), /there is no method/, name);
  });

  it('that are open end with an AbortedError when their end is given up', async () => {
    using ends = connected();
    const open = ends.left.remote.slow();
    ends.left[Symbol.dispose]();
    await assert.rejects(open, AbortedError);
  });

  it('leave news to be told in between', async () => {
    using ends = connected();
    ends.right.news({ kind: 'changed' });
    await ends.left.remote.add(1, 1);
    assert.deepEqual(ends.news, [{ kind: 'changed' }]);
  });
});
