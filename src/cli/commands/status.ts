import { counted } from '../../base/counted.ts';
import { createApp } from '../../app/createApp.ts';
import type { RunState } from '../../app/status.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';
import { firstLine, spendText } from '../words.ts';

/** Runs shown for people; all of them are in --json. */
const RUNS_SHOWN = 20;

/** `speckit status`: what needs a person first, then specs, then runs. */
export async function runStatus(terminal: Terminal): Promise<number> {
  const status = await createApp(terminal.host).status();
  const needs = status.runs.flatMap((run) => needsOf(run));
  terminal.result({
    needsYou: needs.map(({ runId, text }) => ({ runId, text })),
    specs: status.specs.map(({ folder, runs }) => ({ folder, runs: runs.map(({ view }) => view.runId) })),
    runs: status.runs.map(({ view, at }) => ({
      runId: view.runId,
      specId: view.specId,
      at,
      outcome: view.end?.outcome ?? null,
      stage: view.stage,
      settledMicrodollars: view.spend.settled,
    })),
    broken: status.broken,
    exitCode: EXIT.ok,
  });
  const lines = [
    needs.length === 0 ? 'Nothing needs you.' : `NEEDS YOU (${needs.length})`,
    ...needs.map(({ text, next }) => `  ${text}\n      ${next}`),
    '',
    ...(status.specs.length === 0
      ? ['No specs yet. Write one: speckit new "Title". Or try the sample: speckit sample']
      : ['SPECS', ...status.specs.map(({ folder, runs }) => `  ${folder}   ${specState(runs)}`)]),
    ...(status.runs.length === 0 ? [] : ['', 'RUNS', ...status.runs.slice(0, RUNS_SHOWN).map(runLine)]),
    ...(status.runs.length > RUNS_SHOWN ? [`  … and ${status.runs.length - RUNS_SHOWN} more (--json shows all)`] : []),
    ...status.broken.map(({ runId, why }) => `  !! ${runId}   ${why}`),
  ];
  terminal.say(lines.join('\n'));
  return EXIT.ok;
}

interface Need {
  readonly runId: string;
  readonly text: string;
  readonly next: string;
}

function needsOf({ view, at }: RunState): readonly Need[] {
  if (at === 'working') return [];
  const { runId, specId } = view;
  if (at === 'interrupted')
    return [{ runId, text: `> ${specId} was interrupted in ${view.stage}`, next: `speckit resume ${runId}` }];
  switch (view.end?.outcome) {
    case 'proposed':
      return [
        {
          runId,
          text: `± ${specId} ${view.title}: review ${counted(view.proposal?.files.length ?? 0, 'file')}`,
          next: `speckit diff ${runId}`,
        },
      ];
    case 'needsInput':
      return [
        {
          runId,
          text: `? ${specId} ${view.title}: ${counted(view.questions.filter((question) => question.answer === undefined).length, 'question')} in ${view.stage}`,
          next: `speckit clarify ${runId}`,
        },
      ];
    case 'gateFailed':
    case 'blocked':
    case 'infrastructure':
    case 'configuration':
      return [
        { runId, text: `! ${specId} ${view.stage}: ${firstLine(view.end.text)}`, next: `speckit explain ${runId}` },
      ];
    case 'applied':
    case 'rejected':
    case 'paused':
    case 'stopped':
    case undefined:
      return [];
  }
  return [];
}

function specState(runs: readonly RunState[]): string {
  const [newest] = runs;
  if (newest === undefined) return 'no run yet';
  return newest.at === 'working' ? `at work: ${newest.view.stage}` : (newest.view.end?.outcome ?? 'interrupted');
}

function runLine({ view, at }: RunState): string {
  const state = at === 'working' ? `working in ${view.stage}` : (view.end?.outcome ?? 'interrupted');
  return `  ${view.runId}  ${view.specId.padEnd(10)}  ${state.padEnd(14)}  ${spendText(view.spend)}`;
}
