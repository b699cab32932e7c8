import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BlobReference, Blobs } from '../../core/ports.ts';
import { temporaryBeside } from '../temporaryFiles.ts';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The content-addressed store of one run: a file per text, named by its SHA-256, written whole (temporary file, sync, rename) before its reference is known. */
export function createBlobStore(folder: string): Blobs {
  const known = new Set<string>();
  const fileOf = (sha256: string): string => path.join(folder, sha256);
  return {
    async put(text: string): Promise<BlobReference> {
      const bytes = Buffer.from(text, 'utf8');
      const reference = { sha256: hashOf(bytes), bytes: bytes.length };
      if (known.has(reference.sha256) || (await holds(fileOf(reference.sha256), bytes.length))) return reference;
      await mkdir(folder, { recursive: true });
      const temporary = temporaryBeside(fileOf(reference.sha256));
      const handle = await open(temporary, 'wx');
      try {
        await handle.writeFile(bytes);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(temporary, fileOf(reference.sha256));
      known.add(reference.sha256);
      return reference;
    },
    async get(reference: BlobReference): Promise<string> {
      const bytes = await readFile(fileOf(reference.sha256));
      if (hashOf(bytes) !== reference.sha256)
        throw new Error(`blob ${reference.sha256} holds other bytes than its name says`);
      return bytes.toString('utf8');
    },
  };
}

async function holds(file: string, bytes: number): Promise<boolean> {
  try {
    return (await stat(file)).size === bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
