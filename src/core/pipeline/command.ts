import { throwIfAborted } from '../../base/withAbort.ts';
import type { ProcessLimits, ProcessResult, SandboxKind } from '../ports.ts';
import { normaliseOutput } from '../run/normalise.ts';
import type { CheckSettings, Configuration } from '../settings.ts';
import type { RunContext } from './context.ts';
import { permit, recordDecision } from './permit.ts';
import { askPerson } from './questions.ts';
import { RunStopped } from './stopped.ts';

/** One command of the repository's own: `setup`, or a check by its name. */
export interface DeclaredCommand {
  readonly name: string;
  readonly line: string;
  readonly timeoutSeconds: number;
  /** Whether the repository says that it needs the network. */
  readonly asksForNetwork: boolean;
}

/** How a command was kept in, as the log says it. */
export interface Kept {
  readonly sandbox: SandboxKind;
  readonly network: 'refused' | 'granted';
}

/** A command that ran. `output` is as it came: `shownOutput` makes of it what a model or a person reads. */
export type CommandResult = ProcessResult & { readonly kept: Kept };

/** The command that makes a fresh tree ready, where one is configured. */
export function setupCommand({ setup }: Configuration): DeclaredCommand | undefined {
  const { command: line, timeout_seconds: timeoutSeconds, network: asksForNetwork } = setup;
  return line === undefined ? undefined : { name: 'setup', line, timeoutSeconds, asksForNetwork };
}

export function checkCommand(name: string, settings: CheckSettings): DeclaredCommand {
  const { command: line, timeout_seconds: timeoutSeconds, network: asksForNetwork } = settings;
  return { name, line, timeoutSeconds, asksForNetwork };
}

/** The configured commands: the set-up, then the checks by name. */
export function declaredCommands(configuration: Configuration): readonly DeclaredCommand[] {
  const setup = setupCommand(configuration);
  const checks = Object.entries(configuration.checks).map(([name, settings]) => checkCommand(name, settings));
  return setup === undefined ? checks : [setup, ...checks];
}

/**
 * True for a line that does nothing but install a project's dependencies: it is not needed where the user's own are shown to the commands.
 */
export function isInstallation(line: string): boolean {
  return INSTALLATION.test(line.trim());
}

