import { sha256 } from '../base/hash.ts';
import type { FileDifference } from '../core/ports.ts';
import type { Payload } from '../core/run/event.ts';
import { REDACTION_MARK } from '../core/run/redaction.ts';
import { repositoryGitOutput } from '../node/git.ts';
import { createGitTrees } from '../node/gitTrees.ts';
import type { Repository } from '../node/repository.ts';
import { CommandProblem } from './problem.ts';
import type { Services } from './services.ts';

/** The text of a file in a tree of the repository; undefined where there is no such file or it is binary. */
export type TextAt = (tree: string, path: string) => Promise<string | undefined>;

/** Reads the trees of a run that no process is at work on: git finds them wherever they are packed. */
export function textsOfTrees(
  services: Pick<Services, 'host'>,
  repository: Pick<Repository, 'root' | 'gitDir' | 'objectsDir'>,
): TextAt {
  const trees = createGitTrees({
    git: (words, options = {}) => repositoryGitOutput(repository, words, options, services.host.signal),
    objectsDir: repository.objectsDir,
    readObject: async () => undefined,
  });
  return async (tree, path) => {
    const content = await trees.read(tree, path);
    return content?.kind === 'text' ? content.text : undefined;
  };
}

/**
 * A file of a proposal with its true bytes: what is recorded of a file that holds a secret has a mark in its place, and the bytes stand in the trees
 * that the run made. A file that no tree has as it was proposed (one of SpecKit's own documents) is left as it is recorded.
 */
export async function exactDifference(
  difference: FileDifference,
  { base, tree, files }: Pick<Payload<'ProposalCreate'>, 'base' | 'tree' | 'files'>,
  textAt: TextAt,
): Promise<FileDifference> {
  const { path, before, after } = difference;
  if (before?.includes(REDACTION_MARK) !== true && after?.includes(REDACTION_MARK) !== true) return difference;
  const wanted = files.find((file) => file.path === path)?.sha256;
  const isAfter = after === undefined || !after.includes(REDACTION_MARK) || sha256(after) === wanted;
  const [exactBefore, exactAfter] = await Promise.all([
    before?.includes(REDACTION_MARK) === true ? textAt(base, path) : before,
    isAfter ? after : textAt(tree, path),
  ]);
  return {
    ...difference,
    ...(before === undefined ? {} : { before: exactBefore ?? before }),
    ...(after === undefined ? {} : { after: exactAfter ?? after }),
  };
}

/**
 * A text that a person edited, from what is recorded of it: a marked line is the line of `exact` that has the same marks in `redacted`, the same text
 * line by line. Undefined where that does not lead to the text with this SHA-256.
 */
export function exactEdit(
  recorded: string,
  original: { readonly redacted: string; readonly exact: string },
  hash: string,
): string | undefined {
  if (!recorded.includes(REDACTION_MARK)) return recorded;
  const lines = new Map<string, string[]>();
  const exact = original.exact.split('\n');
  for (const [index, line] of original.redacted.split('\n').entries())
    if (line.includes(REDACTION_MARK)) lines.set(line, [...(lines.get(line) ?? []), exact[index] ?? line]);
  const text = recorded
    .split('\n')
    .map((line) => lines.get(line)?.shift() ?? line)
    .join('\n');
  return sha256(text) === hash ? text : undefined;
}

/** Where the record of an edit does not lead to the edited text any more. */
export const editLost = (file: string): CommandProblem =>
  new CommandProblem(
    'infrastructure',
    `Your edit of ${file} cannot be read back. Edit the file again; nothing was applied.`,
  );
