import { ProgressLocation, commands, env, Range, Uri, window } from 'vscode';
import { STAGES } from '../../core/run/stage.ts';
import type { PanelAction } from '../../protocol/panelActions.ts';
import type { Place } from '../../protocol/place.ts';
import { attempt, openLink, requireTrust, type Editor } from '../editor.ts';
import type { RunAddress } from '../runPanel/panel.ts';
import { chooseRun, fileIn } from './choose.ts';

const LAST = STAGES.at(-1) ?? 'unlock';

export async function showRun(editor: Editor, row: unknown): Promise<void> {
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: show which run?',
    none: 'There is no run yet. Start one with "SpecKit: Auto".',
    fits: () => true,
  });
  if (run !== undefined) editor.panels.show(run, titleOf(editor, run), 'focus');
}

/** The tab's name: which spec, and that it is a run. */
export function titleOf(editor: Editor, { folder, runId }: RunAddress): string {
  const run = editor.overviews.get(folder)?.runs.find((candidate) => candidate.runId === runId);
  return run === undefined ? runId : `${run.specId} ${run.title}`.slice(0, 60);
}

export async function reviewChanges(editor: Editor, row: unknown): Promise<void> {
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: review which proposal?',
    none: 'No proposal waits.',
    fits: ({ outcome }) => outcome === 'proposed',
  });
  if (run !== undefined) await editor.review.reviewAll(run.folder, run.runId);
}

export async function pauseRun(editor: Editor, row: unknown): Promise<void> {
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: pause which run?',
    none: 'No run is at work.',
    fits: ({ at }) => at === 'working',
  });
  if (run !== undefined) await editor.engine.pause(run.folder, run.runId);
}

export async function stopRun(editor: Editor, row: unknown): Promise<void> {
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: stop which run?',
    none: 'No run is at work.',
    fits: ({ at }) => at === 'working',
  });
  if (run !== undefined) await editor.engine.stop(run.folder, run.runId);
}

export async function resumeRun(editor: Editor, row: unknown): Promise<void> {
  requireTrust();
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: go on with which run?',
    none: 'There is no run to go on with.',
    fits: ({ at, outcome }) =>
      at === 'interrupted' || (at === 'ended' && outcome !== 'applied' && outcome !== 'proposed'),
  });
  if (run === undefined) return;
  await editor.engine.resume(run.folder, run.runId, LAST);
  editor.panels.show(run, titleOf(editor, run), 'behind');
}

/** Goes on with a run past the limits in dollars that stopped it, once a person has said so a second time. */
async function resumeOverBudget(editor: Editor, { folder, runId }: RunAddress): Promise<void> {
  requireTrust();
  const goOver = 'Go On Over Budget';
  const answer = await window.showWarningMessage(
    'Let this run pass its limits in dollars?',
    {
      modal: true,
      detail:
        'The limits of a single call and of tokens still hold. Your name is recorded in the log of the run, and the limits hold again when it is continued the next time.',
    },
    goOver,
  );
  if (answer === goOver) await editor.engine.resume(folder, runId, LAST, 'in the run panel');
}

/** Goes on with a run, behind whatever a person looks at. */
export async function goOn({ engine }: Editor, { folder, runId }: RunAddress): Promise<void> {
  requireTrust();
  await engine.resume(folder, runId, LAST);
}

export async function tellRun(editor: Editor, row: unknown): Promise<void> {
  requireTrust();
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: tell which run?',
    none: 'There is no run that could be told anything.',
    fits: ({ at, outcome }) => at === 'working' || outcome !== 'applied',
  });
  if (run === undefined) return;
  const text = await window.showInputBox({
    title: 'SpecKit: Tell the Run',
    prompt: 'The implementer reads it before its next step.',
    ignoreFocusOut: true,
  });
  if (text !== undefined && text.trim() !== '') await tell(editor, run, text.trim());
}

async function tell({ engine }: Editor, { folder, runId }: RunAddress, text: string): Promise<void> {
  const heard = await engine.tell(folder, runId, { text });
  if (heard === 'waits') window.setStatusBarMessage('$(comment) Kept: the run reads it when it goes on.', 8_000);
}

export async function undoRun(editor: Editor, row: unknown): Promise<void> {
  requireTrust();
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: take back which change?',
    none: 'No change is applied.',
    fits: ({ outcome }) => outcome === 'applied',
  });
  if (run === undefined) return;
  const files = await editor.engine.undo(run.folder, run.runId);
  window.setStatusBarMessage(
    `$(discard) Taken back: ${files.length} files. The proposal can be approved again.`,
    8_000,
  );
}

/** Opens the proposed tree in a window of its own: to run it, not to change it. */
export async function tryProposal(editor: Editor, row: unknown): Promise<void> {
  requireTrust();
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: try which proposal?',
    none: 'No proposal waits.',
    fits: ({ outcome }) => outcome === 'proposed' || outcome === 'applied',
  });
  if (run === undefined) return;
  const folder = await editor.engine.tryProposal(run.folder, run.runId);
  await commands.executeCommand('vscode.openFolder', Uri.file(folder), { forceNewWindow: true });
}

