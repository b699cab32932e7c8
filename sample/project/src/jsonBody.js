import { HttpError } from './httpError.js';

/**
 * Reads the body of a request as one JSON object.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {number} maxBytes the largest body that is accepted
 * @returns {Promise<Record<string, unknown>>}
 * @throws {HttpError} 415 for another content type, 413 for too many bytes, 400 for anything but an object
 */
export async function readJsonBody(request, maxBytes) {
  const contentType = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  if (contentType !== 'application/json') {
    throw new HttpError(415, 'unsupported_media_type', 'Send the body as application/json.');
  }
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);

  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // The rest is read and dropped rather than cut off, so that the client gets to see the answer.
    if (size <= maxBytes) chunks.push(chunk);
  }
  if (size > maxBytes) throw tooLarge(maxBytes);
  return parseObject(Buffer.concat(chunks).toString('utf8'));
}

function parseObject(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, 'invalid_json', 'The body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HttpError(400, 'invalid_json', 'The body must be a JSON object.');
  }
  return value;
}

function tooLarge(maxBytes) {
  return new HttpError(413, 'body_too_large', `The body must not exceed ${maxBytes} bytes.`);
}
