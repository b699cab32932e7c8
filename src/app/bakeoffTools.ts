import type { Language, SuiteTask } from '../node/reflex/bakeoffSuite.ts';
import type { Services } from './services.ts';

/** The program that a language's checks need. */
const PROGRAMS: Readonly<Record<Language, string>> = {
  javascript: 'node',
  typescript: 'node',
  python: 'python3',
  rust: 'rustc',
  go: 'go',
};
/** What asks a program for its version; the others are asked with --version. */
const VERSION_WORDS: Readonly<Record<string, string>> = { go: 'version' };
const DEADLINE_MS = 20_000;

/** Tasks that can be checked here, the others with why not, and the versions of what was found. */
export interface CheckableTasks {
  readonly tasks: readonly SuiteTask[];
  readonly skipped: readonly string[];
  readonly tools: Readonly<Record<string, string>>;
}

/** Leaves out the tasks whose language cannot be run on this computer. */
export async function checkableTasks(services: Services, all: readonly SuiteTask[]): Promise<CheckableTasks> {
  const programs = [...new Set(all.map(({ language }) => PROGRAMS[language]))];
  const found = new Map(
    await Promise.all(programs.map(async (program) => [program, await versionOf(services, program)] as const)),
  );
  const whyNot = ({ language }: SuiteTask): string | undefined => {
    const version = found.get(PROGRAMS[language]);
    if (version === undefined) return `${PROGRAMS[language]} does not run here`;
    if (language === 'typescript' && !runsTypeScript(version))
      return `${version} does not run TypeScript: Node.js 22.18 or newer does`;
    return undefined;
  };
  return {
    tasks: all.filter((task) => whyNot(task) === undefined),
    skipped: all.flatMap((task) => {
      const why = whyNot(task);
      return why === undefined ? [] : [`${task.name}: ${why}`];
    }),
    tools: Object.fromEntries([...found].map(([program, version]) => [program, version ?? 'not found'])),
  };
}

async function versionOf({ host, processes }: Services, program: string): Promise<string | undefined> {
  const { outcome, output } = await processes.run(
    {
      command: { kind: 'argv', argv: [program, VERSION_WORDS[program] ?? '--version'] },
      cwd: host.folder,
      deadlineMs: DEADLINE_MS,
      outputCapBytes: 2_000,
      environment: { LC_ALL: 'C' },
    },
    () => undefined,
    host.signal,
  );
  const [line = ''] = output.trim().split('\n');
  return outcome.kind === 'exited' && outcome.exitCode === 0 ? line.slice(0, 200) : undefined;
}

/** Whether this Node.js strips types without a flag: https://nodejs.org/api/typescript.html (22.18, 23.6). */
function runsTypeScript(version: string): boolean {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version) ?? [];
  const [whole, part] = [Number(major), Number(minor)];
  return whole > 23 || (whole === 23 && part >= 6) || (whole === 22 && part >= 18);
}
