import path from 'node:path';
import type { ApprovalReport, Selection } from '../../app/approval.ts';
import { conflictText } from '../../app/conflicts.ts';
import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { checkedText } from '../../app/reviewProgress.ts';
import { readTextFile, textFileText } from '../../app/textFile.ts';
import { counted } from '../../base/counted.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** Bytes of a file that is taken in as an edit. */
const EDITED_BYTES = 2_000_000;

/** `speckit approve RUN [--file F] [--hunk N] [--task T] [--leave-out-open] [--unchecked WHY]`. */
export async function runApprove(
  terminal: Terminal,
  [runId = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { unchecked } = options;
  const report = await createApp(terminal.host).approve(runId, {
    ...selectionOf(options),
    ...(options['leaveOutOpen'] === true ? { openHunks: 'leaveOut' } : {}),
    ...(typeof unchecked === 'string' ? { unchecked } : {}),
  });
  if (report.kind === 'conflict') throw new CommandProblem('blocked', conflictText(runId, report.conflicts));
  const exit = report.kind === 'applied' ? EXIT.ok : EXIT.needsApproval;
  terminal.result({ runId, ...report, exitCode: exit });
  terminal.say(reportText(runId, report));
  return exit;
}

function reportText(runId: string, report: Exclude<ApprovalReport, { readonly kind: 'conflict' }>): string {
  switch (report.kind) {
    case 'recorded':
      return [
        'Recorded. Still open:',
        ...report.open.map(({ path, hunks }) => `  ${path}   ${counted(hunks, 'hunk')}`),
      ].join('\n');
    case 'handedOver':
      return `Recorded. The open window of the editor applies it. What became of it: speckit show ${runId}`;
    case 'merged':
      return [
        `Nothing was written. You have changed ${report.files.join(', ')} since the run began. Your changes and the proposal were merged without a conflict. The result: ${checkedText(report.checks)}.`,
        `It is another change than the one you approved. Look at it: speckit diff ${runId}`,
        `Then approve it: speckit approve ${runId}`,
      ].join('\n');
    case 'applied':
      return [
        `Applied to ${report.files.join(', ')}. Nothing is staged.`,
        ...(report.unsaved.length === 0 ? [] : [`Changed in the editor and not saved: ${report.unsaved.join(', ')}.`]),
        '',
        `Commit    git add -A && git commit -F ${JSON.stringify(report.commitMessageFile)}`,
        `Undo      speckit undo ${runId}`,
      ].join('\n');
  }
}

/** `speckit reject RUN --why TEXT [--file F] [--hunk N] [--task T]`. */
export async function runReject(
  terminal: Terminal,
  [runId = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const why = typeof options['why'] === 'string' ? options['why'].trim() : '';
  if (why === '')
    throw new CommandProblem(
      'usage',
      'A rejection needs its reason, because the next attempt works from it: --why "...".',
    );
  const selection = selectionOf(options);
  await createApp(terminal.host).reject(runId, selection, why);
  terminal.result({ runId, rejected: selection, why, exitCode: EXIT.ok });
  terminal.say(
    selection.file === undefined && selection.task === undefined
      ? `Rejected.\nThe next attempt, with your reason: speckit resume ${runId}`
      : `Rejected that part. Approve the rest: speckit approve ${runId}`,
  );
  return EXIT.ok;
}

/** `speckit edit RUN --file F --from PATH [--merged]`. */
export async function runEdit(
  terminal: Terminal,
  [runId = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { file, from } = options;
  if (typeof file !== 'string' || typeof from !== 'string')
    throw new CommandProblem('usage', 'An edit names the file and where its new text is: --file src/a.js --from a.js.');
  const text = await readTextFile(path.resolve(terminal.host.folder, from), EDITED_BYTES);
  if (text.kind === 'error')
    throw new CommandProblem('usage', textFileText(text.error, from, 'Name the file with the new text: --from PATH.'));
  await createApp(terminal.host).edit(runId, {
    file,
    text: text.value,
    ...(options['merged'] === true ? { merged: true } : {}),
  });
  terminal.result({ runId, file, exitCode: EXIT.ok });
  terminal.say(`Edited ${file}. What you changed in it is open again: speckit diff ${runId}, speckit approve ${runId}`);
  return EXIT.ok;
}

/** `speckit undo RUN`. */
export async function runUndo(terminal: Terminal, [runId = '']: readonly string[]): Promise<number> {
  const files = await createApp(terminal.host).undo(runId);
  terminal.result({ runId, files, exitCode: EXIT.ok });
  terminal.say(`Taken back: ${files.join(', ')}. The proposal can be approved again.`);
  return EXIT.ok;
}

function selectionOf(options: Readonly<Record<string, unknown>>): Selection {
  const file = typeof options['file'] === 'string' ? options['file'] : undefined;
  const hunk = options['hunk'] === undefined ? undefined : Number(options['hunk']);
  if (hunk !== undefined && (file === undefined || !Number.isInteger(hunk) || hunk < 1))
    throw new CommandProblem('usage', '--hunk takes the number of a hunk, from 1, and goes with --file.');
  const task = typeof options['task'] === 'string' ? options['task'] : undefined;
  if (task !== undefined && file !== undefined)
    throw new CommandProblem('usage', '--task stands for all files that a task changed: it does not go with --file.');
  return {
    ...(file === undefined ? {} : { file }),
    ...(hunk === undefined ? {} : { hunk }),
    ...(task === undefined ? {} : { task }),
  };
}
