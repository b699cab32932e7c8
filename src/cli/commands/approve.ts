import path from 'node:path';
import type { Selection } from '../../app/approval.ts';
import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { readTextFile, textFileText } from '../../app/textFile.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** Bytes of a file that is taken in as an edit. */
const EDITED_BYTES = 2_000_000;

/** `speckit approve RUN [--file F] [--hunk N] [--leave-out-open]`. */
export async function runApprove(
  terminal: Terminal,
  [runId = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const approval = await createApp(terminal.host).approve(runId, {
    ...selectionOf(options),
    ...(options['leaveOutOpen'] === true ? { openHunks: 'leaveOut' } : {}),
  });
  const exit = approval.kind === 'applied' ? EXIT.ok : EXIT.needsApproval;
  terminal.result({ runId, ...approval, exitCode: exit });
  if (approval.kind === 'recorded') {
    terminal.say(
      [
        'Recorded. Still open:',
        ...approval.open.map(({ path, hunks }) => `  ${path}   ${hunks} ${hunks === 1 ? 'hunk' : 'hunks'}`),
      ].join('\n'),
    );
    return exit;
  }
  terminal.say(
    [
      `Applied to ${approval.files.join(', ')}. Nothing is staged.`,
      '',
      `Commit    git add -A && git commit -F ${JSON.stringify(approval.commitMessageFile)}`,
      `Undo      speckit undo ${runId}`,
    ].join('\n'),
  );
  return exit;
}

/** `speckit reject RUN --why TEXT [--file F] [--hunk N]`. */
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
    selection.file === undefined
      ? `Rejected.\nThe next attempt, with your reason: speckit resume ${runId}`
      : `Rejected that part. Approve the rest: speckit approve ${runId}`,
  );
  return EXIT.ok;
}

/** `speckit edit RUN --file F --from PATH`. */
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
  await createApp(terminal.host).edit(runId, file, text.value);
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
  return { ...(file === undefined ? {} : { file }), ...(hunk === undefined ? {} : { hunk }) };
}
