import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { PriceOverrides } from '../core/ledger/prices.ts';
import { priceVersionWith } from '../core/ledger/prices.ts';
import { exampleProblems } from '../core/policy/commands/examples.ts';
import { writtenRule } from '../core/policy/commands/writtenRule.ts';
import type { WrittenWorkers } from '../core/policy/endpointProblems.ts';
import { endpointProblems, reflexProblems } from '../core/policy/endpointProblems.ts';
import { routingProblems } from '../core/policy/routingProblems.ts';
import { withRoleOverrides, type RoleOverride } from '../core/policy/roleOverrides.ts';
import { roleSections, type RoleSection } from '../core/policy/roleSections.ts';
import { settingProblems, valueAt } from '../core/policy/settingProblem.ts';
import { settingsReference } from '../core/policy/settingsReference.ts';
import { withUrlsOfEnvironment } from '../core/policy/urlsOfEnvironment.ts';
import {
  ownTablesSchema,
  priceOverrides,
  userConfigurationSchema,
  type ReflexServerSettings,
} from '../core/policy/userConfigurationSchema.ts';
import { withReflexWorker } from '../core/reflex/worker.ts';
import { demotionProblems } from '../core/router/demotionProblems.ts';
import type { Configuration } from '../core/settings.ts';
import { configurationSchema } from '../core/settings.ts';
import type { ConfigurationFile, ConfigurationProblem, PathProblem } from './configurationFile.ts';
import { locatedIn, readConfigurationFile } from './configurationFile.ts';
import { readProjectGuidance } from './projectGuidance.ts';
import { lowerToUserLimits } from './userLimits.ts';
import { userFolders } from './userFolders.ts';

