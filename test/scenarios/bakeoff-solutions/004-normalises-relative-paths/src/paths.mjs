/** The normal form of a POSIX path; `.` for one that leads nowhere. */
export function normalise(path) {
  const isAbsolute = path.startsWith('/');
  const kept = [];
  for (const part of path.split('/')) {
    if (part === '.' || part === '') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isAbsolute) kept.push('..');
  }
  const joined = kept.join('/');
  return isAbsolute ? `/${joined}` : joined || '.';
}

export function join(...parts) {
  return normalise(parts.filter((part) => part !== '').join('/'));
}

/** Whether an absolute path is the folder or below it. */
export function isInside(folder, path) {
  const [outer, inner] = [normalise(folder), normalise(path)];
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}
