import type { ProjectOptions } from '../../support/scriptedProject.ts';
import type { Workbench } from './sharedWorkbench.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from './workspace.ts';

/**
 * Projects for tests that share a workbench but not a repository: each test's own is opened in the workbench, and all go when the `describe` it is
 * called in ends.
 */
export function ownProjects(shared: () => Workbench): (options?: ProjectOptions) => Promise<ScriptedWorkspace> {
  const projects: ScriptedWorkspace[] = [];
  after(() => Promise.all(projects.map((project) => project[Symbol.asyncDispose]())));
  return async (options = {}) => {
    const { server, workbench } = shared();
    const project = await scriptedWorkspace(server, options);
    projects.push(project);
    await workbench.open(project.root);
    return project;
  };
}
