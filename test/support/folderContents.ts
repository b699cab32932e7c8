import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file below a folder by its path: its text, with a `*` in front when it is executable. A link by
 * its target. Folders that hold nothing end with `/`. */
export async function folderContents(folder: string): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const inner = Object.entries(await folderContents(path));
      if (inner.length === 0) contents[`${entry.name}/`] = '';
      for (const [name, text] of inner) contents[`${entry.name}/${name}`] = text;
    } else if (entry.isSymbolicLink()) contents[entry.name] = `-> ${await readlink(path)}`;
    else {
      const executable = ((await stat(path)).mode & 0o111) !== 0;
      contents[entry.name] = `${executable ? '*' : ''}${await readFile(path, 'utf8')}`;
    }
  }
  return contents;
}
