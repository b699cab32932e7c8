import { firstLine } from '../../base/firstLine.ts';
import { durationText } from '../../base/measureText.ts';
import { createApp } from '../../app/createApp.ts';
import { eventText } from '../../app/eventText.ts';
import { CommandProblem } from '../../app/problem.ts';
import { amendmentsOf, type AmendmentDecision } from '../../core/run/amendments.ts';
import { loopTimes, type LoopTimes } from '../../core/run/loopTimes.ts';
import { unifiedDiff } from '../../core/patch/unifiedDiff.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';
import { callsText, headLine, spendText, stageLine, wrapped } from '../words.ts';

/** `speckit show RUN`: stages, then what happened when. */
export async function runShow(terminal: Terminal, [runId = '']: readonly string[]): Promise<number> {
  const { view, events, brief } = await createApp(terminal.host).detail(runId);
  terminal.result({ view, exitCode: EXIT.ok });
  const start = Date.parse(view.startedAt);
  const timeline = events.flatMap((event) => {
    const text = eventText(event);
    return text === undefined ? [] : [`  ${durationText(Date.parse(event.time) - start).padStart(10)}  ${text}`];
  });
  const lines = [
    headLine(view, undefined),
    ...view.stages.map(stageLine),
    '',
    ...timeline,
    '',
    `${spendText(view.spend)}; ${callsText(view.spend)}`,
    ...timesLine(loopTimes(events)),
    ...(brief === undefined ? [] : ['', ...brief.split('\n').map(wrapped)]),
  ];
  terminal.say(lines.join('\n'));
  return EXIT.ok;
}

/** What models took and what checks did, which are two things to speed up. */
function timesLine(times: LoopTimes | undefined): readonly string[] {
  if (times === undefined) return [];
  const { reflexMs, cloudMs, commandsMs } = times;
  return [
    `implement: reflex answered for ${durationText(reflexMs)}, other workers for ${durationText(cloudMs)}, commands ran for ${durationText(commandsMs)}`,
  ];
}

/** `speckit explain RUN [STAGE]`: every verdict with its reasons and the signals they come from. */
export async function runExplain(terminal: Terminal, [runId = '', stage]: readonly string[]): Promise<number> {
  const { events } = await createApp(terminal.host).detail(runId);
  const signals = new Map(
    events.flatMap((event) => (event.kind === 'Signal' ? [[event.payload.key, event.payload.signal] as const] : [])),
  );
  const decisions = events.flatMap((event) =>
    event.kind === 'GateDecision' && (stage === undefined || event.payload.stage === stage) ? [event.payload] : [],
  );
  const routes = events.flatMap((event) =>
    event.kind === 'RoutingDecision' && (stage === undefined || event.payload.stage === stage) ? [event.payload] : [],
  );
  const amendments = stage === undefined || stage === 'implement' ? amendmentsOf(events) : [];
  terminal.result({
    runId,
    amendments,
    decisions: decisions.map((decision) => ({ ...decision, signals: decision.signals.map((key) => signals.get(key)) })),
    routes,
    exitCode: EXIT.ok,
  });
  const lines = decisions.flatMap((decision) => [
    `${decision.key}: ${decision.verdict}${decision.to === null ? '' : ` to ${decision.to}`}`,
    ...decision.reasons.map((reason) => `   ${reason.rule.padEnd(24)} ${reason.text}`),
  ]);
  const routed = routes.map(
    (route) =>
      `${route.key}: ${route.worker ?? 'nobody'}: ${route.reasons.map((reason) => reason.text).join(' ')}${route.refused.map((refused) => `\n   not ${refused.worker}: ${refused.text} (${refused.rule})`).join('')}`,
  );
  terminal.say(
    [
      ...(lines.length === 0 ? ['No gate has decided yet.'] : lines),
      ...(amendments.length === 0 ? [] : ['', 'Amendments of the plan', ...amendments.map(amendmentText)]),
      ...(routed.length === 0 ? [] : ['', 'Who was asked', ...routed]),
    ].join('\n'),
  );
  return EXIT.ok;
}

function amendmentText({ task, path, decision, by, why }: AmendmentDecision): string {
  return `   ${task} ${path}: ${decision} by ${by}: ${firstLine(why)}`;
}

/** `speckit diff RUN`: the proposed change as git would print it, with the number of each hunk. */
export async function runDiff(terminal: Terminal, [runId = '']: readonly string[]): Promise<number> {
  const { review, change } = await createApp(terminal.host).detail(runId);
  // Before there is a proposal the change as it was last measured is shown: a person who audits has nothing else to read.
  const shown = review?.files ?? change?.map((difference) => ({ difference, hunks: [] }));
  if (shown === undefined)
    throw new CommandProblem(
      'usage',
      `Run ${runId} has changed nothing yet. \`speckit show ${runId}\` shows where it stands.`,
    );
  const files = shown.map(({ difference, hunks }) => ({
    path: difference.path,
    change: difference.change,
    diff: unifiedDiff(difference.path, difference.before, difference.after),
    hunks: hunks.map(({ hunk, decision }, index) => ({ number: index + 1, id: hunk.id, decision })),
  }));
  terminal.result({ runId, files, exitCode: EXIT.ok });
  terminal.say(files.map((file) => file.diff).join('\n'));
  return EXIT.ok;
}
