import { spawn } from 'node:child_process';
import { program } from './commandLine.ts';
import { finished, type CommandResult, type ScriptedProject } from './scriptedProject.ts';

/** Words for bubblewrap that change what the command line finds at a place: `--ro-bind`, or `--size` and `--tmpfs`. */
type Mounts = readonly string[];

/**
 * Runs a shell script in which `speckit` is the built command line, in a mount namespace of its own: what is mounted there is seen by it alone and
 * goes with it. Only where bubblewrap can be had.
 */
export function boxedScript(project: ScriptedProject, mounts: Mounts, script: string): Promise<CommandResult> {
  const speckit = `speckit() { "${process.execPath}" "${program}" -C "${project.root}" "$@"; }`;
  const words = ['--dev-bind', '/', '/', ...mounts, '--die-with-parent', 'sh', '-c', `${speckit}\n${script}`];
  return finished(
    spawn('bwrap', words, { cwd: project.folder.path, env: project.environment, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}
