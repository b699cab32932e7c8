import { defaultTestFile as isTestFile } from '../patch/testFile.ts';
import { estimateTokens } from '../ledger/estimate.ts';
import type { RepositoryPath } from '../ports.ts';
import type { RunContext } from './context.ts';
import { FILES_SHOWN, fileListText, mentionedFiles } from './prose.ts';
import { chosenFirst } from './chosenFiles.ts';
import { noteCut, type CutLimit, type Room } from './room.ts';

/** How much of a prompt's room the names of files may take: their contents tell more. */
const SHARE = 0.25;

/** The files of the repository, one a line in its own order; where not all fit, those that the spec is likely to be about. */
export function repositoryListText(context: RunContext, files: readonly RepositoryPath[], room: Room): string {
  const list = fittedList(context.spec.text, files, room);
  noteList(context, room, list);
  return list.text;
}

/** Names as a prompt shows them. */
export interface FittedList {
  readonly text: string;
  readonly left: readonly RepositoryPath[];
  readonly limit: CutLimit | undefined;
}

/** As repositoryListText, with nothing recorded of what is left out. `first` are named before those that the spec is likely to be about. */
export function fittedList(
  specText: string,
  files: readonly RepositoryPath[],
  room: Room,
  first: readonly RepositoryPath[] = [],
): FittedList {
  const most = room.tokens * SHARE;
  let tokens = 0;
  const chosen = new Set<RepositoryPath>();
  for (const file of chosenFirst(first, rankedFiles(specText, files))) {
    tokens += estimateTokens(`${file}\n`);
    if (chosen.size === FILES_SHOWN || tokens > most) break;
    chosen.add(file);
  }
  if (chosen.size === files.length) return { text: fileListText(files), left: [], limit: undefined };
  const left = files.filter((file) => !chosen.has(file));
  const limit =
    chosen.size === FILES_SHOWN ? ({ kind: 'files', most: FILES_SHOWN } as const) : ({ kind: 'room' } as const);
  const text = `${fileListText(files.filter((file) => chosen.has(file)))}\n[${left.length} more files]`;
  return { text, left, limit };
}

/** Records what such a list leaves out. */
export function noteList(context: RunContext, room: Room, { left, limit }: FittedList): void {
  if (limit !== undefined)
    noteCut(context, { ...room, tokens: Math.floor(room.tokens * SHARE) }, 'files', { left, limit });
}

/** What people write programs in, by the ends of names: everything else beside it is documents, data and settings. */
const CODE =
  /\.(?:[cm]?[jt]sx?|py|go|rs|java|kts?|scala|swift|rb|php|cs|c|cc|cpp|h|hpp|sh|lua|exs?|erl|hs|ml|vue|svelte)$/u;

/**
 * Named by the text first, then what lies beside those, then code, then tests and what lies in the root, then the rest: documents, data of tests, hidden
 * files. Else in the repository's order.
 */
export function rankedFiles(text: string, files: readonly RepositoryPath[]): readonly RepositoryPath[] {
  const folder = (file: string): string => file.slice(0, file.lastIndexOf('/') + 1);
  const named = new Set(mentionedFiles(text, files));
  const folders = new Set([...named].map(folder));
  const rank = (file: string): number => {
    if (named.has(file)) return 0;
    if (folders.has(folder(file))) return 1;
    if (/(?:^|\/)\./u.test(file)) return 4;
    if (CODE.test(file)) return isTestFile(file) ? 3 : 2;
    return file.includes('/') ? 4 : 3;
  };
  return files.toSorted((left, right) => rank(left) - rank(right));
}
