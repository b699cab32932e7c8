import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

/*
 * A model server on a thread of its own that answers every POST at once with the same short stream, in SGLang's shape. For test/bench/reflex.ts.
 */

const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: 'a1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'qwen',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
  })}\n\n`;
const ANSWER = [
  chunk({ role: 'assistant', content: '' }, null),
  chunk({ content: '{"patch":"' }, null),
  chunk({ content: 'x"}' }, null),
  chunk({}, 'stop'),
  'data: {"id":"a1","choices":[],"usage":{"prompt_tokens":900,"completion_tokens":12,"total_tokens":912}}\n\n',
  'data: [DONE]\n\n',
].join('');

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === 'object' && address !== null ? address.port : 0);
});
