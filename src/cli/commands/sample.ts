import { cp, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createApp } from '../../app/createApp.ts';
import { makeRepository } from '../../app/sampleRepository.ts';
import { CommandProblem } from '../../app/problem.ts';
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
  const folder = await copySample(terminal, typeof options['folder'] === 'string' ? options['folder'] : undefined);
  terminal.say(`The sample project is in ${folder}. Its model answers are recorded; everything else happens now.\n`);
  const host = { ...terminal.host, folder };
  const run = await createApp(host).run({ specId: SAMPLE_SPEC, until: 'unlock' });
  const exit = await report({ ...terminal, host }, run, (outcome) =>
    outcome === 'proposed' ? EXIT.ok : exitOfOutcome(outcome),
  );
  if (exit !== EXIT.ok) return exit;
  terminal.say(
    `\nThese work in the sample's folder: cd ${JSON.stringify(folder)}\nThe same in VS Code comes with \`npm run workbench\` in the next version.`,
  );
  return EXIT.ok;
}

async function copySample(terminal: Terminal, wanted: string | undefined): Promise<string> {
  const folder =
    wanted === undefined
      ? path.join(await mkdtemp(path.join(os.tmpdir(), 'speckit-sample-')), 'notes-service')
      : path.resolve(terminal.host.folder, wanted);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw new CommandProblem('usage', `${folder} is not empty. Name another folder with --folder.`);
  await cp(path.join(terminal.host.installation, 'sample', 'project'), folder, { recursive: true });
  await makeRepository(folder, terminal.host.signal);
  return folder;
}
