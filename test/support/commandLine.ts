import { spawn } from 'node:child_process';
import path from 'node:path';
import { finished, installation, type CommandResult } from './scriptedProject.ts';

/** The built command line. */
export const program = path.join(installation, 'dist/cli/main.js');

/** Where a command line is run, and what it finds in its environment. `home` keeps the user's folders of the test apart. */
export interface CommandPlace {
  readonly cwd: string;
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the built command line with nothing of this machine's environment but the PATH. */
export function commandLine(place: CommandPlace, ...words: readonly string[]): Promise<CommandResult> {
  return finished(
    spawn(process.execPath, [program, ...words], {
      cwd: place.cwd,
      env: environmentOf(place),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** The environment of a command line under test. */
export function environmentOf({ home, environment = {} }: CommandPlace): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    SPECKIT_HOME: path.join(home, 'speckit'),
    LC_ALL: 'C.UTF-8',
    SPECKIT_PERSON: 'Ada',
    ...environment,
  };
}
