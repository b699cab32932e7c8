import { createHash } from 'node:crypto';
import { HttpError } from './httpError.js';

const KEY_LINE = /^([a-z][a-z0-9-]{0,31}):([A-Za-z0-9_-]{16,128})$/;

/**
 * Reads the keys file: one `owner:key` a line, empty lines and lines starting with `#` are skipped. An owner
 * may have several keys, which is how a key is replaced without an outage. Keys are kept as SHA-256 digests
 * only.
 *
 * @param {string} text the content of the keys file
 * @returns {{ identify: (authorization: string | undefined) => { owner: string } }} `identify`
 * takes the value of the Authorization header and throws a 401 HttpError when it holds no known key
 * @throws {Error} naming the line that cannot be read, never showing its content
 */
export function parseApiKeys(text) {
  const ownerByDigest = new Map();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = KEY_LINE.exec(line.trim());
    if (!match) throw new Error(`keys file, line ${index + 1}: expected "owner:key"`);
    const digest = digestOf(match[2]);
    if (ownerByDigest.has(digest)) throw new Error(`keys file, line ${index + 1}: this key is listed twice`);
    ownerByDigest.set(digest, match[1]);
  }
  return {
    identify(authorization) {
      const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      const owner = key === undefined ? undefined : ownerByDigest.get(digestOf(key));
      if (owner === undefined) {
        throw new HttpError(401, 'unauthorized', 'Send a known API key as "Authorization: Bearer <key>".', {
          'WWW-Authenticate': 'Bearer',
        });
      }
      return { owner };
    },
  };
}

function digestOf(key) {
  return createHash('sha256').update(key).digest('hex');
}
