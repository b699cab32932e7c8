import { createApp, type App } from '../../app/createApp.ts';
import { CommandProblem } from '../../app/problem.ts';
import type { RunReport, StartRequest } from '../../app/runs.ts';
import { canBeLifted } from '../../core/ledger/budget.ts';
import { STAGES, type Stage } from '../../core/run/stage.ts';
import { withCallOptions } from '../callLimits.ts';
import { exitOfOutcome } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';
import type { RunOutcome } from '../../core/run/view.ts';
import { closingOf, closingText } from '../closing.ts';
import { goOnAnswered, readAnswers, unknownText } from '../answersFile.ts';
import { answerLine, callsText, questionLines, spendText, wrapped } from '../words.ts';
import { showPreview } from './dryRun.ts';

/** `speckit auto SPEC`: the whole pipeline, or up to --pause. */
export async function runAuto(
  terminal: Terminal,
  [specId = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = createApp(withCallOptions(terminal.host, options));
  if (options['dryRun'] === true) return showPreview(terminal, await app.preview(specId));
  const until = pauseOf(options);
  return reportAnswered(terminal, app, {
    options,
    until,
    begin: () => app.run({ specId, until, ...startOf(options) }),
  });
}

interface Answering {
  readonly options: Readonly<Record<string, unknown>>;
  readonly until: Stage;
  begin(): Promise<RunReport>;
}

/** Goes on as long as the run asks what the answers file, where one is named, answers. A file that cannot be read begins nothing. */
async function reportAnswered(terminal: Terminal, app: App, { options, until, begin }: Answering): Promise<number> {
  const given = await readAnswers(terminal, options);
  const run = await begin();
  if (given === undefined) return report(terminal, run);
  const answered = await goOnAnswered(app, run, { given, until });
  const { unknown, missing } = answered.matched;
  const exit = await report(terminal, answered.run, exitOfOutcome, { answersFile: { unknown, missing } });
  const text = unknownText(answered.matched);
  if (text !== undefined) terminal.say(text);
  return exit;
}

/** `speckit plan SPEC` and its siblings: the spec's newest unfinished run, up to and including one stage. */
export async function runStage(
  terminal: Terminal,
  stage: string,
  [specId = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  return report(
    terminal,
    await createApp(withCallOptions(terminal.host, options)).run({
      specId,
      until: stageOf(stage),
      ...startOf(options),
    }),
  );
}

/** `speckit resume RUN`. */
export async function runResume(
  terminal: Terminal,
  [runId = '']: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const app = createApp(withCallOptions(terminal.host, options));
  const until = pauseOf(options);
  return reportAnswered(terminal, app, { options, until, begin: () => app.resume(runId, until) });
}

function pauseOf(options: Readonly<Record<string, unknown>>): Stage {
  return typeof options['pause'] === 'string' ? stageOf(options['pause']) : 'unlock';
}

function stageOf(name: string): Stage {
  const stage = STAGES.find((candidate) => candidate === name);
  if (stage === undefined)
    throw new CommandProblem('usage', `There is no stage ${name}. The stages are: ${STAGES.join(', ')}.`);
  return stage;
}

function startOf(options: Readonly<Record<string, unknown>>): Pick<StartRequest, 'runId' | 'start'> {
  return {
    ...(typeof options['runId'] === 'string' ? { runId: options['runId'] } : {}),
    ...(options['new'] === true ? { start: 'new' } : {}),
  };
}

/** What a run's end looks like to a program: `--json` prints this. Money in microdollars. */
export function resultOf({ end, view, events }: RunReport): Record<string, unknown> {
  return {
    runId: view.runId,
    specId: view.specId,
    outcome: end.outcome,
    stage: end.stage,
    text: end.text,
    verdict: view.verdicts.at(-1)?.verdict ?? null,
    reasons: view.verdicts.at(-1)?.reasons ?? [],
    tree: view.proposal?.tree ?? view.end?.tree ?? null,
    evidenceTree: view.proposal?.evidence ?? null,
    files: view.proposal?.files.map(({ path, change }) => ({ path, change })) ?? [],
    questions: view.questions
      .filter((question) => question.answer === undefined)
      .map(({ id, text, options, facts }) => ({ id, text, options, ...facts })),
    spend: {
      reservedMicrodollars: view.spend.reserved,
      settledMicrodollars: view.spend.settled,
      inDoubtMicrodollars: view.spend.inDoubt,
      inputTokens: view.spend.inputTokens,
      outputTokens: view.spend.outputTokens,
      cachedTokens: view.spend.cachedTokens,
      calls: view.spend.calls,
      recordedCalls: view.spend.recordedCalls,
    },
    closing: closingOf(view, events),
  };
}

/** Says how a run ended and what to do next; returns the exit code, by `exitOf` where a verb has its own. */
export async function report(
  terminal: Terminal,
  run: RunReport,
  exitOf: (outcome: RunOutcome) => number = exitOfOutcome,
  more: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const exit = exitOf(run.end.outcome);
  terminal.result({ ...resultOf(run), ...more, exitCode: exit });
  const { end, view } = run;
  const brief = end.outcome === 'proposed' ? run.brief : undefined;
  const lines = [
    '',
    ...(brief === undefined
      ? [end.text]
      : [...brief.split('\n').map(wrapped), `Cost      ${spendText(view.spend)} (${callsText(view.spend)})`]),
    '',
    ...nextSteps(run),
    '',
    closingText(closingOf(view, run.events)),
  ];
  terminal.say(lines.join('\n'));
  return exit;
}

function nextSteps({ end, view }: RunReport): readonly string[] {
  const { runId } = view;
  // A run keeps the policy it began with.
  const anew = [`Anew      speckit auto ${view.specId} --new   after a change of speckit.toml`];
  switch (end.outcome) {
    case 'proposed':
      return [
        `Look      speckit diff ${runId}`,
        `Approve   speckit approve ${runId}`,
        `Reject    speckit reject ${runId} --why "..."`,
      ];
    case 'needsInput':
      return [
        // In the audit a person is asked about the change itself.
        ...(view.stage === 'audit' ? [`Look      speckit diff ${runId}`] : []),
        ...view.questions
          .filter((question) => question.answer === undefined)
          .flatMap((question) => [...questionLines(question), answerLine(runId, question)]),
      ];
    case 'paused':
      return [`Go on     speckit resume ${runId}`];
    case 'gateFailed':
      return [`Why       speckit explain ${runId}`, `Again     speckit resume ${runId}`];
    case 'stopped':
    case 'infrastructure':
      return [`Go on     speckit resume ${runId}`];
    case 'blocked':
      return [
        `Spent     ${spendText(view.spend)}`,
        `Go on     speckit resume ${runId}   when a day's budget is there again`,
        ...(canBeLifted(end.rule)
          ? [
              `Pass it   SPEC_OPS_ALLOW_BUDGET_OVERFLOW=1 speckit resume ${runId}   past its limits in dollars; your name is recorded`,
            ]
          : []),
        ...anew,
      ];
    case 'configuration':
      return [
        'Check     speckit doctor',
        `Go on     speckit resume ${runId}   when a key or a server was put right`,
        ...anew,
      ];
    case 'applied':
    case 'rejected':
      return [];
  }
  return [];
}
