import type { RepositoryPath } from '../ports.ts';
import { chosenFirst } from './chosenFiles.ts';
import type { RunContext } from './context.ts';
import { fittedList, noteList, rankedFiles, type FittedList } from './fileList.ts';
import type { Librarian } from './librarian.ts';
import { fittedContents, isWorthShowing, noteContents, type FittedContents } from './prose.ts';
import { roomAfter, type Room } from './room.ts';

/** Which files a plan's prompt shows: all there are by name, and those that the brief finds relevant with what they hold. */
export interface ShownFiles {
  readonly files: readonly RepositoryPath[];
  readonly relevant: readonly RepositoryPath[];
}

/**
 * The names and the contents of files for a plan's prompt, within its room. Where whole files are left out by the rule's order a librarian is asked which
 * ones are needed: those are put in first, the rule's order after them.
 */
export async function planFilesText(
  context: RunContext,
  room: Room,
  shown: ShownFiles,
  librarian: Librarian,
): Promise<{ readonly files: string; readonly contents: string }> {
  const byRule = await packed(context, room, shown, []);
  const isCut = byRule.list.left.length > 0 || byRule.contents.unseen.length > 0;
  const chosen = isCut ? await librarian.choose(candidatesOf(context, shown)) : [];
  const { list, contents } = chosen.length === 0 ? byRule : await packed(context, room, shown, chosen);
  noteList(context, room, list);
  noteContents(context, contentsKey(room), roomAfter(room, list.text), contents);
  return { files: list.text, contents: contents.text };
}

/** Every file that could be shown, in the rule's order. */
const candidatesOf = (context: RunContext, { files, relevant }: ShownFiles): readonly RepositoryPath[] =>
  chosenFirst(relevant, rankedFiles(context.spec.text, files)).filter(isWorthShowing);

const contentsKey = ({ key }: Room): string => `${key}/contents`;

async function packed(
  context: RunContext,
  room: Room,
  { files, relevant }: ShownFiles,
  chosen: readonly RepositoryPath[],
): Promise<{ readonly list: FittedList; readonly contents: FittedContents }> {
  const there = chosen.filter((path) => files.includes(path));
  const list = fittedList(context.spec.text, files, room, there);
  const order = chosenFirst(there, relevant);
  const left = roomAfter(room, list.text);
  const fitted = (first: 'cut' | 'whole') => fittedContents(context, contentsKey(room), order, { room: left, first });
  // One large file that a librarian named first must not take the place of all the others.
  const whole = there.length === 0 ? undefined : await fitted('whole');
  return { list, contents: whole !== undefined && whole.nShown > 0 ? whole : await fitted('cut') };
}
