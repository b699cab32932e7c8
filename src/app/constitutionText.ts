import path from 'node:path';
import { readTextIfThere } from './textFile.ts';

/** The constitution of a repository (`root` is absolute), undefined where it has none. */
export async function readConstitution(root: string): Promise<string | undefined> {
  return (
    (await readTextIfThere(path.join(root, '.specify/memory/constitution.md'))) ??
    (await readTextIfThere(path.join(root, 'memory/constitution.md')))
  );
}
