import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../base/hash.ts';
import type { Documents } from '../core/pipeline/context.ts';
import type { FileDifference } from '../core/ports.ts';
import type { Steps } from '../core/run/steps.ts';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { writeDocument } from '../node/documents.ts';
import { CommandProblem } from './problem.ts';
import { readTextIfThere } from './textFile.ts';

/** Where the documents of one run go, and where SpecKit remembers what it wrote last. */
export interface DocumentsPlace {
  readonly root: string;
  readonly specFolder: string;
  /**
   * A folder of the repository's git folder: for each document a file named by the SHA-256 of its path, with the SHA-256 of the bytes
   * SpecKit wrote there last. One file each, because runs of several specs write at the same time.
   */
  readonly memory: string;
}

/** Where a repository remembers what SpecKit wrote last. */
export const documentsMemory = (commonDir: string): string => path.join(commonDir, 'speckit', 'documents');

/** The stage documents of a run as durable steps: each content is written once, and never over bytes that somebody else wrote last. */
export function createDocuments(place: DocumentsPlace, steps: Steps, signal: AbortSignal): Documents {
  const offers = new Map<string, FileDifference>();
  return {
    offers: () => [...offers.values()],
    async write(name, content) {
      const file = path.posix.join(place.specFolder, name);
      const { output } = await steps.step(
        { key: `document/${name}/${sha256(content).slice(0, 12)}`, effect: 'document' },
        { content },
        async () => ({ outcome: 'done', output: await land(place, file, content) }),
        signal,
      );
      if (output.foreign === null) offers.delete(file);
      else offers.set(file, { path: file, change: 'modified', before: output.foreign, after: content, binary: false });
    },
    async add(name, mark, added) {
      const file = path.join(place.root, place.specFolder, name);
      await steps.step(
        { key: `document/${name}/${mark}`, effect: 'document' },
        { mark },
        async () => {
          const existing = (await readTextIfThere(file)) ?? '';
          const text = added(existing);
          await mkdir(path.dirname(file), { recursive: true });
          if (text !== existing) await writeFileAtomically(file, Buffer.from(text, 'utf8'));
          return { outcome: 'done', output: null };
        },
        signal,
      );
    },
  };
}

async function land(place: DocumentsPlace, file: string, content: string): Promise<{ foreign: string | null }> {
  const memory = path.join(place.memory, sha256(file));
  // Without a memory an existing document counts as somebody else's: nothing is written over.
  const lastWritten = await readTextIfThere(memory);
  const result = await writeDocument({
    root: place.root,
    path: file,
    content,
    ...(lastWritten === undefined ? {} : { lastWritten }),
  });
  if (result.kind === 'error') {
    if (result.error.kind === 'foreign') return { foreign: await readFile(path.join(place.root, file), 'utf8') };
    throw new CommandProblem(
      'infrastructure',
      `${file} cannot be written: ${result.error.kind === 'notAFile' ? 'it is no file' : 'its path leads out of the repository'}.`,
    );
  }
  await mkdir(place.memory, { recursive: true });
  await writeFileAtomically(memory, Buffer.from(sha256(content), 'utf8'));
  return { foreign: null };
}
