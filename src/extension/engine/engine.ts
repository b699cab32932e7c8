import { parentPort, workerData } from 'node:worker_threads';
import { createRpc } from '../../protocol/rpc.ts';
import type { EngineRequests, EngineStart, HostRequests } from './api.ts';
import { createEngine } from './createEngine.ts';

/* The engine's thread: started by client.ts with an EngineStart, ends with the extension host. */

const port = parentPort;
if (port === null) throw new Error('the engine runs in a worker thread');

const connection: { host?: ReturnType<typeof createRpc<EngineRequests, HostRequests>> } = {};
const engine = createEngine(workerData as EngineStart, {
  host: () => {
    if (connection.host === undefined) throw new Error('the engine is not connected yet');
    return connection.host;
  },
  news: (news) => connection.host?.news(news),
});
connection.host = createRpc<EngineRequests, HostRequests>(
  { post: (message) => port.postMessage(message), listen: (onMessage) => port.on('message', onMessage) },
  engine,
  () => undefined,
);
