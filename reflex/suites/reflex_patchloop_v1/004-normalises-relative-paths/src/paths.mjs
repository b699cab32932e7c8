/** The normal form of a POSIX path; `.` for one that leads nowhere. */
export function normalise(path) {
  const isAbsolute = path.startsWith('/');
  const kept = [];
  for (const part of path.split('/')) {
    if (part === '.') continue;
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  const joined = kept.join('/');
  return isAbsolute ? `/${joined}` : joined;
}

export function join(...parts) {
  return normalise(parts.filter((part) => part !== '').join('/'));
}

/** Whether an absolute path is the folder or below it. */
export function isInside(folder, path) {
  return normalise(path).startsWith(normalise(folder));
}
