import type { BlobReference } from '../ports.ts';

/** Every reference to a blob in a value out of the log: an event's payload, or the output of a step. A reference is `{sha256, bytes}` and no more. */
export function blobReferences(value: unknown): readonly BlobReference[] {
  if (typeof value !== 'object' || value === null) return [];
  const { sha256, bytes, ...rest } = value as Partial<Record<string, unknown>>;
  if (typeof sha256 === 'string' && typeof bytes === 'number' && Object.keys(rest).length === 0)
    return /^[0-9a-f]{64}$/.test(sha256) ? [{ sha256, bytes }] : [];
  return Object.values(value).flatMap(blobReferences);
}
