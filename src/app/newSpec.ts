import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withAbort } from '../base/withAbort.ts';
import { nextSpecId, slugOf, specFolderName } from '../core/spec/ids.ts';
import { draftText, type SpecDraft } from '../core/spec/draft.ts';
import { acquireRunLock, type RunLock } from '../node/lock.ts';
import { CommandProblem } from './problem.ts';
import { openRepositoryAndBranches, type Services } from './services.ts';
import { listSpecFolders, SPEC_BYTES } from './specFolders.ts';
import { specSettings, type SpecSettings } from './specSettings.ts';
import { readTextFile, textFileText } from './textFile.ts';

/** What `speckit new` made: paths are repository-relative. */
export interface NewSpec {
  readonly id: string;
  readonly folder: string;
  readonly file: string;
}

/** What a new spec begins with: its title, or a text to take in, or both. `from` is an absolute path, `body` the text itself. */
export interface NewSpecRequest {
  readonly title?: string;
  readonly body?: string;
  readonly from?: string;
}

/**
 * Makes a spec's folder and its spec.md from the template, without a model. Its number is one above those of all spec folders and branches.
 * Processes that do so at once wait for each other at a lock that dies with its holder, so that none gets an id twice and none is left over.
 */
export async function newSpec(services: Services, request: NewSpecRequest): Promise<NewSpec> {
  const { signal } = services.host;
  const repository = await openRepositoryAndBranches(services);
  const settings = await specSettings(services, repository);
  const body = request.from === undefined ? request.body : await bodyOf(request.from);
  const title = titleOf(request, body);
  const created = new Date(services.clock.now()).toISOString().slice(0, 10);
  const prefix = prefixFor(repository.root, settings);
  await using _turn = await waitForTurn(path.join(repository.commonDir, 'speckit', 'new-spec'), signal);
  const names = await listSpecFolders(repository.root, settings.folder);
  const id = nextSpecId({ prefix, digits: settings.id_digits, taken: [...names, ...repository.branches] });
  const folder = `${settings.folder}/${specFolderName(id, slugOf(title))}`;
  const file = `${folder}/spec.md`;
  const text = await textOf({ id, title, created, ...(body === undefined ? {} : { body }) });
  mkdirSync(path.join(repository.root, folder), { recursive: true });
  writeFileSync(path.join(repository.root, file), text, { flag: 'wx' });
  return { id, folder, file };
}

/** Only a body has to be read as a spec: without one, the parser need not be loaded. */
async function textOf(draft: SpecDraft): Promise<string> {
  if (draft.body === undefined) return draftText(draft);
  const { specTemplate } = await import('../core/spec/template.ts');
  return specTemplate(draft);
}

/** Repositories laid out by spec-kit number their specs without a prefix; one that a person has set wins. */
function prefixFor(root: string, { id_prefix: prefix, hasDefaultPrefix }: SpecSettings): string {
  if (!hasDefaultPrefix) return prefix;
  const found = statSync(path.join(root, '.specify'), { throwIfNoEntry: false });
  return found?.isDirectory() === true ? '' : prefix;
}

async function bodyOf(from: string): Promise<string> {
  const text = await readTextFile(from, SPEC_BYTES);
  if (text.kind === 'error')
    throw new CommandProblem(
      'usage',
      `${textFileText(text.error, from, 'Name the file whose text the spec takes in: --from notes.md.')} No spec was made.`,
    );
  return text.value;
}

function titleOf({ title, from }: NewSpecRequest, body: string | undefined): string {
  const heading = body === undefined ? undefined : /^#\s+(.+)$/m.exec(body)?.[1];
  const found = (title ?? heading ?? '').trim();
  if (found !== '') return found;
  if (from === undefined)
    throw new CommandProblem('usage', 'A spec needs a title: speckit new "Rate limit per API key".');
  throw new CommandProblem(
    'usage',
    `${from} has no title. Begin it with "# Title", or give one: speckit new "Title" --from ${path.basename(from)}. No spec was made.`,
  );
}

/** How often it is looked whether the process before us is done, and how long: each needs a few milliseconds. */
const POLL_MS = 10;
const WAIT_MS = 30_000;

async function waitForTurn(folder: string, signal: AbortSignal): Promise<RunLock> {
  for (let waited = 0; waited < WAIT_MS; waited += POLL_MS) {
    const lock = await acquireRunLock(folder);
    if (lock.kind === 'ok') return lock.value;
    await withAbort(new Promise((resolve) => setTimeout(resolve, POLL_MS)), signal);
  }
  throw new CommandProblem(
    'infrastructure',
    `Another process has been making a spec in this repository for ${WAIT_MS / 1000} s. No spec was made; try again when it is done.`,
  );
}
