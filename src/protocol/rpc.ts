import { AbortedError } from '../base/withAbort.ts';

/*
 * Requests, answers, events while a request is worked on, and news, over any pair of ports that carry structured-cloneable values in order. Both
 * ends are the same code: each may ask and answer.
 */

/** One end of a connection. `listen` is called once, before anything is posted. */
export interface RpcPort {
  post(message: unknown): void;
  listen(onMessage: (message: unknown) => void): void;
}

/** Functions by name that take and give structured-cloneable values. */
type Methods = { readonly [name: string]: (...words: never[]) => Promise<unknown> };

/** What a handler gets beside its arguments: the caller's abort, and a way to tell it something meanwhile. */
export interface RequestContext {
  readonly signal: AbortSignal;
  emit(value: unknown): void;
}

type Handlers<Own extends Methods> = {
  readonly [Name in keyof Own]: (context: RequestContext, ...words: Parameters<Own[Name]>) => ReturnType<Own[Name]>;
};

/** A request that the other end could not do. `problem` is the kind of the CommandProblem it was, `fault` for anything else. */
export class RemoteProblem extends Error {
  override readonly name = 'RemoteProblem';
  readonly problem: string;
  constructor(problem: string, text: string) {
    super(text);
    this.problem = problem;
  }
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  onEvent?(value: unknown): void;
}

export interface Rpc<Remote extends Methods> extends Disposable {
  /** The other end's methods. They reject with a RemoteProblem; with an AbortedError once this end was disposed of. */
  readonly remote: Remote;
  /** The same for one request that can be aborted or that tells something meanwhile. */
  request<Name extends keyof Remote & string>(
    name: Name,
    words: Parameters<Remote[Name]>,
    options: RequestOptions,
  ): ReturnType<Remote[Name]>;
  news(value: unknown): void;
}

type Message =
  | { readonly kind: 'request'; readonly id: number; readonly name: string; readonly words: readonly unknown[] }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'event'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'problem'; readonly id: number; readonly problem: string; readonly text: string }
  | { readonly kind: 'news'; readonly value: unknown };

interface Open {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onEvent(value: unknown): void;
}

/** Connects one end. `Own` are the methods answered here, `Remote` those of the other end. */
export function createRpc<Own extends Methods, Remote extends Methods>(
  port: RpcPort,
  handlers: Handlers<Own>,
  onNews: (value: unknown) => void,
): Rpc<Remote> {
  const open = new Map<number, Open>();
  const working = new Map<number, AbortController>();
  let lastId = 0;

  async function answer({ id, name, words }: Extract<Message, { kind: 'request' }>): Promise<void> {
    const abort = new AbortController();
    working.set(id, abort);
    const context: RequestContext = {
      signal: abort.signal,
      emit: (value) => port.post({ kind: 'event', id, value } satisfies Message),
    };
    try {
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
      if (handler === undefined) throw new Error(`there is no method ${name}`);
      const value = await (handler(context, ...(words as Parameters<Own[string]>)) as Promise<unknown>);
      port.post({ kind: 'result', id, value } satisfies Message);
    } catch (error) {
      port.post({ kind: 'problem', id, ...problemOf(error) } satisfies Message);
    } finally {
      working.delete(id);
    }
  }

  port.listen((value) => {
    // Both ends are this program: a message is what it says it is.
    const message = value as Message;
    switch (message.kind) {
      case 'request':
        void answer(message);
        return;
      case 'cancel':
        working.get(message.id)?.abort('cancelled');
        return;
      case 'event':
        open.get(message.id)?.onEvent(message.value);
        return;
      case 'result':
        open.get(message.id)?.resolve(message.value);
        open.delete(message.id);
        return;
      case 'problem':
        open.get(message.id)?.reject(new RemoteProblem(message.problem, message.text));
        open.delete(message.id);
        return;
      case 'news':
        onNews(message.value);
    }
  });

  function request(name: string, words: readonly unknown[], options: RequestOptions): Promise<unknown> {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => port.post({ kind: 'cancel', id } satisfies Message);
      const done = (): void => options.signal?.removeEventListener('abort', onAbort);
      open.set(id, {
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
        onEvent: (value) => options.onEvent?.(value),
      });
      port.post({ kind: 'request', id, name, words } satisfies Message);
      if (options.signal?.aborted === true) onAbort();
      else options.signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  const remote = new Proxy({} as Remote, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then' ? (...words: unknown[]) => request(name, words, {}) : undefined,
  });
  return {
    remote,
    request: (name, words, options) => request(name, words, options) as never,
    news: (value) => port.post({ kind: 'news', value } satisfies Message),
    [Symbol.dispose]: () => {
      for (const { reject } of open.values()) reject(new AbortedError());
      open.clear();
      for (const abort of working.values()) abort.abort('closed');
    },
  };
}

function problemOf(error: unknown): { readonly problem: string; readonly text: string } {
  if (!(error instanceof Error)) return { problem: 'fault', text: String(error) };
  const problem = 'kind' in error && typeof error.kind === 'string' ? error.kind : 'fault';
  return { problem, text: error.message };
}
