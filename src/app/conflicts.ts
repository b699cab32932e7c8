import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { counted } from '../base/counted.ts';
import { sha256 } from '../base/hash.ts';
import { unreachable } from '../base/unreachable.ts';
import type { FileConflict } from './mergeYours.ts';
import { readTextIfThere } from './textFile.ts';

/** A conflict as it is told: `draft` is the absolute path of a file with both sides, where there are lines to choose from. */
export type ToldConflict = FileConflict & { readonly draftFile?: string };

/** Places of a file that are named. */
const PLACES = 5;

const draftsFolder = (runFolder: string): string => path.join(runFolder, 'merge');
const nameOf = (file: string): string => sha256(file).slice(0, 16);

/** Keeps a draft of each conflict beside the run's log, where it disturbs nobody, with the person's own text that it was made from. */
export async function keepDrafts(
  runFolder: string,
  conflicts: readonly FileConflict[],
): Promise<readonly ToldConflict[]> {
  const folder = draftsFolder(runFolder);
  await mkdir(folder, { recursive: true });
  return Promise.all(
    conflicts.map(async (conflict) => {
      if (conflict.kind !== 'lines') return conflict;
      const draftFile = path.join(folder, `${nameOf(conflict.path)}${path.extname(conflict.path)}`);
      await writeFile(draftFile, conflict.draft);
      await writeFile(path.join(folder, `${nameOf(conflict.path)}.yours`), conflict.yours);
      return { ...conflict, draftFile };
    }),
  );
}

/** The person's own text that the newest draft of a file was made from; undefined where there was no conflict of it. */
export function draftedFrom(runFolder: string, file: string): Promise<string | undefined> {
  return readTextIfThere(path.join(draftsFolder(runFolder), `${nameOf(file)}.yours`));
}

/** What is in the way, file by file, and how to go on. */
export function conflictText(runId: string, conflicts: readonly ToldConflict[]): string {
  return [
    'Nothing was written. These files changed since the run began, and the change does not go together with yours:',
    ...conflicts.flatMap((conflict) => [
      `  ${conflict.path}: ${whatText(conflict)}`,
      `      ${wayOut(runId, conflict)}`,
    ]),
    `Then approve again: speckit approve ${runId}`,
  ].join('\n');
}

function whatText(conflict: ToldConflict): string {
  switch (conflict.kind) {
    case 'lines': {
      const places = conflict.places.slice(0, PLACES).map(({ startLine, lines }) => {
        if (lines === 0) return `before line ${startLine}`;
        return lines === 1 ? `line ${startLine}` : `lines ${startLine} to ${startLine + lines - 1}`;
      });
      const more = conflict.places.length > PLACES ? ` and ${conflict.places.length - PLACES} more` : '';
      return `${counted(conflict.places.length, 'conflict')} in your text: ${places.join(', ')}${more}`;
    }
    case 'youDeleted':
      return 'it is gone, and the proposal changes it';
    case 'proposalDeletes':
      return 'you changed it, and the proposal deletes it';
    case 'notText':
      return 'there is no text file in its place, or it is open as a notebook with unsaved changes';
  }
  return unreachable(conflict);
}

function wayOut(runId: string, conflict: ToldConflict): string {
  if (conflict.kind === 'lines')
    return `Write it as it should be, both sides are in the draft: speckit edit ${runId} --file ${conflict.path} --merged --from ${JSON.stringify(conflict.draftFile ?? '')}`;
  return `Put it back as it was (git stash, for example), or leave it out: speckit reject ${runId} --file ${conflict.path} --why "..."`;
}
