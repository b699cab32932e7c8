import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { watchFetch } from '../../../src/node/models/watchedFetch.ts';

/** A server that answers with this status and writes the line again and again until the connection is closed. */
async function withEndlessServer(
  status: number,
  line: string,
  work: (url: string, closed: Promise<unknown>) => Promise<void>,
): Promise<void> {
  let tellClosed: (value: unknown) => void = () => undefined;
  const closed = new Promise((resolve) => {
    tellClosed = resolve;
  });
  const server = createServer((_, response) => {
    response.on('close', tellClosed);
    response.writeHead(status);
    write(response, line);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, closed);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function write(response: ServerResponse, line: string): void {
  if (response.destroyed) return;
  if (response.write(line)) setImmediate(() => write(response, line));
  else response.once('drain', () => write(response, line));
}

describe('watchFetch', () => {
  it('reads no more than 64 KiB of an endless error and closes its connection', () =>
    withEndlessServer(500, 'no\n'.repeat(1_000), async (url, closed) => {
      const response = await watchFetch(() => undefined, 1_000_000).fetch(url);
      assert.equal((await response.text()).length, 65_536);
      await closed;
    }));

  it('ends an answer with a line that never ends and closes its connection', () =>
    withEndlessServer(200, 'x'.repeat(1_000), async (url, closed) => {
      const watched = watchFetch(() => undefined, 50_000);
      const response = await watched.fetch(url);
      assert.equal(watched.lineTooLong(), false);
      await assert.rejects(response.text(), /longer than 50000 bytes/);
      assert.equal(watched.lineTooLong(), true);
      await closed;
    }));

  it('lets short lines pass, however many', () =>
    withEndlessServer(200, `${'x'.repeat(99)}\n`, async (url) => {
      let nPieces = 0;
      const watched = watchFetch(() => nPieces++, 70_000);
      const response = await watched.fetch(url);
      let bytes = 0;
      for await (const chunk of response.body ?? []) {
        bytes += chunk.length;
        if (bytes > 500_000) break;
      }
      assert.equal(watched.lineTooLong(), false);
      assert.ok(nPieces > 0);
    }));
});
