import { sha256 } from '../../base/hash.ts';
import { err, ok, type Result } from '../../base/result.ts';

/**
 * The next free spec id: one above the highest number among folder and branch names (`SPEC-007-x`, `origin/feature/SPEC-009-y`; with
 * an empty prefix spec-kit's `003-name`). Letter case of the prefix does not matter, since folders on some disks do not tell it
 * apart. Timestamps (`20260319-143022-x`) are no numbers of a series. `digits` is the least width; a larger number takes more.
 */
export function nextSpecId(options: {
  readonly prefix: string;
  readonly digits: number;
  readonly taken: readonly string[];
}): string {
  const prefix = options.prefix.toLowerCase();
  let highest = 0;
  for (const name of options.taken) {
    const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
    if (!last.startsWith(prefix)) continue;
    const number = /^(\d{1,7})(?![\p{L}\p{N}])/u.exec(last.slice(prefix.length))?.[1];
    if (number !== undefined) highest = Math.max(highest, Number(number));
  }
  return `${options.prefix}${String(highest + 1).padStart(options.digits, '0')}`;
}

/** Longest slug, so that a folder path stays short on every platform. */
const SLUG_LENGTH = 40;

/**
 * A title as a folder-name part: `[a-z0-9-]`, at most 40 characters, cut between words where it can be, never empty. Accents fall away
 * (NFKD); a title with no Latin letter or digit becomes `spec-` and eight digits of its SHA-256, so that two such titles differ.
 */
export function slugOf(title: string): string {
  const plain = title.slice(0, 1_000).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain
    .replace(/['’]/gu, '')
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return title.trim() === '' ? 'spec' : `spec-${sha256(title).slice(0, 8)}`;
  let slug = (words[0] ?? '').slice(0, SLUG_LENGTH);
  for (const word of words.slice(1)) {
    if (slug.length + 1 + word.length > SLUG_LENGTH) break;
    slug += `-${word}`;
  }
  return slug;
}

/** `SPEC-007-add-login`. */
export function specFolderName(id: string, slug: string): string {
  return `${id}-${slug}`;
}

/**
 * The id a spec folder's name begins with: everything up to its first number (`SPEC-KIT-900` of `SPEC-KIT-900-x`, `003` of `003-name`),
 * or spec-kit's timestamp (`20260319-143022`). Undefined for a name without one.
 */
export function specIdOf(folderName: string): string | undefined {
  return /^(?:\d{8}-\d{6}|(?:[A-Za-z][A-Za-z0-9]*-){0,8}\d+)(?=-|$)/u.exec(folderName)?.[0];
}

export type SpecFolderError =
  | { readonly kind: 'notFound'; readonly id: string }
  | { readonly kind: 'ambiguous'; readonly id: string; readonly names: readonly string[] };

/** Folders named in an `ambiguous` error. */
const AMBIGUOUS_CAP = 10;

/**
 * The one folder of a spec: the name itself when `id` is a whole folder name, else the folder whose id is exactly `id` (SPEC-1 never finds
 * SPEC-10). Two folders with one id, which parallel branches bring about, are an error that names them, never a silent choice.
 */
export function findSpecFolder(names: readonly string[], id: string): Result<string, SpecFolderError> {
  if (names.includes(id)) return ok(id);
  const matching = names.filter((name) => specIdOf(name) === id).toSorted();
  const [only, second] = matching;
  if (only === undefined) return err({ kind: 'notFound', id });
  return second === undefined ? ok(only) : err({ kind: 'ambiguous', id, names: matching.slice(0, AMBIGUOUS_CAP) });
}
