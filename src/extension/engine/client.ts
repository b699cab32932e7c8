import { Worker } from 'node:worker_threads';
import { createRpc, RemoteProblem, type RequestContext, type Rpc } from '../../protocol/rpc.ts';
import type { EngineNews, EngineRequests, EngineStart, HostRequests } from './api.ts';
import { inEditorWords } from './editorWords.ts';

type HostHandlers = {
  readonly [Name in keyof HostRequests]: (
    context: RequestContext,
    ...words: Parameters<HostRequests[Name]>
  ) => ReturnType<HostRequests[Name]>;
};

/**
 * What the engine is connected to on the host's side. `onEnd` is told when its thread ended by a fault, and how long it had lived (milliseconds): the
 * next request starts a new one.
 */
export interface EngineConnection {
  readonly file: string;
  readonly start: EngineStart;
  readonly handlers: HostHandlers;
  onNews(news: EngineNews): void;
  onEnd(why: string, livedMs: number): void;
}

export interface Engine extends Disposable {
  readonly requests: EngineRequests;
  /** One request that can be aborted or that tells something meanwhile. */
  readonly request: Rpc<EngineRequests>['request'];
}

/**
 * The engine behind its requests. Its thread starts with the first request, so that an editor in which nobody uses SpecKit pays nothing. Disposing of
 * it ends the thread at once: runs at work stay without an end in their logs, and with that go on later.
 */
export function createEngineClient(connection: EngineConnection): Engine {
  let running: { readonly worker: Worker; readonly rpc: Rpc<EngineRequests> } | undefined;

  function open(): Rpc<EngineRequests> {
    if (running !== undefined) return running.rpc;
    const worker = new Worker(connection.file, { workerData: connection.start, stdout: true, stderr: true });
    const rpc = createRpc<HostRequests, EngineRequests>(
      { post: (message) => worker.postMessage(message), listen: (onMessage) => void worker.on('message', onMessage) },
      connection.handlers,
      (news) => connection.onNews(news as EngineNews),
    );
    const mine = { worker, rpc };
    const startedAt = performance.now();
    running = mine;
    const end = (why: string): void => {
      if (running !== mine) return;
      running = undefined;
      rpc[Symbol.dispose]();
      connection.onEnd(why, performance.now() - startedAt);
    };
    worker.on('error', (error) => end(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    worker.on('exit', (code) => end(`its thread ended with code ${code}`));
    return rpc;
  }

  const requests = new Proxy({} as EngineRequests, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then'
        ? (...words: never[]) => told(open().request(name, words, {}))
        : undefined,
  });
  return {
    requests,
    request: (name, words, options) =>
      told(open().request(name, words, options)) as ReturnType<EngineRequests[typeof name]>,
    [Symbol.dispose]: () => {
      const ending = running;
      running = undefined;
      ending?.rpc[Symbol.dispose]();
      void ending?.worker.terminate();
    },
  };
}

/** The same, with its problem in words for the editor. */
function told<Value>(request: Promise<Value>): Promise<Value> {
  return request.catch((error: unknown) => {
    throw error instanceof RemoteProblem ? new RemoteProblem(error.problem, inEditorWords(error.message)) : error;
  });
}
