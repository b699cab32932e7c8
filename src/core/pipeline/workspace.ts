import type { FileChange, FileContent, RepositoryPath, RunTree, TreeId } from '../ports.ts';
import type { Redaction } from '../run/redaction.ts';
import type { Steps } from '../run/steps.ts';
import type { ToolResult } from '../agent/tool.ts';
import { fileGist } from './fileGist.ts';
import { isReadable, nearFiles, type NearFiles } from './imports.ts';

/** Lines a search returns, files it reads, and bytes of a file above which it is passed over. */
const SEARCH_LINES = 60;
const SEARCH_FILES = 2_000;
const SEARCH_FILE_BYTES = 500_000;

/** A tree as a run knows it: its whole id, and the id evidence is tied to (without SpecKit's own documents). */
export interface KnownTree {
  readonly tree: TreeId;
  readonly evidence: TreeId;
}

/**
 * The run's tree under durable steps. `current` is where the pipeline's reasoning stands; the disk follows only when an effect needs it,
 * so that a resumed run passes through its past without touching a file.
 */
export interface Workspace {
  readonly current: KnownTree;
  /** What the run began with, and the person's work that was taken in since: its change is the difference to this. */
  readonly base: KnownTree;
  /** Makes the disk hold `current`. */
  ready(): Promise<void>;
  list(key: string): Promise<readonly RepositoryPath[]>;
  /** The whole file, redacted: whoever shows it to a model cuts it. */
  read(key: string, path: RepositoryPath): Promise<FileContent | null>;
  /** What each of these files is about, in a line, and its size, redacted; only those that are there. */
  outline(key: string, paths: readonly RepositoryPath[]): Promise<readonly FileOutline[]>;
  search(key: string, text: string, folder: string): Promise<ToolResult>;
  /** What these files import and what imports them, as far as the repository's first files tell. */
  near(key: string, paths: readonly RepositoryPath[]): Promise<NearFiles>;
  /** Applies changes to `current` and checkpoints; `current` is the new tree afterwards. */
  apply(key: string, changes: readonly FileChange[]): Promise<KnownTree>;
  /** Goes back (or forward) to a tree this run made: only the reasoning moves. */
  moveTo(tree: KnownTree): void;
  /** Takes another tree as what the run begins with. Only before it has changed anything. */
  rebase(tree: KnownTree): void;
  /** After a command: what it changed among the tree's files. The disk is put back to `current`. */
  settle(): Promise<readonly RepositoryPath[]>;
  /** Makes the disk hold another tree for a command; `ready` brings `current` back. */
  show(tree: TreeId): Promise<void>;
}

/** What a workspace stands on. What is read is redacted before it is recorded or shown; what is applied is not. */
export interface WorkspaceGround {
  readonly tree: RunTree;
  readonly steps: Steps;
  readonly redaction: Redaction;
}

export function createWorkspace(
  { tree, steps, redaction }: WorkspaceGround,
  start: KnownTree,
  signal: AbortSignal,
): Workspace {
  let base = start;
  let current = start;
  let onDisk: TreeId | undefined;

  async function show(wanted: TreeId): Promise<void> {
    if (onDisk === wanted) return;
    onDisk = undefined;
    await tree.restore(wanted);
    onDisk = wanted;
  }
  const ready = (): Promise<void> => show(current.tree);

  async function settle(): Promise<readonly RepositoryPath[]> {
    const after = await tree.snapshot();
    const expected = onDisk ?? current.tree;
    if (after === expected) return [];
    const changed = await tree.differences(expected, after);
    await tree.restore(expected);
    return changed.filter((difference) => difference.change !== 'added').map((difference) => difference.path);
  }

  return {
    get current() {
      return current;
    },
    get base() {
      return base;
    },
    rebase(known) {
      base = known;
      current = known;
    },
    ready,
    show,
    settle,
    moveTo(known) {
      current = known;
    },
    async list(key) {
      const at = current.tree;
      const { output } = await steps.step(
        { key, effect: 'retrieval' },
        { tree: current.evidence },
        async () => {
          return { outcome: 'done', output: [...(await tree.listAt(at))] };
        },
        signal,
      );
      return output;
    },
    async read(key, path) {
      const at = current.tree;
      const { output } = await steps.step(
        { key, effect: 'retrieval' },
        { tree: current.evidence, path },
        async () => {
          const content = (await tree.readAt(at, path)) ?? null;
          return {
            outcome: 'done',
            output: content?.kind === 'text' ? { ...content, text: redaction.text(content.text) } : content,
          };
        },
        signal,
      );
      return output;
    },
    async outline(key, paths) {
      const { output } = await steps.step(
        { key, effect: 'retrieval' },
        { tree: current.evidence, paths },
        async () => {
          await ready();
          return { outcome: 'done', output: [...(await outlineOf({ tree, redaction }, paths))] };
        },
        signal,
      );
      return output;
    },
    async search(key, text, folder) {
      const { output } = await steps.step(
        { key, effect: 'retrieval' },
        { tree: current.evidence, text, folder },
        async () => {
          await ready();
          const paths = await tree.listAt(current.tree);
          return { outcome: 'done', output: await searchTree({ tree, redaction, paths }, text, folder) };
        },
        signal,
      );
      return output;
    },
    async near(key, paths) {
      const { output } = await steps.step(
        { key, effect: 'retrieval' },
        { tree: current.evidence, paths },
        async () => {
          await ready();
          const { near, further } = nearFiles(paths, await readableTexts(tree, current.tree));
          return { outcome: 'done', output: { near: [...near], further: [...further] } };
        },
        signal,
      );
      return output;
    },
    async apply(key, changes) {
      const before = current;
      const { output } = await steps.step(
        { key, effect: 'patch' },
        { tree: before.tree, changes },
        async () => {
          const after = await tree.compose(before.tree, changes);
          onDisk = undefined;
          await tree.checkpoint(after, key);
          onDisk = after;
          return { outcome: 'done', output: { tree: after, evidence: await tree.evidenceOf(after) } };
        },
        signal,
      );
      current = output;
      return output;
    },
  };
}

