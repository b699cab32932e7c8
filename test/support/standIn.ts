import { createServer } from 'node:net';
import path from 'node:path';

/** The program that stands in for a model server. */
export const STAND_IN = path.resolve(import.meta.dirname, 'standInServer.mjs');

/** A port of 127.0.0.1 on which nothing listens now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
