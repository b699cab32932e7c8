import type { RepositoryPath } from '../../ports.ts';

/** Who may add such a file to the plan of a task that does not name it. */
export type AmendedBy = 'architect' | 'person' | 'nobody';

/** What a rule has to know of a file, as whoever reads the tree found it. */
export interface FileFacts {
  readonly path: RepositoryPath;
  /** The files the task may change already. */
  readonly named: readonly RepositoryPath[];
  readonly isPersons: boolean;
  readonly isGenerated: boolean;
  readonly isCheckDefinition: boolean;
  /** The high-risk parts of a project that the path lies in. */
  readonly risks: readonly string[];
  readonly isTest: boolean;
}

/** One rule about files that a plan does not name. `says` is for a person who lists the rules, `applies` for the broker. */
export interface FileRule {
  readonly id: string;
  readonly amendedBy: AmendedBy;
  readonly says: string;
  readonly applies: (facts: FileFacts) => boolean;
}

/** The rules in their order: the first that applies speaks. The last applies to every file. */
export const FILE_RULES: readonly FileRule[] = [
  {
    id: 'persons-file',
    amendedBy: 'nobody',
    says: "speckit.toml, the constitution, the specs' folder, .git, .speckit and .specify: a plan cannot name them either",
    applies: ({ isPersons }) => isPersons,
  },
  {
    id: 'lock-file',
    amendedBy: 'person',
    says: 'package-lock.json, yarn.lock, Cargo.lock, go.sum and the like: their package manager writes them; a model does so only where the plan names the file',
    applies: ({ path }) => isLockFile(path),
  },
  {
    id: 'generated-file',
    amendedBy: 'person',
    says: 'marked by linguist-generated in .gitattributes or by a "generated, do not edit" near its beginning, or below dist/ or build/: its generator writes it; a model does so only where the plan names the file',
    applies: ({ isGenerated }) => isGenerated,
  },
  {
    id: 'check-definition',
    amendedBy: 'person',
    says: 'what says what a check does: manifests, configuration of tests and linters, continuous integration',
    applies: ({ isCheckDefinition }) => isCheckDefinition,
  },
  {
    id: 'high-risk',
    amendedBy: 'person',
    says: 'a path of a high-risk part: authentication, secrets, migrations, public interfaces and the like',
    applies: ({ risks }) => risks.length > 0,
  },
  {
    id: 'near',
    amendedBy: 'architect',
    says: 'in the folder of a file that the task names, or the test of one',
    applies: isNear,
  },
  { id: 'elsewhere', amendedBy: 'person', says: 'any other file', applies: () => true },
];

/** The rule that speaks about a file outside the plan. */
export function fileRuleOf(facts: FileFacts): FileRule {
  const rule = FILE_RULES.find(({ applies }) => applies(facts));
  if (rule === undefined) throw new Error('the last rule about files applies to all');
  return rule;
}

/** What a patch may make of files, for a person who lists the rules: the broker asks for each path, and the patch engine for the rest. */
export const ACT_RULES: readonly { readonly id: string; readonly says: string }[] = [
  { id: 'create, change, delete', says: "the path has to be in the plan, in the plan's own letter case" },
  { id: 'rename, move', says: 'both paths have to be in the plan' },
  {
    id: 'letter case',
    says: 'a rename that only swaps case is a rename: one section that moves, never a second file beside the first',
  },
  { id: 'copy', says: 'not by a patch: the new file is written out, and its path has to be in the plan' },
  { id: 'several files', says: 'one path outside the plan refuses the whole patch' },
  {
    id: 'dependencies',
    says: 'a change of them in a manifest is allowed where the plan names it, and the review says so',
  },
];

/** Whether a package manager writes this file. */
export function isLockFile(path: RepositoryPath): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return LOCK_FILES.has(name);
}

const LOCK_FILES: ReadonlySet<string> = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'cargo.lock',
  'go.sum',
  'go.work.sum',
  'poetry.lock',
  'uv.lock',
  'pdm.lock',
  'pixi.lock',
  'pipfile.lock',
  'pylock.toml',
  'gemfile.lock',
  'composer.lock',
  'mix.lock',
  'pubspec.lock',
  'podfile.lock',
  'package.resolved',
  'packages.lock.json',
  'gradle.lockfile',
  'flake.lock',
  'conan.lock',
  '.terraform.lock.hcl',
]);

function isNear({ path, named, isTest }: FileFacts): boolean {
  if (named.some((other) => folderOf(other) === folderOf(path))) return true;
  return isTest && named.some((other) => stemOf(other) === stemOf(path));
}

const folderOf = (path: RepositoryPath): string => path.slice(0, path.lastIndexOf('/') + 1);

/** `greet` of `src/greet.js`, of `test/greet.test.js` and of `tests/test_greet.py`. */
function stemOf(path: RepositoryPath): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.[^.]+$/, '')
    .replace(/[._-](?:tests?|spec)$|^test[._-]/i, '')
    .toLowerCase();
}
