import type { RepositoryPath } from '../ports.ts';

/** Most paths that are taken from one constitution. */
const PATHS = 200;

/**
 * The paths a constitution names: whatever stands between backticks, holds a slash and no space, and is no address (`src/billing/`, `db/*.sql`,
 * `./deploy/run.sh`). In their order, each once.
 */
export function constitutionPaths(text: string): readonly string[] {
  const found = [...text.matchAll(/`([^`\s]{2,200})`/gu)].flatMap(([, quoted = '']) => {
    const path = quoted.replace(/^\.?\//u, '');
    return quoted.includes('/') && !quoted.includes('://') && /^[\p{L}\p{N}._@*/-]+$/u.test(path) && path !== ''
      ? [path]
      : [];
  });
  return [...new Set(found)].slice(0, PATHS);
}

/** Whether a file is one of those a named path speaks of: the file itself, what lies in the folder, or what `*` (within a name) and `**` stand for. */
export function isNamedBy(path: RepositoryPath, named: string): boolean {
  const folder = named.replace(/\/+$/u, '');
  const pattern = folder
    .split('/')
    .map((part) => (part === '**' ? '.*' : part.replaceAll(/[.+^${}()|[\]\\]/gu, '\\$&').replaceAll(/\*+/gu, '[^/]*')))
    .join('/');
  return new RegExp(`^${pattern}(?:/|$)`, 'u').test(path);
}
