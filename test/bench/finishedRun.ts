import { RUN } from '../support/killedRun.ts';
import type { CodeServer } from '../workbench/support/codeServer.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from '../workbench/support/workspace.ts';

/** A workspace with one spec whose run has led to a proposal, under the id RUN. */
export async function finishedRun(server: CodeServer): Promise<ScriptedWorkspace> {
  const project = await scriptedWorkspace(server);
  const { exit, stderr } = await project.speckit('auto', 'SPEC-001', '--run-id', RUN);
  if (exit !== 11) throw new Error(`the run did not lead to a proposal: ${stderr}`);
  return project;
}
