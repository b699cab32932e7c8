import type { SpecOverview } from '../../app/overview.ts';
import type { Editor } from '../editor.ts';
import type { OwnCommandId } from '../manifest.ts';
import type { Keys } from '../models/keys.ts';
import { workspaceFolders } from '../overviews.ts';
import type { ServerActions } from '../reflex/serverActions.ts';
import type { ReflexStatusBar } from '../reflex/statusBar.ts';
import { auto, runStage } from './auto.ts';
import {
  clarify,
  copyRunId,
  explainRun,
  replayRun,
  pauseRun,
  resumeRun,
  reviewChanges,
  showRun,
  stopRun,
  tellRun,
  tryProposal,
  undoRun,
} from './runs.ts';
import { analyze, checklist, newSpec, newSpecFromFailingTest, newSpecFromSelection, openSpec } from './specs.ts';
import { showCosts } from './costs.ts';
import { planLocalServer } from './reflexPlan.ts';
import { showReflex } from './showReflex.ts';
import { cleanUp, verifyLog } from './keeping.ts';
import { doctor, init, openConfiguration, sample } from './setUp.ts';

export type Handler = (...words: unknown[]) => Promise<void>;

/** What each of the extension's own commands does. One without a handler does not compile. */
export function handlersOf(
  editor: Editor,
  { keys, reflex, server }: { readonly keys: Keys; readonly reflex: ReflexStatusBar; readonly server: ServerActions },
): Record<OwnCommandId, Handler> {
  return {
    'speckitAuto.setKey': () => keys.setKey(),
    'speckitAuto.deleteKey': () => keys.deleteKey(),
    'speckitAuto.reflexActions': () => reflex.showActions(),
    'speckitAuto.showReflex': () => showReflex(editor, reflex),
    'speckitAuto.reflexHealth': () => server.health(),
    'speckitAuto.reflexModels': () => server.models(),
    'speckitAuto.reflexPlan': () => planLocalServer(editor),
    'speckitAuto.reflexStart': () => server.start(),
    'speckitAuto.reflexStop': () => server.stop(),
    'speckitAuto.reflexRestart': () => server.restart(),
    'speckitAuto.reflexBakeoff': () => server.bakeoff(),
    'speckitAuto.reflexLog': () => server.showLog(),
    'speckitAuto.auto': (row) => auto(editor, row),
    'speckitAuto.new': () => newSpec(editor),
    'speckitAuto.newFromSelection': () => newSpecFromSelection(editor),
    'speckitAuto.newFromFailingTest': (argument) => newSpecFromFailingTest(editor, argument),
    'speckitAuto.specify': (row) => runStage(editor, 'specify', row),
    'speckitAuto.clarify': (row) => clarify(editor, row),
    'speckitAuto.analyze': (row) => analyze(editor, row),
    'speckitAuto.checklist': (row) => checklist(editor, row),
    'speckitAuto.plan': (row) => runStage(editor, 'plan', row),
    'speckitAuto.tasks': (row) => runStage(editor, 'tasks', row),
    'speckitAuto.implement': (row) => runStage(editor, 'implement', row),
    'speckitAuto.validate': (row) => runStage(editor, 'validate', row),
    'speckitAuto.audit': (row) => runStage(editor, 'audit', row),
    'speckitAuto.unlock': (row) => runStage(editor, 'unlock', row),
    'speckitAuto.status': () => editor.needs.focus(),
    'speckitAuto.showRun': (row) => showRun(editor, row),
    'speckitAuto.showCosts': (row) => showCosts(editor, row),
    'speckitAuto.pauseRun': (row) => pauseRun(editor, row),
    'speckitAuto.stopRun': (row) => stopRun(editor, row),
    'speckitAuto.resumeRun': (row) => resumeRun(editor, row),
    'speckitAuto.tellRun': (row) => tellRun(editor, row),
    'speckitAuto.undo': (row) => undoRun(editor, row),
    'speckitAuto.tryProposal': (row) => tryProposal(editor, row),
    'speckitAuto.explain': (row) => explainRun(editor, row),
    'speckitAuto.replay': (row) => replayRun(editor, row),
    'speckitAuto.verifyLog': (row) => verifyLog(editor, row),
    'speckitAuto.cleanUp': (row) => cleanUp(editor, row),
    'speckitAuto.copyRunId': (row) => copyRunId(editor, row),
    'speckitAuto.review': (row) => reviewChanges(editor, row),
    'speckitAuto.openSpec': (row) => openSpec(editor, row),
    'speckitAuto.openEvidence': (row) => openEvidence(editor, row),
    'speckitAuto.init': () => init(editor),
    'speckitAuto.doctor': () => doctor(editor),
    'speckitAuto.openConfiguration': () => openConfiguration(editor),
    'speckitAuto.sample': () => sample(editor),
    'speckitAuto.refresh': async () => {
      await Promise.all(workspaceFolders().map((folder) => editor.overviews.refresh(folder)));
    },
    'speckitAuto.showLog': async () => editor.log.show(true),
  };
}

async function openEvidence(editor: Editor, row: unknown): Promise<void> {
  const { folder, spec, evidence } = row as {
    readonly folder: string;
    readonly spec: SpecOverview;
    readonly evidence: SpecOverview['evidence'][number];
  };
  const [run] = spec.runs;
  if (run === undefined) return;
  await editor.texts.show(
    `${run.runId}/${evidence.check}.txt`,
    await editor.engine.blob(folder, run.runId, evidence.output),
  );
}
