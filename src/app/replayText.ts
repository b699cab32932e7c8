import { counted } from '../base/counted.ts';
import { COMPARED, type ReplayDifference } from '../core/run/replayComparison.ts';
import type { ReplayReport } from './replay.ts';

/** Differences told one by one. */
const MOST_SHOWN = 30;
/** Characters of one side of a difference. */
const SIDE = 2_000;

/** The report for a person, a line each: what was compared, every difference with both sides, and what was taken from the log. */
export function replayText({
  runId,
  counts,
  differences,
  outdated,
  unreached,
  notes,
  normalisers,
  end,
}: ReplayReport): readonly string[] {
  const compared = COMPARED.filter((what) => counts[what] > 0).map((what) => `${counts[what]} ${what}`);
  const shown = differences.slice(0, MOST_SHOWN);
  return [
    differences.length === 0
      ? unreached === 0
        ? `Run ${runId} comes to the same again: ${end.outcome}.`
        : `Run ${runId} could be replayed only in part. What could be compared is the same.`
      : `Run ${runId} does not come to the same: ${counted(differences.length, 'difference')}. The replay ended ${end.outcome}: ${end.text}`,
    `Compared: ${compared.join(', ')}.`,
    ...shown.flatMap(differenceText),
    ...(differences.length > shown.length ? [`... and ${differences.length - shown.length} more.`] : []),
    ...(outdated === 0
      ? []
      : [`${counted(outdated, 'fact')} from before the spec changed are not compared: nothing came of them.`]),
    ...(unreached === 0
      ? []
      : [`Not compared: ${counted(unreached, 'fact')} that came of answers of models, which this run does not keep.`]),
    ...notes,
    `Taken out of command output before it is compared: ${normalisers.join(', ')}.`,
  ];
}

function differenceText({ what, key, recorded, replayed }: ReplayDifference): readonly string[] {
  const side = (text: string | undefined): string => (text === undefined ? '(nothing)' : text.slice(0, SIDE));
  return ['', `  ${what} ${key}`, `    recorded  ${side(recorded)}`, `    replayed  ${side(replayed)}`];
}
