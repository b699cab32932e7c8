import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One real file of an installed package: LF, no byte order mark, a final newline, as lines. */
export interface Source {
  readonly path: string;
  readonly lines: readonly string[];
}

const ENDINGS = /\.(?:ts|mts|js|mjs|cjs|md|css|json|yml|html)$/;

/** What is taken of a folder of packages, so that no package with many generated files is all there is. */
const FILES_PER_PACKAGE = 25;

/**
 * Files of the installed packages that a person might edit: 30 to 3,000 lines, none of them machine-made long lines. Sorted by path, so that the
 * choice depends on the installed versions and on nothing else.
 */
export function sourcesIn(packages: string): readonly Source[] {
  const files = readdirSync(packages, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(packages, path.join(entry.parentPath, entry.name)))
    .filter((file) => ENDINGS.test(file) && !file.includes('.min.') && !file.endsWith('package-lock.json'))
    .sort();
  const nTaken = new Map<string, number>();
  const sources: Source[] = [];
  for (const file of files) {
    const owner = file.split(path.sep)[0] ?? '';
    if ((nTaken.get(owner) ?? 0) >= FILES_PER_PACKAGE) continue;
    const source = sourceOf(path.join(packages, file), file.split(path.sep).join('/'));
    if (!source) continue;
    nTaken.set(owner, (nTaken.get(owner) ?? 0) + 1);
    sources.push(source);
  }
  return sources;
}

function sourceOf(file: string, name: string): Source | undefined {
  const bytes = readFileSync(file);
  if (bytes.length < 800 || bytes.length > 200_000) return undefined;
  const text = bytes
    .toString('utf8')
    .replaceAll('\r\n', '\n')
    .replace(/^\uFEFF/, '');
  if (text.includes('\uFFFD') || text.includes('\u0000') || text.includes('\r')) return undefined;
  const lines = text.replace(/\n*$/, '').split('\n');
  if (lines.length < 30 || lines.length > 3_000 || lines.some((line) => line.length > 300)) return undefined;
  return { path: name.replaceAll(' ', '_'), lines };
}
