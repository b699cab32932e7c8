import { isCheckDefinition } from '../patch/checkDefinition.ts';
import { checkPrograms } from '../patch/checkPrograms.ts';
import { withImports, withIncludes } from '../patch/checkSources.ts';
import type { RepositoryPath } from '../ports.ts';
import { declaredCommands } from './command.ts';
import type { RunContext } from './context.ts';

/** GNU make's own order. */
const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];

/**
 * Whether a file says what a declared check does: by its name, or because the check runs it, or its program loads it, as the base tree stands. Such a file counts as it is in the
 * base; a change of it is a person's to allow.
 */
export async function pinnedDefinitions(context: RunContext): Promise<(path: RepositoryPath) => boolean> {
  const textAtBase = async (path: RepositoryPath): Promise<string | undefined> => {
    const content = await context.tree.readAt(context.workspace.base.tree, path);
    return content?.kind === 'text' ? content.text : undefined;
  };
  const [packageJson, ...makefiles] = await Promise.all(['package.json', ...MAKEFILES].map(textAtBase));
  const makefile = makefiles.find((text) => text !== undefined);
  const made = makefile === undefined ? undefined : await withIncludes(makefile, textAtBase);
  const programs = checkPrograms(
    declaredCommands(context.configuration).map(({ line }) => line),
    { packageJson, makefile: made?.text },
  );
  const pinned = await withImports(new Set([...programs, ...(made?.files ?? [])]), textAtBase);
  return (path) => isCheckDefinition(path) || pinned.has(path);
}
