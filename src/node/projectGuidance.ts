import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { GUIDANCE_FILE } from '../core/prompt/projectGuidance.ts';

/** AGENTS.md of a repository. `unusable`: it is there and is not read, with the reason as a sentence. */
export type ProjectGuidanceFile =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unusable'; readonly why: string };

/** Bytes that are read at most: only the first part of a long file is shown, and its hash is of all of it. */
const MOST_BYTES = 1_000_000;

/**
 * Reads AGENTS.md in the root (absolute) of a repository. A link is followed inside the repository only: whoever wrote the repository must not be able
 * to have another file of this computer put into prompts.
 */
export async function readProjectGuidance(root: string): Promise<ProjectGuidanceFile> {
  const file = path.join(root, GUIDANCE_FILE);
  try {
    const [real, realRoot] = await Promise.all([realpath(file), realpath(root)]);
    const inside = path.relative(realRoot, real).split(path.sep);
    if (inside[0] === '..' || inside[0] === '.git' || path.isAbsolute(inside.join(path.sep)))
      return unusable('is a link to a place outside of the repository');
    const found = await stat(real);
    if (!found.isFile()) return unusable('is no file');
    if (found.size > MOST_BYTES) return unusable(`has ${found.size} bytes; at most ${MOST_BYTES} are read`);
    const bytes = await readFile(real);
    if (bytes.includes(0)) return unusable('is a binary file');
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return unusable('is not UTF-8 text');
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { kind: 'none' };
    if (code === 'EACCES' || code === 'EPERM' || code === 'ELOOP') return unusable(`cannot be read (${code})`);
    throw error;
  }
}

const unusable = (why: string): ProjectGuidanceFile => ({
  kind: 'unusable',
  why: `${GUIDANCE_FILE} ${why}, so no prompt holds it.`,
});
