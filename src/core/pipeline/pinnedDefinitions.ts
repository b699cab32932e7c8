import { isCheckDefinition } from '../patch/checkDefinition.ts';
import { checkPrograms } from '../patch/checkPrograms.ts';
import type { RepositoryPath } from '../ports.ts';
import { declaredCommands } from './command.ts';
import type { RunContext } from './context.ts';

/** GNU make's own order. */
const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];

/**
 * Whether a file says what a declared check does: by its name, or because the check runs it as the base tree stands. Such a file counts as it is in the
 * base; a change of it is a person's to allow.
 */
export async function pinnedDefinitions(context: RunContext): Promise<(path: RepositoryPath) => boolean> {
  const textAtBase = async (path: RepositoryPath): Promise<string | undefined> => {
    const content = await context.tree.readAt(context.base.tree, path);
    return content?.kind === 'text' ? content.text : undefined;
  };
  const [packageJson, ...makefiles] = await Promise.all(['package.json', ...MAKEFILES].map(textAtBase));
  const programs = checkPrograms(
    declaredCommands(context.configuration).map(({ line }) => line),
    { packageJson, makefile: makefiles.find((text) => text !== undefined) },
  );
  return (path) => isCheckDefinition(path) || programs.has(path);
}
