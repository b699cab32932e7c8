import { counted } from '../base/counted.ts';
import type { LogReport } from './verifyLog.ts';

/** What a sound log was found to be, for a person: a line each. */
export function logReportText({
  runId,
  events,
  blobs,
  droppedBlobs,
  tornBytes,
  version,
}: LogReport): readonly string[] {
  return [
    `The log of run ${runId} is sound: ${counted(events, 'event')} in format ${version}, ${counted(blobs, 'text')} beside it.`,
    ...(droppedBlobs === 0
      ? []
      : [`${counted(droppedBlobs, 'text')} were removed by \`speckit gc\`, which the log says.`]),
    ...(tornBytes === 0
      ? []
      : [
          `Behind its last event stand ${counted(tornBytes, 'byte')} of a line that a crash cut off: they do not count, and \`speckit resume ${runId}\` removes them.`,
        ]),
  ];
}
