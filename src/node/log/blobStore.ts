import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { BlobReference, Blobs } from '../../core/ports.ts';
import { temporaryBeside } from '../temporaryFiles.ts';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The blobs of one run as its log needs them. */
export interface BlobStore extends Blobs {
  /** Makes all that was put durable. A log does so before it writes lines, so that no line on disk names bytes that are not. */
  settle(): Promise<void>;
}

/** Files that may wait to be made durable: each is held open. */
const UNSETTLED_CAP = 64;

/**
 * The content-addressed store of one run: a file per text, named by its SHA-256, written whole (temporary file, rename) before its reference is known,
 * and durable after `settle`: together they cost the time of one.
 */
export function createBlobStore(folder: string): BlobStore {
  const known = new Set<string>();
  let unsettled: FileHandle[] = [];
  const settle = async (): Promise<void> => {
    const handles = unsettled;
    unsettled = [];
    await Promise.all(handles.map(sync));
  };
  const fileOf = (sha256: string): string => path.join(folder, sha256);
  return {
    async put(text: string): Promise<BlobReference> {
      const bytes = Buffer.from(text, 'utf8');
      const reference = { sha256: hashOf(bytes), bytes: bytes.length };
      if (known.has(reference.sha256) || (await holds(fileOf(reference.sha256), reference.sha256))) return reference;
      if (known.size === 0) await mkdir(folder, { recursive: true });
      const temporary = temporaryBeside(fileOf(reference.sha256));
      const handle = await open(temporary, 'wx');
      try {
        await handle.writeFile(bytes);
        await rename(temporary, fileOf(reference.sha256));
      } catch (error) {
        await handle.close();
        throw error;
      }
      known.add(reference.sha256);
      unsettled.push(handle);
      if (unsettled.length >= UNSETTLED_CAP) await settle();
      return reference;
    },
    settle,
    async get(reference: BlobReference): Promise<string> {
      const bytes = await readFile(fileOf(reference.sha256));
      if (hashOf(bytes) !== reference.sha256)
        throw new Error(`blob ${reference.sha256} holds other bytes than its name says`);
      return bytes.toString('utf8');
    },
  };
}

async function sync(handle: FileHandle): Promise<void> {
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** By its bytes: after a loss of power a file may have its length without them. */
async function holds(file: string, sha256: string): Promise<boolean> {
  try {
    return hashOf(await readFile(file)) === sha256;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
