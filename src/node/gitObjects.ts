import type { GitOptions } from './git.ts';

/** Git bound to one repository and index. Rejects with a GitError when git does not exit with 0. */
export type TreeGit = (commandArguments: readonly string[], options?: GitOptions) => Promise<Buffer>;

/** The bytes of blobs, in the order asked for; undefined for an object that does not exist. Format: git-cat-file(1), "batch output". */
export async function readBlobs(git: TreeGit, objects: readonly string[]): Promise<readonly (Buffer | undefined)[]> {
  if (objects.length === 0) return [];
  const output = await git(['cat-file', '--batch'], { input: `${objects.join('\n')}\n` });
  let at = 0;
  return objects.map((object) => {
    const lineEnd = output.indexOf(0x0a, at);
    const [, kind, size] = output.toString('ascii', at, lineEnd).split(' ');
    at = lineEnd + 1;
    if (kind === 'missing') return undefined;
    if (kind !== 'blob' || size === undefined) throw new Error(`object ${object} is no blob`);
    const bytes = output.subarray(at, at + Number(size));
    at += Number(size) + 1;
    return bytes;
  });
}