const INSTALLATION =
  /^(?:(?:npm|pnpm|bun) (?:ci|i|install)|yarn(?: install)?|uv sync|poetry install|pipenv (?:sync|install)|(?:python3? -m )?pip3? install|bundle install|composer install)(?: [-\w=./[\]"']+)*$/;

/**
 * Asks everything that has to be answered before the configured commands may run, so that nothing is paid for a run that then stands still.
 * Throws RunStopped while an answer is missing, and when one is `stop`.
 */
export async function requireConfinement(context: RunContext): Promise<void> {
  const commands = declaredCommands(context.configuration);
  if (commands.length === 0) return;
  const waiting = [
    withoutSandbox(context),
    withoutDependencies(context),
    ...commands.map((command) => (networkOf(context, command) === undefined ? `${command.name} asks for it` : '')),
  ].filter((text) => text !== '');
  for (const command of commands) {
    // Most installations are not run at all.
    if (command.name === 'setup' && isInstallation(command.line)) continue;
    if ((await permit(context, command)) === undefined) waiting.push(mayRun(command));
  }
  if (waiting.length > 0) throw new RunStopped('needsInput', `Before a command runs: ${waiting.join('; ')}.`);
}

/**
 * Runs one command in the run's tree, in the sandbox there is. Where there is none, and where the command asks for the network, a person decides.
 * Throws RunStopped while they have not, and when the sandbox cannot be set up. `own` dependencies: those of the user's repository are not shown.
 */
export async function runCommand(
  context: RunContext,
  command: DeclaredCommand,
  dependencies: 'shown' | 'own' = 'shown',
): Promise<CommandResult> {
  await requireConfinement(context);
  const permitted = await permit(context, command);
  if (permitted === undefined) throw new RunStopped('needsInput', `Before a command runs: ${mayRun(command)}.`);
  recordDecision(context, command, permitted);
  const network = networkOf(context, command) ?? 'refused';
  const { limits } = context.configuration;
  const isKept = context.sandbox.kind !== 'none';
  const result = await context.processes.run(
    {
      command: { kind: 'shell', line: command.line },
      cwd: context.tree.root,
      deadlineMs: command.timeoutSeconds * 1000,
      outputCapBytes: limits.output_bytes,
      confinement: isKept
        ? await context.sandbox.confinement({ network, dependencies, limits: limitsOf(limits) })
        : await context.sandbox.waived(dependencies),
    },
    (text) => context.progress({ kind: 'command', name: command.name, text }),
    context.signal,
  );
  throwIfAborted(context.signal);
  if (result.outcome.kind === 'unconfined')
    throw new RunStopped(
      'infrastructure',
      `${command.name} was not run, because it could not be kept in: ${result.outcome.message}`,
    );
  const kept: Kept = { sandbox: result.sandbox, network: result.sandbox === 'none' ? 'granted' : network };
  if (result.outcome.kind !== 'limit') return { ...result, kept };
  return { ...result, output: `${result.output}\n[ended by SpecKit: ${result.outcome.message}]\n`, kept };
}

const mayRun = ({ name }: DeclaredCommand): string => `whether ${name} may run is asked`;

/** Output as a model or a person reads it: the folder of the tree is `.`, whichever way the command saw it. */
export function shownOutput({ tree, sandbox }: RunContext, output: string): string {
  return normaliseOutput(output, tree.root, sandbox.shownAt);
}

function limitsOf(limits: Configuration['limits']): ProcessLimits {
  const megabyte = 1024 * 1024;
  return {
    processes: limits.command_processes,
    memoryBytes: limits.command_memory_mb * megabyte,
    diskBytes: limits.command_disk_mb * megabyte,
  };
}

/** Empty when commands may run as things are; otherwise why not yet. */
function withoutSandbox(context: RunContext): string {
  const { sandbox, configuration } = context;
  if (sandbox.kind !== 'none' || sandbox.isWaived) return '';
  const lines = declaredCommands(configuration).map(({ name, line }) => `${name}: ${line}`);
  const text = `There is no sandbox here: ${sandbox.why} May these commands of the repository run with all that you may do on this computer? ${lines.join('; ').slice(0, 1_500)}`;
  const answer = askPerson(context, { stage: 'implement', about: 'no-sandbox', text, options: ['allow', 'stop'] });
  if (answer === 'allow') return '';
  if (answer === 'stop')
    throw new RunStopped('gateFailed', 'A person answered stop: no command runs without a sandbox.');
  return 'there is no sandbox';
}

/**
 * Empty when the checks find what they need. What is not installed fails the checks in ways that no change mends, so that nothing is paid for trying:
 * a person installs it, and the run goes on.
 */
function withoutDependencies(context: RunContext): string {
  const { sandbox, configuration } = context;
  const setup = setupCommand(configuration);
  // A set-up that can reach a registry installs it, and one that does more than that may have its own way.
  const isInstalledBySetup = setup !== undefined && (!isInstallation(setup.line) || setup.asksForNetwork);
  if (sandbox.missing.length === 0 || isInstalledBySetup) return '';
  const text = `${sandbox.missing.join(' ')} Then \`speckit resume\` goes on. Or do the checks need none of it?`;
  const answer = askPerson(context, { stage: 'implement', about: 'dependencies', text, options: ['go on', 'stop'] });
  if (answer === 'go on') return '';
  if (answer === 'stop') throw new RunStopped('gateFailed', `A person answered stop: ${sandbox.missing.join(' ')}`);
  return sandbox.missing.join(' ').replace(/\.$/, '');
}

/** Whether the command gets the network; undefined while a person who is asked has not answered. */
export function networkOf(
  context: RunContext,
  { name, line, asksForNetwork }: DeclaredCommand,
): Kept['network'] | undefined {
  if (!asksForNetwork) return 'refused';
  if (context.sandbox.trustedNetwork.includes(name) || context.sandbox.kind === 'none') return 'granted';
  const answer = askPerson(context, {
    stage: 'implement',
    about: `network:${name}`,
    text: `${name} asks for the network: \`${line.slice(0, 500)}\`. May it have it in this run?`,
    options: ['allow', 'refuse'],
  });
  if (answer === undefined) return undefined;
  return answer === 'allow' ? 'granted' : 'refused';
}
