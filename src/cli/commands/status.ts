import { createApp } from '../../app/createApp.ts';
import type { Need } from '../../app/overview.ts';
import type { RunState } from '../../app/status.ts';
import { EXIT } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';
import { spendText } from '../words.ts';

/** Runs shown for people; all of them are in --json. */
const RUNS_SHOWN = 20;

/** `speckit status`: what needs a person first, then specs, then runs. */
export async function runStatus(terminal: Terminal): Promise<number> {
  const status = await createApp(terminal.host).status();
  const { needs } = status;
  terminal.result({
    needsYou: needs.map(({ kind, runId, text }) => ({ kind, runId, text })),
    specs: status.specs.map(({ folder, runs, stale = null }) => ({
      folder,
      runs: runs.map(({ view }) => view.runId),
      stale,
    })),
    runs: status.runs.map(({ view, at }) => ({
      runId: view.runId,
      specId: view.specId,
      at,
      outcome: view.end?.outcome ?? null,
      stage: view.stage,
      settledMicrodollars: view.spend.settled,
    })),
    broken: status.broken,
    warnings: status.warnings,
    exitCode: EXIT.ok,
  });
  const lines = [
    needs.length === 0 ? 'Nothing needs you.' : `NEEDS YOU (${needs.length})`,
    ...needs.flatMap(needLines),
    '',
    ...(status.specs.length === 0
      ? ['No specs yet. Write one: speckit new "Title". Or try the sample: speckit sample']
      : [
          'SPECS',
          ...status.specs.map(
            ({ folder, runs, stale }) =>
              `  ${folder}   ${specState(runs)}${stale === undefined ? '' : `   stale: ${stale}`}`,
          ),
        ]),
    ...(status.runs.length === 0 ? [] : ['', 'RUNS', ...status.runs.slice(0, RUNS_SHOWN).map(runLine)]),
    ...(status.runs.length > RUNS_SHOWN ? [`  … and ${status.runs.length - RUNS_SHOWN} more (--json shows all)`] : []),
    ...status.broken.map(({ runId, why }) => `  !! ${runId}   ${why}`),
    ...status.warnings.map((warning) => `  !! ${warning} \`speckit gc\` drops what no verdict cites.`),
  ];
  terminal.say(lines.join('\n'));
  return EXIT.ok;
}

/** What each kind of need is marked with, and the verb that meets it. */
const MEANS: Readonly<Record<Need['kind'], readonly [mark: string, verb: string]>> = {
  interrupted: ['>', 'resume'],
  review: ['±', 'diff'],
  question: ['?', 'clarify'],
  gate: ['!', 'explain'],
  budget: ['!', 'explain'],
  infrastructure: ['!', 'explain'],
  configuration: ['!', 'explain'],
};

function needLines({ kind, runId, text }: Need): readonly string[] {
  const [mark, verb] = MEANS[kind];
  return [`  ${mark} ${text}`, `      speckit ${verb} ${runId}`];
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
