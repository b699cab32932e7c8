import { existsSync, readFileSync, readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { isMissing } from './repositoryPath.ts';

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
 * progress. Whoever gets undefined asks git, whose word it is in every other case, problems among them. At once and not
 * file by file: see lock.ts.
 */
export function lookAtPlainRepository(folder: string): PlainRepository | undefined {
  try {
    return look(realpathSync(folder));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

function look(folder: string): PlainRepository | undefined {
  const root = topOf(folder, statSync(folder).dev);
  if (root === undefined) return undefined;
  const commonDir = path.join(root, '.git');
  const text = (name: string): string => readFileSync(path.join(commonDir, name), 'utf8');
  const names = readdirSync(commonDir);
  if (names.some((name) => NOT_PLAIN.test(name)) || NOT_PLAIN_SETTINGS.test(text('config'))) return undefined;
  const packed = names.includes('packed-refs') ? text('packed-refs') : '';
  const packedRefs = [...packed.matchAll(/^[0-9a-f]{40,64} (refs\/(?:heads|remotes)\/.+)$/gm)].map(
    ([, name = '']) => name,
  );
  const refs = new Set([...refsUnder(commonDir, 'refs/heads'), ...refsUnder(commonDir, 'refs/remotes'), ...packedRefs]);
  const head = text('HEAD');
  const current = /^ref: (refs\/heads\/.+)\n?$/.exec(head)?.[1];
  // A branch without a commit, or something else than git writes there.
  if (current === undefined ? !/^[0-9a-f]{40,64}\n?$/.test(head) : !refs.has(current)) return undefined;
  return { root, commonDir, branches: [...refs].map((name) => name.replace(/^refs\/(?:heads|remotes)\//, '')) };
}

/** The folder that holds `.git`, on the same file system and of the same owner as git wants it; undefined for what else git may find on its way up. */
function topOf(folder: string, device: number): string | undefined {
  const person = process.geteuid?.();
  const own = statSync(folder);
  if (person === undefined || own.dev !== device) return undefined;
  const found = statSync(path.join(folder, '.git'), { throwIfNoEntry: false });
  const isBare = existsSync(path.join(folder, 'HEAD'));
  if (found !== undefined)
    return found.isDirectory() && found.uid === person && own.uid === person ? folder : undefined;
  const parent = path.dirname(folder);
  return isBare || parent === folder ? undefined : topOf(parent, device);
}

/** Names of the loose refs under `refs/heads` and the like. */
function refsUnder(commonDir: string, top: string): readonly string[] {
  const refs: string[] = [];
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(path.join(commonDir, folder))) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      else if (!name.endsWith('.lock')) refs.push(name);
    }
    if (folders.length > FOLDERS_CAP) throw Object.assign(new Error('too many folders of refs'), { code: 'EFBIG' });
  }
  return refs;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
