import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where a repository is, and the short names of all its branches, e.g. `main`, `origin/SPEC-004-login`. Folders are absolute. */
export interface PlainRepository {
  readonly root: string;
  readonly commonDir: string;
  readonly branches: readonly string[];
}

/** What a git directory holds while git is in the middle of something (wt-status.c), and what makes it another kind than the plain one. */
const NOT_PLAIN =
  /^(?:rebase-merge|rebase-apply|MERGE_HEAD|CHERRY_PICK_HEAD|REVERT_HEAD|BISECT_LOG|commondir|config\.worktree|reftable)$/;
/** Extensions, included files, other work trees, bare repositories: what these settings mean is git's to say. */
const NOT_PLAIN_SETTINGS =
  /^\s*\[\s*(?:extensions|include)|^\s*(?:\[[^\]]*\]\s*)?(?:worktree\b|bare\b(?!\s*=\s*false\s*$))/im;
/** Loose branches are looked at up to so many folders. */
const FOLDERS_CAP = 1_000;

/**
 * Reads what a short command has to know of a repository from its files, in a fraction of the time that a process of git takes: the layout is git's own
 * (gitrepository-layout(5)). Undefined for all but the plainest case: one's own `.git` directory with files for refs, on a commit, nothing in
 * progress. Whoever gets undefined asks git, whose word it is in every other case, problems among them.
 */
export async function lookAtPlainRepository(folder: string): Promise<PlainRepository | undefined> {
  try {
    return await look(await realpath(folder));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

async function look(folder: string): Promise<PlainRepository | undefined> {
  const root = await topOf(folder, (await stat(folder)).dev);
  if (root === undefined) return undefined;
  const commonDir = path.join(root, '.git');
  const text = (name: string): Promise<string> => readFile(path.join(commonDir, name), 'utf8');
  const [names, head, settings, packed, heads, remotes] = await Promise.all([
    readdir(commonDir),
    text('HEAD'),
    text('config'),
    text('packed-refs').catch(ifMissing('')),
    refsUnder(commonDir, 'refs/heads'),
    refsUnder(commonDir, 'refs/remotes'),
  ]);
  if (names.some((name) => NOT_PLAIN.test(name)) || NOT_PLAIN_SETTINGS.test(settings)) return undefined;
  const packedRefs = [...packed.matchAll(/^[0-9a-f]{40,64} (refs\/(?:heads|remotes)\/.+)$/gm)].map(
    ([, name = '']) => name,
  );
  const refs = new Set([...heads, ...remotes, ...packedRefs]);
  const current = /^ref: (refs\/heads\/.+)\n?$/.exec(head)?.[1];
  // A branch without a commit, or something else than git writes there.
  if (current === undefined ? !/^[0-9a-f]{40,64}\n?$/.test(head) : !refs.has(current)) return undefined;
  return { root, commonDir, branches: [...refs].map((name) => name.replace(/^refs\/(?:heads|remotes)\//, '')) };
}

/** The folder that holds `.git`, on the same file system and of the same owner as git wants it; undefined for what else git may find on its way up. */
async function topOf(folder: string, device: number): Promise<string | undefined> {
  const person = process.geteuid?.();
  const own = await stat(folder);
  if (person === undefined || own.dev !== device) return undefined;
  const [found, isBare] = await Promise.all([
    stat(path.join(folder, '.git')).catch(ifMissing(undefined)),
    stat(path.join(folder, 'HEAD')).then(() => true, ifMissing(false)),
  ]);
  if (found !== undefined)
    return found.isDirectory() && found.uid === person && own.uid === person ? folder : undefined;
  const parent = path.dirname(folder);
  return isBare || parent === folder ? undefined : topOf(parent, device);
}

/** Names of the loose refs under `refs/heads` and the like. */
async function refsUnder(commonDir: string, top: string): Promise<readonly string[]> {
  const refs: string[] = [];
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(path.join(commonDir, folder), { withFileTypes: true }).catch(ifMissing([]));
    for (const entry of entries) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      else if (!name.endsWith('.lock')) refs.push(name);
    }
    if (folders.length > FOLDERS_CAP) throw Object.assign(new Error('too many folders of refs'), { code: 'EFBIG' });
  }
  return refs;
}

const ifMissing =
  <Value>(value: Value) =>
  (error: NodeJS.ErrnoException): Value => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
