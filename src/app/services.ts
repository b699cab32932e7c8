import os from 'node:os';
import path from 'node:path';
import type { ModelProvider, Processes, ShellParser } from '../core/ports.ts';
import { withEnvironment } from '../core/policy/environmentSettings.ts';
import { withCallLimits, type CallLimits } from '../core/policy/forbiddenCall.ts';
import type { Progress } from '../core/pipeline/context.ts';
import type { Promotion, PromotionSubject } from '../core/reflex/subject.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { Configuration, WorkerSettings } from '../core/settings.ts';
import type { LoadedConfiguration } from '../node/configuration.ts';
import { lookAtPlainRepository, type PlainRepository } from '../node/plainRepository.ts';
import { createProcesses } from '../node/processes.ts';
import type { FoundSandbox } from '../node/sandbox.ts';
import { findRepository, findRepositoryAndBranches, type GitProblem, type Repository } from '../node/repository.ts';
import { userFolders, type UserFolders } from '../node/userFolders.ts';
import { CommandProblem } from './problem.ts';

/** What a host hands in, once. Paths are absolute. */
export interface Host {
  /** The folder the person stands in: a repository's top or below. */
  readonly folder: string;
  /** The installation: prompts/ and sample/ lie in it. */
  readonly installation: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `speckit 0.1.0` and the like: written into a run's log. */
  readonly program: string;
  /** The person, as approvals record them. */
  readonly person: string;
  /** A key by the name of its variable: the environment on the command line, the secret store in the editor. */
  secret(name: string): Promise<string | undefined>;
  /** Providers by worker name that only a host can make; undefined for those made from settings. */
  provider(worker: string, settings: WorkerSettings): ModelProvider | undefined;
  /** `none`: the person's config.toml and variables do not count. Recorded answers belong to the questions of one policy. */
  readonly ownSettings?: 'none';
  /** What the person forbids for this command alone, beyond what is configured. */
  readonly calls?: CallLimits;
  /** The editor's own models as `vendor/id`; left out where there is no editor. */
  editorModels?(): Promise<readonly string[]>;
  /** Names of the keys in the host's secret store, never their values; left out where there is no store. */
  storedKeys?(): Promise<readonly string[]>;
  /** The documents of an editor; left out where there is no editor. */
  readonly unsaved?: UnsavedDocuments;
  onEvent(runId: string, event: RunEvent): void;
  onProgress(runId: string, progress: Progress): void;
  readonly signal: AbortSignal;
}

/** What is typed in an editor and not saved. Files are absolute. */
export interface UnsavedDocuments {
  /** Those of the files that are open with unsaved changes, with their whole text; null for what is no text (a notebook). */
  texts(files: readonly string[]): Promise<readonly { readonly file: string; readonly text: string | null }[]>;
  /** Replaces the text of unsaved documents without saving them, of all or of none; false when one does not hold `before` any more. Line ends are the document's own. */
  replace(
    changes: readonly { readonly file: string; readonly before: string; readonly after: string }[],
  ): Promise<boolean>;
}

/** What every command works with. */
export interface Services {
  readonly host: Host;
  readonly folders: UserFolders;
  readonly processes: Processes;
  /** What this computer has to keep commands in: looked for once, when it is first asked for. */
  readonly sandbox: () => Promise<FoundSandbox>;
  readonly clock: { now(): number };
  /** What the bake-offs of a repository show of its local server. */
  promotion(subject: PromotionSubject): Promise<Promotion>;
  /** The reader of shell lines; its grammar is loaded when it is first asked for. */
  shellParser(): Promise<ShellParser>;
}

export function createServices(host: Host): Services {
  let found: Promise<FoundSandbox> | undefined;
  const look = async (): Promise<FoundSandbox> =>
    (await import('../node/sandbox.ts')).findSandbox({ platform: process.platform, environment: host.environment });
  const sandbox = (): Promise<FoundSandbox> => (found ??= look());
  let parser: Promise<ShellParser> | undefined;
  const services: Services = {
    host,
    sandbox,
    folders: userFolders({ environment: host.environment, platform: process.platform, home: os.homedir() }),
    processes: createProcesses(process.env, sandbox),
    clock: { now: () => Date.now() },
    promotion: async (subject) => (await import('./reflexPromotion.ts')).reflexPromotion(subject, services.clock.now()),
    shellParser: () =>
      (parser ??= import('../node/shellParser.ts').then(({ loadShellParser }) =>
        loadShellParser(path.join(host.installation, 'dist', 'grammars')),
      )),
  };
  return services;
}