export interface ConfigurationInput {
  /** Absolute. speckit.toml directly in it, where there is one. */
  readonly repositoryRoot: string;
  /** The person's own file; config.toml in their configuration folder when left out. It need not exist. */
  readonly userConfigurationFile?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface LoadedConfiguration {
  /** The effective settings: speckit.toml over the person's file over the defaults. */
  readonly configuration: Configuration;
  /** Prices of the person's own file. */
  readonly prices: PriceOverrides;
  /** What the person's own file alone says about the sandbox. */
  readonly own: OwnSandboxSettings;
  /** The local server that the person's own file says how to start. A repository cannot name one. */
  readonly reflexServer: ReflexServerSettings;
  /** Names the price table together with those prices; goes into the policy snapshot and every ledger row. */
  readonly priceVersion: string;
  /** What became of the role sections of AGENTS.md, which `configuration` holds already. */
  readonly roleOverrides: readonly RoleOverride[];
  /** The files that were read, absolute. */
  readonly files: readonly string[];
  /** Where the person's own limits hold against speckit.toml. Nothing is wrong, but they should be told. */
  readonly notices: readonly ConfigurationProblem[];
}

export interface OwnSandboxSettings {
  readonly sandbox: 'auto' | 'none';
  /** Names of checks, or `setup`, that may use the network where their repository asks for it. */
  readonly network: readonly string[];
  /** Further folders and files that commands may read, as they were written. */
  readonly folders: readonly string[];
}

/** Most problems reported at once. */
const MAX_PROBLEMS = 50;

/**
 * Loads the settings of a repository. Tables are merged key by key, all else is replaced. Anything that is not understood is a problem
 * with its place and what to do about it, in the order of their places (a file that cannot be parsed comes alone). A repository's file is
 * never trusted with where code, keys and money go (core/policy/endpointProblems.ts), and cannot raise limits the person set themselves.
 */
export async function loadConfiguration(
  input: ConfigurationInput,
): Promise<Result<LoadedConfiguration, readonly ConfigurationProblem[]>> {
  const { environment } = input;
  const userFile =
    input.userConfigurationFile ??
    join(userFolders({ platform: process.platform, environment, home: homedir() }).config, 'config.toml');
  const user = await readConfigurationFile(userFile);
  const repository = await readConfigurationFile(join(input.repositoryRoot, 'speckit.toml'));
  if (user.kind === 'error' || repository.kind === 'error') {
    return err([user, repository].flatMap((read) => (read.kind === 'error' ? [read.error] : [])));
  }
  const { table, problems } = withUrlsOfEnvironment(user.value.table, environment);
  if (problems.length > 0) return err(locatedIn(user.value, problems));
  const guidance = await readProjectGuidance(input.repositoryRoot);
  const sections = guidance.kind === 'text' ? roleSections(guidance.text) : [];
  return combine(repository.value, { ...user.value, table }, sections);
}

function combine(
  repository: ConfigurationFile,
  user: ConfigurationFile,
  sections: readonly RoleSection[],
): Result<LoadedConfiguration, readonly ConfigurationProblem[]> {
  const own = userConfigurationSchema.safeParse(user.table);
  const ownKeys = Object.keys(ownTablesSchema.shape);
  const shared = Object.fromEntries(Object.entries(user.table).filter(([key]) => !ownKeys.includes(key)));
  const merged = merge(shared, repository.table);
  const effective = configurationSchema.safeParse(merged);
  if (!own.success || !effective.success) {
    const repositoryProblems = settingProblems(
      effective.error?.issues ?? [],
      settingsReference(configurationSchema),
      merged,
    )
      // What the person's file has wrong is told of it alone; of the merged tables only what speckit.toml wrote is left to tell.
      .filter(({ path }) => isIn(repository, user, path))
      .map((problem) => (ownKeys.includes(String(problem.path[0])) ? ownFileOnly(problem.path) : problem));
    const references = settingsReference(userConfigurationSchema);
    return refuse([
      ...locatedIn(user, settingProblems(own.error?.issues ?? [], references, user.table)),
      ...locatedIn(repository, repositoryProblems),
    ]);
  }
  const configuration = withAllRules(effective.data, own.data.commands.rules, repository);
  const examples = {
    own: ruleProblems(own.data.commands.rules),
    theirs: keysAt(repository, 'commands').includes('rules') ? ruleProblems(effective.data.commands.rules) : [],
  };
  if (examples.own.length + examples.theirs.length > 0)
    return refuse([...locatedIn(user, examples.own), ...locatedIn(repository, examples.theirs)]);
  const problems: readonly PathProblem[] = [
    ...endpointProblems({
      workers: configuration.workers,
      repository: writtenWorkers(repository),
      user: writtenWorkers(user),
      trustedUrls: own.data.trusted.urls,
    }),
    ...reflexProblems({
      reflex: configuration.reflex,
      repository: tableAt(repository, 'reflex'),
      user: tableAt(user, 'reflex'),
      trustedUrls: own.data.trusted.urls,
      workers: Object.keys(configuration.workers),
    }),
    ...routingProblems(configuration, [...keysAt(repository, 'routing'), ...keysAt(user, 'routing')]),
    ...demotionProblems(configuration),
  ];
  if (problems.length > 0) {
    const isTheirs = (problem: PathProblem) => isIn(repository, user, problem.path);
    const mine = problems.filter((problem) => !isTheirs(problem));
    return refuse([...locatedIn(user, mine), ...locatedIn(repository, problems.filter(isTheirs))]);
  }
  const prices = priceOverrides(own.data.prices);
  const limited = lowerToUserLimits(configuration, user.table);
  const overridden = withRoleOverrides(limited.configuration, sections, {
    mode: own.data.project_guidance.role_overrides,
    ownWorkers: Object.keys(own.data.workers),
    prices,
  });
  return ok({
    configuration: withReflexWorker(overridden.configuration),
    roleOverrides: overridden.overrides,
    prices,
    own: {
      sandbox: own.data.sandbox,
      network: own.data.trusted.network,
      folders: own.data.trusted.folders,
    },
    reflexServer: own.data.reflex_server,
    priceVersion: priceVersionWith(prices),
    files: [user, repository].filter((file) => file.exists).map((file) => file.file),
    notices: locatedIn(repository, limited.notices),
  });
}

/** A person's own rules about commands are not replaced by the repository's, as other lists are: all of them count. */
function withAllRules(
  configuration: Configuration,
  own: Configuration['commands']['rules'],
  repository: ConfigurationFile,
): Configuration {
  if (!keysAt(repository, 'commands').includes('rules')) return configuration;
  return { ...configuration, commands: { rules: [...own, ...configuration.commands.rules] } };
}

function ruleProblems(rules: Configuration['commands']['rules']): readonly PathProblem[] {
  return exampleProblems(rules.map(writtenRule)).map(({ index, list, example, rule, message }) => ({
    path: ['commands', 'rules', index, list === 'match' ? 'match' : 'not_match', example],
    rule,
    message,
  }));
}

function refuse(problems: readonly ConfigurationProblem[]): Result<never, readonly ConfigurationProblem[]> {
  const ordered = [...problems].sort(
    (left, right) =>
      compare(left.file, right.file) ||
      left.line - right.line ||
      left.column - right.column ||
      compare(left.rule, right.rule),
  );
  return err(ordered.slice(0, MAX_PROBLEMS));
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Whether a problem of the merged tables is to be told of speckit.toml: it wrote the key, or as much of the way to it as the other file. */
function isIn(repository: ConfigurationFile, user: ConfigurationFile, path: readonly (string | number)[]): boolean {
  const depth = (file: ConfigurationFile) => {
    let length = path.length;
    while (length > 0 && valueAt(file.table, path.slice(0, length)) === undefined) length -= 1;
    return length;
  };
  return depth(repository) > 0 && depth(repository) >= depth(user);
}

function ownFileOnly(path: readonly (string | number)[]): PathProblem {
  const message = `[${path[0]}] counts only in your own config.toml: a repository cannot set it for whoever opens it. Move it there.`;
  return { path, rule: 'own-file-only', message };
}

function tableAt(file: ConfigurationFile, table: string): Readonly<Record<string, unknown>> {
  const value = file.table[table];
  return isTable(value) ? value : {};
}

const keysAt = (file: ConfigurationFile, table: string): readonly string[] => Object.keys(tableAt(file, table));

function writtenWorkers(file: ConfigurationFile): WrittenWorkers {
  return Object.fromEntries(
    Object.entries(tableAt(file, 'workers')).flatMap(([name, worker]) => (isTable(worker) ? [[name, worker]] : [])),
  );
}

/** A copy of `under` with what `over` says on top. The copy has plain objects where the parser made ones without a prototype. */
function merge(under: unknown, over: unknown): unknown {
  if (Array.isArray(over)) return over.map((item) => merge(undefined, item));
  if (!isTable(over)) return over;
  const base = isTable(under) ? under : {};
  const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])];
  return Object.fromEntries(
    keys.map((key) => [key, merge(base[key], Object.hasOwn(over, key) ? over[key] : base[key])]),
  );
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
