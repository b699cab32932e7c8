import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scriptedProject, type ProjectOptions, type ScriptedProject } from '../../support/scriptedProject.ts';
import type { CodeServer } from './codeServer.ts';

/** A scripted project whose command line shares its ledger, runs and configuration with SpecKit in the editor. */
export interface ScriptedWorkspace extends ScriptedProject {
  /** Replaces the person's own config.toml, which trusts the scripted server when the workspace is made. */
  setUserConfiguration(toml: string): void;
}

/**
 * Makes a scripted project for a running editor: a small repository with one spec, all models at a scripted server. The extension host has SPECKIT_HOME
 * and SPECKIT_PERSON from the server's environment already; the command line of the project gets the same. Open `root` in the workbench.
 */
export async function scriptedWorkspace(server: CodeServer, options: ProjectOptions = {}): Promise<ScriptedWorkspace> {
  const environment = { ...options.environment, SPECKIT_HOME: server.speckitHome };
  const project = await scriptedProject({ name: 'ws', ...options, environment });
  const configuration = path.join(server.speckitHome, 'config/config.toml');
  const setUserConfiguration = (toml: string): void => {
    mkdirSync(path.dirname(configuration), { recursive: true });
    writeFileSync(configuration, toml);
  };
  setUserConfiguration(`[trusted]\nurls = ["${project.server.url}/v1"]\n`);
  return { ...project, setUserConfiguration };
}
