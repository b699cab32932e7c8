import { defaultTestFile } from '../patch/testFile.ts';
import { isPersonsFile } from '../policy/personsFiles.ts';
import type { FileFacts } from '../policy/scope/fileRules.ts';
import { isGeneratedFile } from '../policy/scope/generated.ts';
import type { RepositoryPath } from '../ports.ts';
import type { RunContext } from './context.ts';
import { pinnedDefinitions } from './pinnedDefinitions.ts';
import { riskAreasOf } from './riskArea.ts';

/** Files of .gitattributes that are read; a repository has one or two. */
const ATTRIBUTE_FILES = 20;

/** What the rules about files have to know of one, as it stood before the run: no change of the run's own can make a file another kind. */
export async function fileFactsOf(
  context: RunContext,
  path: RepositoryPath,
  named: readonly RepositoryPath[],
): Promise<FileFacts> {
  const isGenerated = await generatedFiles(context);
  return {
    path,
    named,
    isPersons: isPersonsFile(path, context.configuration.spec.folder),
    isGenerated: isGenerated(path, await textAtBase(context, path)),
    isCheckDefinition: (await pinnedDefinitions(context))(path),
    risks: riskAreasOf(path),
    isTest: defaultTestFile(path),
  };
}

/** Whether the project marks a file as generated, by its path and its text before the run, where it had one. */
export async function generatedFiles(
  context: RunContext,
): Promise<(path: RepositoryPath, text: string | undefined) => boolean> {
  const files = (await context.tree.listAt(context.workspace.base.tree)).filter((path) =>
    /(?:^|\/)\.gitattributes$/.test(path),
  );
  const attributes = await Promise.all(
    files.slice(0, ATTRIBUTE_FILES).map(async (path) => ({
      folder: path.slice(0, path.lastIndexOf('/') + 1),
      text: (await textAtBase(context, path)) ?? '',
    })),
  );
  return (path, text) => isGeneratedFile(path, text, attributes);
}

async function textAtBase(context: RunContext, path: RepositoryPath): Promise<string | undefined> {
  const content = await context.tree.readAt(context.workspace.base.tree, path);
  return content?.kind === 'text' ? content.text : undefined;
}
