import type { Selection } from '../../app/approval.ts';
import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit approve RUN [--file F] [--hunk N]`. */
export async function runApprove(
  terminal: Terminal,
  [runId = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const approval = await createApp(terminal.host).approve(runId, selectionOf(options));
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