export async function explainRun(editor: Editor, row: unknown): Promise<void> {
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: explain which run?',
    none: 'There is no run yet.',
    fits: () => true,
  });
  if (run !== undefined)
    await editor.texts.show(`${run.runId}/why.md`, await editor.engine.explain(run.folder, run.runId));
}

/** Runs a recorded run again from its log; the report is opened when it is done. */
export async function replayRun(editor: Editor, row: unknown): Promise<void> {
  requireTrust();
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: replay which run?',
    none: 'There is no run yet.',
    fits: () => true,
  });
  if (run === undefined) return;
  const text = await window.withProgress({ location: ProgressLocation.Window, title: `SpecKit: replaying` }, () =>
    editor.engine.replay(run.folder, run.runId),
  );
  await editor.texts.show(`${run.runId}/replay.md`, text);
}

/** Answers the open questions of a run, or the markers in a spec that has no run, one after the other. */
export async function clarify(editor: Editor, row: unknown): Promise<void> {
  requireTrust();
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: answer the questions of which run?',
    none: 'No run has an open question. Markers in a spec are answered in its text.',
    fits: ({ outcome, openQuestions }) => outcome === 'needsInput' && openQuestions > 0,
  });
  // The panel has the questions with their options and what they are about, and says what comes of an answer.
  if (run !== undefined) editor.panels.show(run, titleOf(editor, run), 'focus');
}

/** Does what a person asked for in a run's panel. A failure is told there, where they look. */
export async function doPanelAction(editor: Editor, address: RunAddress, action: PanelAction): Promise<void> {
  const { engine, review } = editor;
  const { folder, runId } = address;
  switch (action.kind) {
    case 'pause':
      return engine.pause(folder, runId);
    case 'stop':
      return engine.stop(folder, runId);
    case 'resume':
      return resumeRun(editor, address);
    case 'resumeOverBudget':
      return resumeOverBudget(editor, address);
    case 'tell':
      requireTrust();
      return tell(editor, address, action.text);
    case 'answer':
      return answer(editor, address, action);
    case 'review':
      return review.reviewAll(folder, runId);
    case 'approveAll':
      await review.approveAll(folder, runId, action.round);
      return undefined;
    case 'reject':
      requireTrust();
      await engine.reject(folder, runId, { round: action.round }, action.why);
      return goOn(editor, address);
    case 'undo':
      return undoRun(editor, address);
    case 'tryProposal':
      return tryProposal(editor, address);
    case 'runAgain':
      return runAgain(editor, address);
    case 'explain':
      return explainRun(editor, address);
    case 'open':
      return openPlace(editor, address, action.place);
    case 'link':
      return openLink(action.url);
    case 'ready':
    case 'acknowledge':
    case 'dismissNotice':
  }
}

/** Records an answer; with the last one the run goes on by itself. */
async function answer(
  editor: Editor,
  { folder, runId }: RunAddress,
  { question, answer: text, intoSpec }: Extract<PanelAction, { kind: 'answer' }>,
): Promise<void> {
  requireTrust();
  await editor.engine.answer(folder, runId, { question, text, isIntoSpec: intoSpec === true });
  const { runs } = await editor.overviews.refresh(folder);
  const run = runs.find((candidate) => candidate.runId === runId);
  if (run?.at === 'ended' && run.outcome === 'needsInput' && run.openQuestions === 0)
    await editor.engine.resume(folder, runId, LAST);
}

async function runAgain(editor: Editor, { folder, runId }: RunAddress): Promise<void> {
  requireTrust();
  const run = (await editor.overviews.refresh(folder)).runs.find((candidate) => candidate.runId === runId);
  if (run === undefined) return;
  const started = await editor.engine.start(folder, {
    specId: run.specFolder.split('/').at(-1) ?? run.specId,
    until: LAST,
    start: 'new',
  });
  await editor.overviews.refresh(folder);
  editor.panels.show({ folder, runId: started.runId }, titleOf(editor, { folder, runId: started.runId }), 'focus');
}

async function openPlace(editor: Editor, { folder, runId }: RunAddress, place: Place): Promise<void> {
  switch (place.kind) {
    case 'file': {
      const uri = await fileIn(editor, folder, place.path);
      const at = place.line === undefined ? {} : { selection: new Range(place.line - 1, 0, place.line - 1, 0) };
      await commands.executeCommand('vscode.open', uri, { preview: true, ...at });
      return;
    }
    case 'blob':
      return editor.texts.show(
        `${runId}/${place.title}`,
        await editor.engine.blob(folder, runId, { sha256: place.sha256, bytes: place.bytes }),
      );
    case 'patch':
      return editor.review.openPatch(folder, runId, place.key, place.path);
    case 'proposal':
      return place.path === undefined
        ? editor.review.reviewAll(folder, runId)
        : editor.review.open(folder, runId, place.path, 'take');
  }
}

/** Copies the run's command line: what a person would type to see the same. */
export async function copyRunId(editor: Editor, row: unknown): Promise<void> {
  const run = await chooseRun(editor, row, {
    title: 'SpecKit: copy which run id?',
    none: 'There is no run yet.',
    fits: () => true,
  });
  if (run !== undefined) await attempt(editor.log, async () => env.clipboard.writeText(run.runId));
}
