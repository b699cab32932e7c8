import { CommandProblem } from '../../app/problem.ts';
import { answerBatchLine } from '../../core/patch/batch.ts';
import { EXIT } from '../exitCode.ts';
import { writeOut } from '../output.ts';
import type { Terminal } from '../terminal.ts';

/** Most characters of one request. A longer one is answered with an error; what it holds is not kept. */
const lineCap = 64_000_000;

/**
 * `speckit patch apply --batch`: one JSON request a line on stdin, one JSON answer a line on stdout, in order. A line that is no request gets
 * an error for its answer, and the next is read. Touches no file.
 */
export async function runPatch(
  terminal: Terminal,
  [action = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (action !== 'apply' || options['batch'] !== true)
    throw new CommandProblem(
      'usage',
      'How it is used: speckit patch apply --batch, with one JSON request a line on stdin.',
    );
  let nApplied = 0;
  let nRefused = 0;
  for await (const line of linesOf(process.stdin)) {
    if (terminal.host.signal.aborted) return EXIT.stopped;
    if (line !== undefined && line.trim() === '') continue;
    const answer = answerBatchLine(line ?? '');
    if (answer.ok) nApplied += 1;
    else nRefused += 1;
    // Under --json one object at the end is all that is wanted.
    if (!terminal.options.json) writeOut(`${JSON.stringify(answer)}\n`);
  }
  terminal.result({ applied: nApplied, refused: nRefused, exitCode: EXIT.ok });
  return EXIT.ok;
}

/** The lines of a stream, ended by LF alone: JSON may hold the other characters that end lines. Undefined stands for one that is too long. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string | undefined> {
  stream.setEncoding('utf8');
  let rest: string[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const pieces = String(chunk).split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      yield length + piece.length > lineCap ? undefined : rest.join('') + piece;
      rest = [];
      length = 0;
    }
    length += last.length;
    if (length <= lineCap) rest.push(last);
  }
  if (length > 0) yield length > lineCap ? undefined : rest.join('');
}
