import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { idOfObject } from './treeListing.ts';

const inflated = promisify(inflate);

/** Larger objects are left to git, which streams them. Bytes, as stored and as read. */
const MOST_BYTES = 4_000_000;

/** Reads an object by its id; undefined where this way does not find it, which does not say that there is none. */
export type ReadObject = (kind: 'blob' | 'tree', id: string) => Promise<Buffer | undefined>;

/**
 * Reads objects that git keeps as a file each, which is where all newly written ones are, without a process. What is not there, cannot be read,
 * or does not have the bytes its id stands for is undefined: the caller then asks git, which also knows packs, alternates and replacements
 * of damaged ones. Format: gitformat-loose-object.
 */
export function looseObjects(objectsDir: string): ReadObject {
  return async (kind, id) => {
    const stored = await readFile(join(objectsDir, id.slice(0, 2), id.slice(2))).catch(() => undefined);
    if (stored === undefined || stored.length > MOST_BYTES) return undefined;
    const object = await inflated(stored, { maxOutputLength: MOST_BYTES }).catch(() => undefined);
    if (object === undefined) return undefined;
    const bytes = object.subarray(object.indexOf(0) + 1);
    return idOfObject(id, kind, bytes) === id ? bytes : undefined;
  };
}
