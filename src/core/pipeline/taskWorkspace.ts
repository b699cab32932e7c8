import { actsOf, brokered, parseForTask } from '../agent/brokered.ts';
import type { AgentWorkspace, ToolResult } from '../agent/tool.ts';
import { applyPatch } from '../patch/apply.ts';
import { dependencyChanges } from '../patch/dependencyChanges.ts';
import { describePatchError } from '../patch/describe.ts';
import type { Patch } from '../patch/patch.ts';
import { pathsOf, type Contract } from '../policy/scope/broker.ts';
import { cutMiddle } from '../run/normalise.ts';
import { REDACTION_MARK } from '../run/redaction.ts';
import type { Role } from '../run/stage.ts';
import type { FileChange, RepositoryPath, TreeId } from '../ports.ts';
import type { TaskScope } from './amendment.ts';
import type { RunContext } from './context.ts';
import { runCheck } from './evidence.ts';
import { outputText } from './prose.ts';
import { patchedFiles } from './patchedFiles.ts';

/** What became of one patch. `outside` are its files that the plan does not name: then none of it was applied. */
export interface PatchRecord {
  readonly outcome: 'applied' | 'refused';
  readonly files: readonly RepositoryPath[];
  readonly outside: readonly RepositoryPath[];
}

/** Whose workspace it is, and which files its role may change. */
export interface WorkerAddress {
  readonly task: string;
  readonly worker: string;
  readonly role: Role;
  readonly scope: TaskScope;
  readonly onPatch: (record: PatchRecord) => void;
}

/** File names listed at once. */
const LIST_FILES = 400;

/** The workspace as a worker at one task sees it, behind the broker: what its role and the plan do not allow does not happen, and is recorded. */
export function agentWorkspace(context: RunContext, address: WorkerAddress): AgentWorkspace {
  const contract = (): Contract => ({
    role: address.role,
    files: address.scope.files,
    specsFolder: context.configuration.spec.folder,
    asksLeft: address.scope.asksLeft,
  });
  return brokered(openWorkspace(context, address), contract, (key, call, { rule, reason, outside }) => {
    const paths = call.kind === 'patch' ? pathsOf(call.acts) : 'path' in call ? [call.path] : [];
    context.steps.note('CallRefused', {
      key,
      role: address.role,
      call: call.kind,
      paths: paths.slice(0, 100),
      rule,
      reason: cutMiddle(reason, 2_000),
      by: null,
    });
    if (call.kind !== 'patch') return;
    address.onPatch({ outcome: 'refused', files: paths, outside });
    const { tree } = context.workspace.current;
    note(context, address, { key, outcome: 'refused', files: paths, hunks: 0, text: reason, before: tree });
  });
}

/** The same with nothing in front of it: only the broker may hand it out. */
function openWorkspace(context: RunContext, address: WorkerAddress): AgentWorkspace {
  const { workspace } = context;
  return {
    list: async (key, folder) => ({ outcome: 'ok', text: below(await workspace.list(key), folder) }),
    search: (key, text, folder) => workspace.search(key, text, folder),
    async read(key, path) {
      const content = await workspace.read(key, path);
      if (content === null) return { outcome: 'failed', text: `There is no file ${path}.` };
      const cap = context.configuration.limits.file_bytes;
      return content.kind === 'text'
        ? { outcome: 'ok', text: cutMiddle(content.text, cap) }
        : { outcome: 'failed', text: `${path} is binary (${content.bytes} bytes).` };
    },
    applyPatch: (key, patch) => applyPatchText(context, address, key, patch),
    async runCheck(_key, name) {
      const names = Object.keys(context.configuration.checks);
      if (!names.includes(name))
        return {
          outcome: 'failed',
          text: `There is no check ${name}. The checks are: ${names.join(', ') || '(none)'}.`,
        };
      const evidence = await runCheck(context, name, 'proposal', workspace.current);
      const { outcome, exitCode } = evidence;
      return {
        outcome: 'ok',
        text: `${name}: ${outcome}${exitCode === null ? '' : `, exit code ${exitCode}`}\n${outputText(evidence)}`,
      };
    },
    askForFile: (key, path, reason) => address.scope.askForFile(key, path, reason),
  };
}

function below(paths: readonly string[], folder: string): string {
  const prefix = folder === '' || folder === '.' ? '' : `${folder.replace(/^\.\//, '').replace(/\/+$/, '')}/`;
  const found = paths.filter((path) => path.startsWith(prefix));
  const shown = found.slice(0, LIST_FILES);
  if (shown.length === 0) return `There is no file below ${folder}.`;
  return found.length > shown.length
    ? [...shown, `[${found.length - shown.length} more: name a folder]`].join('\n')
    : shown.join('\n');
}

