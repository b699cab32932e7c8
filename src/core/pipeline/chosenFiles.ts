import type { RepositoryPath } from '../ports.ts';
import { nameText } from './nameText.ts';
import type { FileChoice } from './outputs.ts';

/** A file that a librarian put first, with its reason. */
export interface ChosenFile {
  readonly path: RepositoryPath;
  readonly why: string;
}

/** The files of an answer that were to choose from, most needed first and each once. `dropped` counts the others it names. */
export function chosenFrom(
  { files }: FileChoice,
  candidates: readonly RepositoryPath[],
): { readonly chosen: readonly ChosenFile[]; readonly dropped: number } {
  // A name with odd signs in it is told in quotes: either form names the file.
  const known = new Map(candidates.flatMap((path) => [[nameText(path), path] as const, [path, path] as const]));
  const chosen = new Map<RepositoryPath, ChosenFile>();
  let dropped = 0;
  for (const { path, why } of files) {
    const found = known.get(path) ?? known.get(path.replace(/^\.\//u, ''));
    if (found === undefined) dropped += 1;
    else if (!chosen.has(found)) chosen.set(found, { path: found, why });
  }
  return { chosen: [...chosen.values()], dropped };
}

/** The chosen files before those that a rule has ranked, each once. */
export function chosenFirst(
  chosen: readonly RepositoryPath[],
  ranked: readonly RepositoryPath[],
): readonly RepositoryPath[] {
  return [...new Set([...chosen, ...ranked])];
}