/** A repository with its effective configuration. */
export interface Project {
  readonly repository: Repository;
  readonly loaded: LoadedConfiguration;
}

/** The repository the host's folder lies in. Throws a CommandProblem that says what is missing. */
export async function openRepository(services: Services): Promise<Repository> {
  const found = await findRepository({ folder: services.host.folder }, services.host.signal);
  if (found.kind === 'ok') return found.value;
  throw new CommandProblem('usage', gitProblemText(found.error));
}

/** Where it is, with the short names of all its branches: git is asked only where its files do not tell plainly. */
export async function openRepositoryAndBranches({ host }: Services): Promise<PlainRepository> {
  const plain = lookAtPlainRepository(host.folder);
  if (plain !== undefined) return plain;
  const found = await findRepositoryAndBranches({ folder: host.folder }, host.signal);
  if (found.kind === 'ok') return { ...found.value.repository, branches: found.value.branches };
  throw new CommandProblem('usage', gitProblemText(found.error));
}

/** The repository and its configuration. Throws a CommandProblem naming file, line and column of each mistake. */
export async function openProject(services: Services): Promise<Project> {
  // Git tells of the repository while the code for the configuration is loaded.
  const [repository] = await Promise.all([openRepository(services), import('../node/configuration.ts')]);
  return { repository, loaded: await configurationOf(services, repository) };
}

/** A repository's configuration. Throws a CommandProblem naming file, line and column of each mistake. */
export async function configurationOf(
  services: Services,
  repository: Pick<Repository, 'root'>,
): Promise<LoadedConfiguration> {
  // Loaded here: most of what a short command would read belongs to it.
  const { loadConfiguration } = await import('../node/configuration.ts');
  const isOwn = services.host.ownSettings !== 'none';
  const loaded = await loadConfiguration({
    repositoryRoot: repository.root,
    userConfigurationFile: isOwn
      ? userConfigurationFile(services)
      : path.join(services.host.installation, 'no config.toml'),
    environment: services.host.environment,
  });
  if (loaded.kind === 'ok') {
    const held = withEnvironment(loaded.value.configuration, isOwn ? services.host.environment : {});
    if (held.kind === 'error') throw new CommandProblem('configuration', held.error);
    return { ...loaded.value, configuration: withCallLimits(held.value, services.host.calls) };
  }
  const problems = loaded.error.toSorted(
    (left, right) => left.file.localeCompare(right.file) || left.line - right.line || left.column - right.column,
  );
  const lines = problems
    .slice(0, 20)
    .map(
      (problem) =>
        `${path.relative(services.host.folder, problem.file) || problem.file}:${problem.line}:${problem.column} ${problem.message}`,
    );
  throw new CommandProblem('configuration', `The configuration cannot be used:\n${lines.join('\n')}`);
}

/** The same where a mistake in it is somebody else's to tell: then what would hold without any file. */
export async function readableConfiguration(services: Services, repository: Repository): Promise<Configuration> {
  try {
    return (await configurationOf(services, repository)).configuration;
  } catch (error) {
    if (!(error instanceof CommandProblem)) throw error;
    const { configurationSchema } = await import('../core/settings.ts');
    return configurationSchema.parse({});
  }
}

/** The person's own configuration file, which need not exist. Absolute. */
export function userConfigurationFile(services: Services): string {
  return path.join(services.folders.config, 'config.toml');
}

/** Why git cannot work with a folder, and what to do about it. */
export function gitProblemText(problem: GitProblem): string {
  switch (problem.kind) {
    case 'notAFolder':
      return `There is no folder ${problem.folder}.`;
    case 'gitMissing':
      return 'git was not found. Install git 2.34 or newer and make sure it is on the PATH.';
    case 'gitTooOld':
      return `git ${problem.version} is too old: ${problem.needed} or newer is needed.`;
    case 'notARepository':
      return `${problem.folder} is not in a git repository. Run \`git init\` there and make a first commit, or go to a folder that is in one.`;
    case 'unsafeOwnership':
      return `git refuses ${problem.folder} because it belongs to somebody else:\n${problem.message}`;
    case 'bare':
      return `${problem.folder} is a bare repository: SpecKit needs one with files.`;
    case 'insideGitDirectory':
      return `${problem.folder} is git's own folder. Go to the repository's files.`;
    case 'emptyRepository':
      return `${problem.root} has no commit yet. Make a first one (\`git add -A && git commit -m "First commit"\`): a run starts from it.`;
    case 'inProgress':
      return `A ${problem.operation} is in progress in ${problem.root}. Finish or abort it first; nothing was changed.`;
    case 'failed':
      return `git failed: ${problem.message}`;
  }
}
