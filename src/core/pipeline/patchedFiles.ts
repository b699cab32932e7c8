import { err, ok, type Result } from '../../base/result.ts';
import type { FileContent, RepositoryPath } from '../ports.ts';

/**
 * The texts of the files that a patch names, as far as they exist, or why the patch cannot be applied, in words for the model. A file that is no
 * UTF-8 is refused, since its bytes would not come back; so is a path that leads through a file or a symbolic link.
 */
export async function patchedFiles(
  read: (path: RepositoryPath) => Promise<FileContent | undefined>,
  paths: readonly RepositoryPath[],
): Promise<Result<ReadonlyMap<RepositoryPath, string>, string>> {
  const files = new Map<RepositoryPath, string>();
  for (const path of paths) {
    const content = await read(path);
    if (content?.kind === 'binary') {
      return err(
        `${path} is no UTF-8 text: it is binary, in UTF-16 or Latin-1, or a symbolic link. A patch cannot change it, and nothing was applied.`,
      );
    }
    if (content !== undefined) {
      files.set(path, content.text);
      continue;
    }
    for (const folder of foldersOf(path)) {
      if ((await read(folder)) === undefined) continue;
      return err(
        `${path} leads through ${folder}, which is a file or a symbolic link and no folder: nothing was applied.`,
      );
    }
  }
  return ok(files);
}

function foldersOf(path: RepositoryPath): readonly RepositoryPath[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
