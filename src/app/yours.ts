import path from 'node:path';
import { contentOf } from '../node/gitTrees.ts';
import { readUserFile } from '../node/moveFiles.ts';
import { withCrlf } from '../node/userLineEndings.ts';
import type { UserChange } from '../node/userTree.ts';
import type { Services } from './services.ts';

/** What stands in the place of one file of a proposal now. `unsaved`: it is open in a window and what is typed there is not on the disk. */
export type Yours =
  | { readonly kind: 'text'; readonly text: string; readonly at: 'disk' | 'unsaved' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'notText' };

const BOM = '\ufeff';

/**
 * What a person has in each of these places: an unsaved document comes before the disk. Texts are spelt as the change is: where it knows no carriage
 * return and every line of the person's ends with CR LF, they are given without, and are written with them again (see userLineEndings.ts).
 */
export async function readYours(
  { host }: Services,
  root: string,
  changes: readonly UserChange[],
): Promise<ReadonlyMap<string, Yours>> {
  const places = new Map(changes.map((change) => [path.join(root, change.path), change]));
  const unsaved = await (host.unsaved?.texts([...places.keys()]) ?? []);
  const open = new Map(unsaved.map(({ file, text }) => [file, text]));
  const read = [...places].map(async ([place, change]): Promise<readonly [string, Yours]> => {
    const typed = open.get(place);
    if (typed === undefined) return [change.path, spelt(change, await onDisk(root, change.path))];
    if (typed === null) return [change.path, { kind: 'notText' }];
    // An editor keeps the mark of a file to itself.
    const mark = change.before?.startsWith(BOM) === true ? BOM : '';
    return [change.path, spelt(change, { kind: 'text', text: mark + typed, at: 'unsaved' })];
  });
  return new Map(await Promise.all(read));
}

async function onDisk(root: string, file: string): Promise<Yours> {
  const found = await readUserFile(root, file);
  if (found === undefined) return { kind: 'missing' };
  const content = found === 'notAFile' ? undefined : contentOf(found.bytes);
  return content?.kind === 'text' ? { kind: 'text', text: content.text, at: 'disk' } : { kind: 'notText' };
}

function spelt({ before, after }: UserChange, yours: Yours): Yours {
  if (yours.kind !== 'text' || (before ?? after ?? '').includes('\r')) return yours;
  const plain = yours.text.replaceAll('\r\n', '\n');
  return withCrlf(plain) === yours.text ? { ...yours, text: plain } : yours;
}

/** Whether a change of a file goes into its unsaved document: one that comes or goes does not, it is a matter of the disk. */
export function isForDocument({ before, after }: UserChange, yours: Yours | undefined): boolean {
  return before !== undefined && after !== undefined && yours?.kind === 'text' && yours.at === 'unsaved';
}

/** A text as a document holds it. */
export const inDocument = (text: string): string => (text.startsWith(BOM) ? text.slice(1) : text);
