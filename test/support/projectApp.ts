import { createApp, type App } from '../../src/app/createApp.ts';
import type { Host } from '../../src/app/services.ts';
import { installation, type ScriptedProject } from './scriptedProject.ts';

/** A project as a host in this process sees it, e.g. an editor's engine beside the command line. Keys come from its environment; nobody hears of events. */
export function hostOf(
  project: Pick<ScriptedProject, 'root'> & Pick<Host, 'environment'>,
  more: Partial<Host> = {},
): Host {
  return {
    folder: project.root,
    installation,
    environment: project.environment,
    program: 'test 1',
    person: 'Ada',
    secret: async (name) => project.environment[name],
    provider: () => undefined,
    onEvent: () => undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...more,
  };
}

export const appOf = (project: ScriptedProject, more: Partial<Host> = {}): App => createApp(hostOf(project, more));
