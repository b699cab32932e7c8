import { createServer } from 'node:http';
import { HttpError } from './httpError.js';
import { readJsonBody } from './jsonBody.js';
import { createRouter } from './router.js';
import { createRoutes } from './routes.js';

/**
 * Puts the service together. The server is returned before it listens: the caller picks host and port.
 *
 * @param {object} parts
 * @param {ReturnType<typeof import('./apiKeys.js').parseApiKeys>} parts.apiKeys
 * @param {ReturnType<typeof import('./store.js').createNoteStore>} parts.store
 * @param {number} parts.maxBodyBytes
 * @param {(error: unknown) => void} [parts.onError] is told of errors that the client only sees as status 500
 * @returns {import('node:http').Server}
 */
export function createService({ apiKeys, store, maxBodyBytes, onError = () => {} }) {
  const findRoute = createRouter(createRoutes(store));

  async function answer(request) {
    const { route, params } = findRoute(request.method, request.url.split('?')[0]);
    const owner = route.access === 'key' ? apiKeys.identify(request.headers.authorization).owner : undefined;
    const body = route.hasBody ? await readJsonBody(request, maxBodyBytes) : undefined;
    return route.handle({ owner, params, body });
  }

  return createServer(async (request, response) => {
    try {
      send(response, await answer(request));
    } catch (error) {
      if (!(error instanceof HttpError)) onError(error);
      send(response, error instanceof HttpError ? error.toReply() : internalError());
    }
  });
}

function internalError() {
  return new HttpError(500, 'internal', 'The service failed to answer this request.').toReply();
}

function send(response, { status, headers = {}, body }) {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(bytes.length),
  });
  response.end(bytes);
}
