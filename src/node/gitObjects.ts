import type { FileDifference, RepositoryPath, TreeId } from '../core/ports.ts';
import type { GitOptions } from './git.ts';

/** Git bound to one repository and index. Rejects with a GitError when git does not exit with 0. */
export type TreeGit = (commandArguments: readonly string[], options?: GitOptions) => Promise<Buffer>;

/** One line of `git diff-tree --raw`. A mode of 000000 says that the file does not exist on that side. */
export interface ChangedFile {
  readonly path: RepositoryPath;
  readonly change: FileDifference['change'];
  readonly beforeMode: string;
  readonly afterMode: string;
  readonly beforeObject: string;
  readonly afterObject: string;
}

const changeOfStatus = new Map<string, FileDifference['change']>([
  ['A', 'added'],
  ['D', 'deleted'],
  ['M', 'modified'],
  ['T', 'modified'],
]);

/** The files in which two trees differ, renames as a deletion and an addition. Format: git-diff-tree(1), "raw output format" with -z. */
export async function changedFiles(git: TreeGit, from: TreeId, to: TreeId): Promise<readonly ChangedFile[]> {
  const fields = (await git(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--full-index', from, to]))
    .toString('utf8')
    .split('\0');
  const files: ChangedFile[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [beforeMode, afterMode, beforeObject, afterObject, status] = (fields[index] ?? '').slice(1).split(' ');
    const path = fields[index + 1];
    const change = changeOfStatus.get(status ?? '');
    if (!beforeMode || !afterMode || !beforeObject || !afterObject || !path || !change) {
      throw new Error(`git diff-tree wrote an unknown line: ${fields[index] ?? ''}`);
    }
    files.push({ path, change, beforeMode, afterMode, beforeObject, afterObject });
  }
  return files;
}

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
