import { defaultTestFile } from '../patch/testFile.ts';
import { isPersonsFile } from '../policy/personsFiles.ts';
import type { FileFacts } from '../policy/scope/fileRules.ts';
import { isGeneratedFile } from '../policy/scope/generated.ts';
import type { RepositoryPath } from '../ports.ts';
import type { RunContext } from './context.ts';
import { pinnedDefinitions } from './pinnedDefinitions.ts';
import { riskAreasOf } from './riskArea.ts';

/** What the rules about files have to know of one, as it stood before the run: no change of the run's own can make a file another kind. */
export async function fileFactsOf(
  context: RunContext,
  path: RepositoryPath,
  named: readonly RepositoryPath[],
): Promise<FileFacts> {
  return {
    path,
    named,
    isPersons: isPersonsFile(path, context.configuration.spec.folder),
    isGenerated: await isGenerated(context, path),
    isCheckDefinition: (await pinnedDefinitions(context))(path),
    risks: riskAreasOf(path),
    isTest: defaultTestFile(path),
  };
}

/** Whether the project marks a file as generated, read from the tree the run began with. */
export async function isGenerated(context: RunContext, path: RepositoryPath): Promise<boolean> {
  const textOf = async (file: RepositoryPath): Promise<string | undefined> => {
    const content = await context.tree.readAt(context.base.tree, file);
    return content?.kind === 'text' ? content.text : undefined;
  };
  const parts = path.split('/').slice(0, -1);
  const folders = parts.map((_, depth) => `${parts.slice(0, depth + 1).join('/')}/`);
  const attributes = await Promise.all(
    ['', ...folders].map(async (folder) => ({ folder, text: (await textOf(`${folder}.gitattributes`)) ?? '' })),
  );
  return isGeneratedFile(path, await textOf(path), attributes);
}