/** The texts of the tree on disk whose imports can be read. */
async function readableTexts(tree: RunTree, id: TreeId): Promise<ReadonlyMap<RepositoryPath, string>> {
  const paths = (await tree.listAt(id)).filter(isReadable).slice(0, SEARCH_FILES);
  const texts = new Map<RepositoryPath, string>();
  for (const [path, content] of await readAll(tree, paths))
    if (content?.kind === 'text' && content.text.length <= SEARCH_FILE_BYTES) texts.set(path, content.text);
  return texts;
}

/** Files that are read at the same time. */
const AT_ONCE = 32;

/** These files in their order, from disk. */
async function readAll(
  tree: RunTree,
  paths: readonly RepositoryPath[],
): Promise<readonly (readonly [RepositoryPath, FileContent | undefined])[]> {
  const found: (readonly [RepositoryPath, FileContent | undefined])[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const some = paths.slice(at, at + AT_ONCE);
    found.push(...(await Promise.all(some.map(async (path) => [path, await tree.read(path)] as const))));
  }
  return found;
}

/** One file of an outline; `size` is in characters, or bytes of a binary file. A type alias, so that it counts as JSON. */
export type FileOutline = { readonly path: RepositoryPath; readonly size: number; readonly gist: string };

async function outlineOf(
  { tree, redaction }: Pick<WorkspaceGround, 'tree' | 'redaction'>,
  paths: readonly RepositoryPath[],
): Promise<readonly FileOutline[]> {
  const found: FileOutline[] = [];
  for (const [path, content] of await readAll(tree, paths)) {
    if (content === undefined) continue;
    if (content.kind === 'binary') found.push({ path, size: content.bytes, gist: 'binary' });
    else found.push({ path, size: content.text.length, gist: redaction.text(fileGist(content.text)) });
  }
  return found;
}

async function searchTree(
  ground: Pick<WorkspaceGround, 'tree' | 'redaction'> & { readonly paths: readonly RepositoryPath[] },
  text: string,
  folder: string,
): Promise<{ outcome: 'ok' | 'failed'; text: string }> {
  const prefix = folder === '' || folder === '.' ? '' : `${folder.replace(/^\.\//, '').replace(/\/+$/, '')}/`;
  const { tree, redaction } = ground;
  const paths = ground.paths.filter((path) => path.startsWith(prefix)).slice(0, SEARCH_FILES);
  const found: string[] = [];
  for (const path of paths) {
    const content = await tree.read(path);
    if (content?.kind !== 'text' || content.text.length > SEARCH_FILE_BYTES || !content.text.includes(text)) continue;
    // Marked before it is searched and cut: what is asked for may be the beginning of a secret.
    for (const [index, line] of redaction.text(content.text).split('\n').entries()) {
      if (!line.includes(text)) continue;
      if (found.length === SEARCH_LINES)
        return { outcome: 'ok', text: [...found, '[more lines were found: search for something rarer]'].join('\n') };
      found.push(`${path}:${index + 1}: ${line.trim().slice(0, 200)}`);
    }
  }
  return found.length > 0
    ? { outcome: 'ok', text: found.join('\n') }
    : { outcome: 'failed', text: `No line contains ${JSON.stringify(text)}.` };
}
