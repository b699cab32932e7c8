import { createApp } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import { counted } from '../../base/counted.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';

/** `speckit log verify RUN`: that nobody has changed, cut or reordered what the run recorded. */
export async function runLog(terminal: Terminal, [action = '', runId = '']: readonly string[]): Promise<number> {
  if (action !== 'verify')
    throw new CommandProblem('usage', `There is no \`speckit log ${action}\`. What there is: speckit log verify RUN`);
  const report = await createApp(terminal.host).verifyLog(runId);
  terminal.result({ ...report, exitCode: EXIT.ok });
  const { events, blobs, droppedBlobs, tornBytes, version } = report;
  terminal.say(
    [
      `The log of run ${runId} is sound: ${counted(events, 'event')} in format ${version}, ${counted(blobs, 'text')} beside it.`,
      ...(droppedBlobs === 0
        ? []
        : [`${counted(droppedBlobs, 'text')} were removed by \`speckit gc\`, which the log says.`]),
      ...(tornBytes === 0
        ? []
        : [
            `Behind its last event stand ${counted(tornBytes, 'byte')} of a line that a crash cut off: they do not count, and \`speckit resume ${runId}\` removes them.`,
          ]),
    ].join('\n'),
  );
  return EXIT.ok;
}
