import { createServer } from 'node:http';

/** Runs `work` with a server on a free port of 127.0.0.1 that answers every request with HTTP 200 and exactly this body. */
export async function withRawServer(
  contentType: string,
  body: string,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': contentType });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
  } finally {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}
