import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { isMissing } from '../node/repositoryPath.ts';
import { EVAL_FOLDER } from './scorecards.ts';
import { readTextIfThere } from './textFile.ts';

/** Makes the folder of evaluations with what keeps git from listing it, and returns it. Absolute. */
export async function makeEvalFolder(root: string): Promise<string> {
  const folder = path.join(root, EVAL_FOLDER);
  await mkdir(folder, { recursive: true });
  const ignore = path.join(root, '.speckit', '.gitignore');
  if ((await readTextIfThere(ignore)) === undefined) await writeFileAtomically(ignore, Buffer.from('*\n'));
  return folder;
}

/** Names in the folder of evaluations, sorted; none where there is no folder. */
export async function evalNames(root: string): Promise<readonly string[]> {
  const names: readonly string[] = await readdir(path.join(root, EVAL_FOLDER)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names.toSorted();
}
