import { access, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createApp } from '../../app/createApp.ts';
import type { RunReport } from '../../app/runs.ts';
import type { Host } from '../../app/services.ts';
import { EXIT, exitOfOutcome } from '../exitCode.ts';
import type { Terminal } from '../terminal.ts';
import { report } from './run.ts';

/** The spec of the bundled sample. */
const SAMPLE_SPEC = 'SPEC-001';

/**
 * `speckit sample`: the main job on the bundled project. Everything but the model's answers is done for real: git, the tree, the patches, the
 * checks, the gates; the answers come from a recording and are called recorded. Exit 0 when it reached the proposal.
 */
export async function runSample(
  terminal: Terminal,
  _positional: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const folder = await folderOf(terminal, options['folder']);
  await createApp(terminal.host).sample(folder);
  terminal.say(`The sample project is in ${folder}. Its model answers are recorded; everything else happens now.\n`);
  const host = { ...terminal.host, folder, ownSettings: 'none' as const };
  const run = await withoutQuestion(
    terminal,
    host,
    await createApp(host).run({ specId: SAMPLE_SPEC, until: 'unlock' }),
  );
  const exit = await report({ ...terminal, host }, run, (outcome) =>
    outcome === 'proposed' ? EXIT.ok : exitOfOutcome(outcome),
  );
  if (exit !== EXIT.ok) return exit;
  terminal.say(
    `\nThese work in the sample's folder: cd ${JSON.stringify(folder)}\n${await inEditor(terminal, folder)}`,
  );
  return EXIT.ok;
}

/**
 * Where there is no sandbox a run asks before it runs a repository's commands. Those of the sample came with SpecKit, so that they are no stranger's:
 * the answer is recorded as its own, and said.
 */
async function withoutQuestion(terminal: Terminal, host: Host, run: RunReport): Promise<RunReport> {
  const open = run.view.questions.filter(({ answer }) => answer === undefined);
  const [question] = open;
  if (run.end.outcome !== 'needsInput' || question?.about !== 'no-sandbox' || open.length > 1) return run;
  const own = { ...host, person: "SpecKit, for the sample's own commands" };
  await createApp(own).answer(run.view.runId, question.id, 'allow');
  terminal.say(
    'There is no sandbox here (bubblewrap, bwrap). The commands of the sample came with SpecKit and run without one; those of your repositories would not, before you say so.\n',
  );
  return createApp(host).resume(run.view.runId, 'unlock');
}

/** How the same run is looked at in VS Code: a checkout of this project brings one for the browser, an installed SpecKit is used in the person's own. */
async function inEditor({ host }: Terminal, folder: string): Promise<string> {
  const isCheckout = await access(path.join(host.installation, 'test', 'workbench', 'open.ts')).then(
    () => true,
    () => false,
  );
  const words = isCheckout ? `npm run workbench -- ${JSON.stringify(folder)}` : `code ${JSON.stringify(folder)}`;
  return `The same run in VS Code: ${words}`;
}

/** The folder a person named, or a new one. */
async function folderOf(terminal: Terminal, wanted: unknown): Promise<string> {
  if (typeof wanted === 'string') return path.resolve(terminal.host.folder, wanted);
  return path.join(await mkdtemp(path.join(os.tmpdir(), 'speckit-sample-')), 'notes-service');
}
