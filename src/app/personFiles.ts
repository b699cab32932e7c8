import type { Blobs, FileContent, PersonFile, PersonFiles, RepositoryPath, RunTree } from '../core/ports.ts';
import { INCLUSION, inclusionSchema, workSchema } from '../core/pipeline/personsWork.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { Services } from './services.ts';
import { readYours, type Yours } from './yours.ts';

/** The variable by which a person lets runs go on without the work of theirs that lies in the files of a plan. */
const ALLOW_DIRTY = 'SPEC_OPS_ALLOW_DIRTY';

/** The person's own files: on the disk below `root`, and in the editors of the host. */
export function personFilesOf(services: Services, root: string, tree: RunTree): PersonFiles {
  return {
    async look(_key, at, paths) {
      const known = new Map(
        await Promise.all(
          paths.map(async (path): Promise<readonly [string, FileContent | undefined]> => [
            path,
            await tree.readAt(at, path),
          ]),
        ),
      );
      const spelling = paths.map((path) => {
        const content = known.get(path);
        return { path, ...(content?.kind === 'text' ? { before: content.text } : {}) };
      });
      const yours = await readYours(services, root, spelling);
      return {
        files: paths.flatMap((path) => differenceOf(path, known.get(path), yours.get(path) ?? { kind: 'missing' })),
        isLetPass: services.host.environment[ALLOW_DIRTY] === '1',
      };
    },
  };
}

/** What is no text on either side is not compared: filters like those of Git LFS make every such file another one. */
function differenceOf(path: RepositoryPath, known: FileContent | undefined, yours: Yours): readonly PersonFile[] {
  if (known?.kind === 'binary') return [];
  switch (yours.kind) {
    case 'missing':
      return known === undefined ? [] : [{ path, state: 'deleted', change: { kind: 'delete', path } }];
    case 'notText':
      return [{ path, state: 'notText' }];
    case 'text': {
      if (known?.text === yours.text) return [];
      const state = yours.at === 'unsaved' ? 'unsaved' : known === undefined ? 'added' : 'changed';
      return [{ path, state, change: { kind: 'write', path, content: yours.text } }];
    }
  }
}

/** Nobody's files: for what runs apart from a person's own, on a commit alone. */
export const NO_FILES: PersonFiles = { look: async () => ({ files: [], isLetPass: true }) };

/**
 * What a recorded run found in the person's files, told again in the order it was found; what it took in is read from its own trees. A run of before
 * anybody looked finds nothing.
 */
export function recordedPersonFiles(events: readonly RunEvent[], blobs: Blobs): (tree: RunTree) => PersonFiles {
  const ends = events.flatMap((event) =>
    event.kind === 'StepEnd' && event.payload.outcome !== 'stopped' ? [event.payload] : [],
  );
  // A run has a session for each answer of a person: the count goes on over all of them.
  const nLooks = new Map<string, number>();
  return (tree) => ({
    async look(key) {
      const number = nLooks.get(key) ?? 0;
      nLooks.set(key, number + 1);
      const end = ends.filter((other) => other.key === key)[number];
      if (end === undefined) return { files: [], isLetPass: true };
      const output = 'inline' in end.output ? end.output.inline : JSON.parse(await blobs.get(end.output.blob));
      if (!key.endsWith(`/${INCLUSION}`)) return { files: workSchema.parse(output), isLetPass: end.outcome === 'done' };
      const included = inclusionSchema.parse(output);
      const files = included.files.map(async (path): Promise<PersonFile> => {
        const content = await tree.readAt(included.tree, path);
        return content?.kind === 'text'
          ? { path, state: 'changed', change: { kind: 'write', path, content: content.text } }
          : { path, state: 'deleted', change: { kind: 'delete', path } };
      });
      return { files: await Promise.all(files), isLetPass: false };
    },
  });
}