/** Parses and applies one patch whose files the broker has allowed. Refusals come back as words for the model. */
async function applyPatchText(
  context: RunContext,
  address: WorkerAddress,
  key: string,
  text: string,
): Promise<ToolResult> {
  const before = context.workspace.current;
  const refuse = (why: string, files: readonly string[]): ToolResult => {
    address.onPatch({ outcome: 'refused', files, outside: [] });
    note(context, address, { key, outcome: 'refused', files, hunks: 0, text: why, before: before.tree });
    return { outcome: 'refused', text: why };
  };
  if (text.includes(REDACTION_MARK)) return refuse(REDACTED, []);
  const patch = parseForTask(text, address.scope.files);
  if (patch.kind === 'error') return refuse(describePatchError(patch.error), []);
  const paths = pathsOf(actsOf(patch.value));
  // The bytes themselves, which are recorded nowhere: what a model reads has marks in the place of secrets.
  const read = await patchedFiles((path) => context.tree.readAt(before.tree, path), paths);
  if (read.kind === 'error') return refuse(read.error, paths);
  const files = new Map(read.value);
  const created = paths.filter((path) => !files.has(path));
  for (const path of await namesakes(context, before.tree, created)) files.set(path, files.get(path) ?? '');
  const changes = applyPatch(patch.value, files);
  if (changes.kind === 'error') return refuse(whyNot(context, patch.value, files, changes.error), paths);
  await context.workspace.apply(key, changes.value.changes);
  address.onPatch({ outcome: 'applied', files: paths, outside: [] });
  const hunks = changes.value.hunks.length;
  const done = [summary(changes.value.changes), ...dependencyTexts(files, changes.value.changes)].join('. ');
  note(context, address, { key, outcome: 'applied', files: paths, hunks, text: done, before: before.tree });
  return { outcome: 'ok', text: `Applied: ${done}.` };
}

/** Files whose names differ from those of new ones by the case of letters alone: on many disks they are the same, and the engine must know of them. */
async function namesakes(
  context: RunContext,
  tree: TreeId,
  paths: readonly RepositoryPath[],
): Promise<readonly RepositoryPath[]> {
  if (paths.length === 0) return [];
  const wanted = new Set(paths.map((path) => path.toLowerCase()));
  return (await context.tree.listAt(tree)).filter((path) => wanted.has(path.toLowerCase()) && !paths.includes(path));
}

/** What a model is told of a patch with a mark in it. */
const REDACTED = [
  `The patch holds a redaction mark (\`${REDACTION_MARK}...]\`), so nothing of it was applied. In the file a secret stands there, which is shown to nobody.`,
  'Make hunks whose lines, context included, leave the marked lines out: fewer lines of context are fine. A marked line cannot be changed or removed by a patch; if the task needs that, say so in your last answer, and a person does it.',
  'Where the secret was your own: write none into a file. Read it from the environment, and in tests use words that no one takes for a key, such as `not-a-real-password`.',
].join('\n');

/** Why a patch does not fit, in words that quote the files as a model sees them. */
function whyNot(
  context: RunContext,
  patch: Patch,
  files: ReadonlyMap<RepositoryPath, string>,
  error: Parameters<typeof describePatchError>[0],
): string {
  const shown = applyPatch(patch, new Map([...files].map(([path, text]) => [path, context.redaction.text(text)])));
  return context.redaction.text(describePatchError(shown.kind === 'error' ? shown.error : error));
}

function summary(changes: readonly FileChange[]): string {
  return changes.map((change) => `${change.kind === 'delete' ? 'deleted' : 'wrote'} ${change.path}`).join(', ');
}

/** A change of dependencies is said as such, to the model and in the log: one sentence for each manifest, without its full stop. */
function dependencyTexts(
  files: ReadonlyMap<RepositoryPath, string>,
  changes: readonly FileChange[],
): readonly string[] {
  const differences = changes.map((change) => {
    const [before, after] = [files.get(change.path), change.kind === 'write' ? change.content : undefined];
    return { path: change.path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
  });
  return dependencyChanges(differences).map(
    ({ path, changes: all }) => `This changes the dependencies of ${path}, and the review says so: ${all.join(', ')}`,
  );
}

function note(
  context: RunContext,
  address: WorkerAddress,
  facts: {
    key: string;
    outcome: 'applied' | 'refused';
    files: readonly string[];
    hunks: number;
    text: string;
    before: string;
  },
): void {
  const { files, ...rest } = facts;
  context.steps.note('PatchApply', {
    ...rest,
    text: rest.text.slice(0, 2_000),
    files: [...files],
    task: address.task,
    worker: address.worker,
    after: context.workspace.current.tree,
  });
}
