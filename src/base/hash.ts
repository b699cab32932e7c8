import { sha256 as digest } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './json.ts';

/** SHA-256 as 64 lower-case hexadecimal digits. Text is hashed as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  return bytesToHex(digest(typeof content === 'string' ? utf8ToBytes(content) : content));
}

/** SHA-256 over the canonical JSON of a value: equal values, equal hashes, whatever order their keys were written in. */
export function hashOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
