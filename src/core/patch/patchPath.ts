/**
 * Why a path may not be written by a patch, or undefined when it may. A path is repository-relative with `/` between its parts.
 * Refused: what leaves the repository, what means different files on different systems, and every spelling of `.git` and
 * `.speckit` that Windows or macOS would open as such (letter case, trailing dots and spaces, a stream suffix, `git~1`, invisible characters).
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'the path is empty';
  // oxlint-disable-next-line no-control-regex -- Control characters are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'the path has a control character';
  if (path.includes('\\')) return 'the path has a backslash; parts are separated by /';
  if (/^[A-Za-z]:/.test(path)) return 'the path begins with a drive letter';
  if (path.startsWith('/')) return 'the path is absolute';
  if (path.startsWith('~/') || path === '~') return 'the path begins in a home folder';
  const parts = path.split('/');
  if (parts.includes('..')) return 'the path has a .. part';
  if (parts.some((part) => part === '' || part === '.')) return 'the path has an empty part or a . part';
  if (parts.some((part) => isFolder(part, '.git') || isFolder(part, 'git~1'))) return 'the path leads into .git';
  if (parts.some((part) => isFolder(part, '.speckit'))) return 'the path leads into .speckit';
  return undefined;
}

/** Characters that HFS+ ignores in names. */
const ignorable = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

function isFolder(part: string, folder: string): boolean {
  const name = part
    .replace(ignorable, '')
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
  return name === folder;
}
