import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EXPORT_CONTENTS } from '../../src/core/run/exported.ts';
import { openRunFeed, type RunFeed } from '../../src/extension/engine/runFeed.ts';
import type { FeedMessage } from '../../src/protocol/feed.ts';
import { userGit } from '../support/gitRepository.ts';
import { KINDS } from '../support/plantedSecrets.ts';
import { eventsOf } from '../support/killedRun.ts';
import { appOf } from '../support/projectApp.ts';
import { GOOD_CODE, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';
import {
  ALL,
  IN_ANSWERS,
  KEPT,
  leaksIn,
  linesOf,
  PROJECT,
  said,
  SECRET_PROJECT,
  SECRETS,
  writeDotenv,
} from '../support/secretProject.ts';
import { until } from '../support/until.ts';

async function open(): Promise<ScriptedProject> {
  const project = await scriptedProject(SECRET_PROJECT);
  writeDotenv(project);
  return project;
}

/** All files below a folder, relative to it. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));

/** Ids of the blobs and commits of a repository's store. */
async function objectsOf(root: string): Promise<ReadonlySet<string>> {
  const listed = await userGit(root, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname) %(objecttype)');
  const lines = listed.split('\n').map((line) => line.split(' '));
  return new Set(lines.flatMap(([id = '', type]) => (type === 'blob' || type === 'commit' ? [id] : [])));
}

/** The repository's own files: what a person put there, as it was and as it is now. */
const OWN = new Set(['src/greet.js', 'config/settings.txt', 'specs/SPEC-001-greeting/spec.md', '.env']);
const RUN = 'run-1';

/** What left: facts alone, or everything that can be named; no absolute path, no name of a person. */
function checkExports({ folder, root }: ScriptedProject): void {
  const textOf = (name: string): string =>
    filesBelow(folder.join(name))
      .map((file) => readFileSync(folder.join(name, file), 'utf8'))
      .join('\n');
  assert.deepEqual(filesBelow(folder.join('facts')).toSorted(), ['events.jsonl', 'export.json']);
  const events = readFileSync(folder.join('facts', 'events.jsonl'), 'utf8').trimEnd().split('\n');
  const first = JSON.parse(events[0] ?? '') as Readonly<Record<string, unknown>>;
  assert.deepEqual(Object.keys(first), ['seq', 'time', 'event_type', 'payload']);
  assert.equal(first['event_type'], 'RunStart');
  assert.ok(!textOf('facts').includes('All done, as follows') && textOf('all').includes('All done, as follows'));
  for (const name of ['facts', 'all']) {
    const text = textOf(name);
    assert.ok(!text.includes(folder.path) && !text.includes(root), 'no absolute path');
    const told = text.match(/.{0,60}(?:\bAda\b|"by":"(?!person)|"host"|"pid").{0,20}/g) ?? [];
    assert.deepEqual(told.slice(0, 5), [], `${name}: no person, no computer`);
  }
  const { leftOut } = JSON.parse(readFileSync(folder.join('facts', 'export.json'), 'utf8')) as {
    readonly leftOut: readonly { readonly what: string; readonly why: string }[];
  };
  const whats = leftOut.map(({ what }) => what);
  for (const what of [
    'prompts',
    'answers',
    'output',
    'changes',
    'notes',
    'policy',
    'OwnerChange.host',
    'StepEnd.output',
  ])
    assert.ok(whats.includes(what), what);
  assert.match(leftOut.find(({ what }) => what === 'prompts')?.why ?? '', /--include prompts/);
}

describe('two hundred planted secrets', function () {
  this.timeout(90_000);

  it('are of more than twenty kinds', () => {
    assert.equal(ALL.length, 200);
    assert.ok(Object.keys(KINDS).length > 20);
    assert.equal(new Set(ALL.map(({ value }) => value)).size, 200);
  });

  it('are found nowhere after a whole run: log, blobs, documents, objects, user folders, requests, terminal', async () => {
    await using project = await open();
    const before = await objectsOf(project.root);
    const outputs: string[] = [];
    const speckit = async (exit: number, ...words: readonly string[]): Promise<void> => {
      const result = await project.speckit(...words);
      outputs.push(result.stdout, result.stderr);
      assert.equal(result.exit, exit, `speckit ${words[0]}: ${result.stderr}`);
    };
    await speckit(11, '--events', 'auto', 'SPEC-001', '--run-id', RUN);
    for (const verb of ['show', 'explain', 'diff', 'status'])
      await speckit(0, verb, ...(verb === 'status' ? [] : [RUN]));
    await speckit(0, 'tell', RUN, `mind this:\n${said.slice(0, 3_000)}`);
    await speckit(0, 'reject', RUN, '--file', 'test/greet.test.js', '--hunk', '1', '--why', said.slice(0, 3_000));
    // A person's edit of a file with secrets is kept without them, and one that adds a secret is not taken.
    const edited = project.folder.join('edited.js');
    const mine = `// mine\n${GOOD_CODE}${KEPT}`;
    writeFileSync(edited, `${mine}${IN_ANSWERS[0]?.line ?? ''}\n`);
    await speckit(4, 'edit', RUN, '--file', 'src/greet.js', '--from', edited);
    writeFileSync(edited, mine);
    await speckit(0, 'edit', RUN, '--file', 'src/greet.js', '--from', edited);
    rmSync(edited);
    await speckit(0, 'approve', RUN, '--file', 'src/greet.js');
    // What is applied are the bytes themselves, secrets included: they are the user's own.
    assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), mine);

    await speckit(4, 'export', RUN);
    await speckit(4, 'export', RUN, '--to', project.root);
    await speckit(4, 'export', RUN, '--to', project.folder.join('some'), '--include', 'everything');
    await speckit(0, 'export', RUN, '--to', project.folder.join('facts'));
    await speckit(0, 'export', RUN, '--to', project.folder.join('all'), '--include', EXPORT_CONTENTS.join(','));
    checkExports(project);

    const own = new Set([...OWN].map((file) => readFileSync(path.join(project.root, file), 'utf8')));
    own.add(PROJECT['src/greet.js']);
    own.add(`${GOOD_CODE}${KEPT}`);
    const leaks = project.folder.path;
    const found = filesBelow(leaks).flatMap((file) => {
      const inRoot = path.relative('repository', file);
      const inTree = file.split(`${path.sep}trees${path.sep}${RUN}${path.sep}`)[1];
      const text = readFileSync(path.join(leaks, file), 'latin1');
      // The copies of a changed file that undo needs, whole, are the repository's own bytes too.
      if (OWN.has(inRoot) || (inTree !== undefined && OWN.has(inTree)) || own.has(text)) return [];
      return leaksIn(text, file);
    });
    assert.deepEqual(found, []);
    const after = [...(await objectsOf(project.root))].filter((id) => !before.has(id));
    const made: string[] = [];
    for (const id of after) {
      const text = await userGit(project.root, 'cat-file', '-p', id);
      if (!own.has(text)) made.push(...leaksIn(text, id));
    }
    assert.ok(after.length > 2, 'the run made checkpoints');
    assert.deepEqual(made, []);
    assert.deepEqual(leaksIn(outputs.join('\n'), 'terminal'), []);
    assert.deepEqual(
      leaksIn(project.server.requests.map(({ body }) => JSON.stringify(body)).join('\n'), 'requests'),
      [],
    );
    // They did come by: the marks stand where they stood, in what the model was asked and in what it wrote.
    const requests = project.server.requests.map(({ body }) => JSON.stringify(body)).join('\n');
    for (const mark of ['SERVICE_7_TOKEN', 'PART_7_SECRET', 'github', 'url-password', 'private-key', 'aws-access-key'])
      assert.ok(requests.includes(`[redacted:${mark}]`), mark);
    const refused = (await eventsOf(project)).filter(
      (event) => event.kind === 'PatchApply' && event.payload.outcome === 'refused',
    );
    assert.match(JSON.stringify(refused), /holds a redaction mark/);
  });

  it('are in no message to the webview, neither as the answer streams nor afterwards', async () => {
    await using project = await open();
    // A person's own document, which the run leaves alone: the panel shows it as well.
    writeFileSync(path.join(project.root, 'specs/SPEC-001-greeting/plan.md'), `# Mine\n\n${linesOf(SECRETS)}\n`);
    const messages: FeedMessage[] = [];
    const feeds: RunFeed[] = [];
    const opened = Promise.withResolvers<RunFeed>();
    const app = appOf(project, {
      onEvent: (_run, event) => {
        if (event.kind !== 'OwnerChange') return;
        const feed = openRunFeed(
          { app, runId: RUN, isOwn: () => true, requested: () => undefined, saidSoFar: () => [] },
          (message) => {
            messages.push(message);
            for (const open of feeds) open.acknowledge(message.seq);
          },
        );
        feed.then((open) => feeds.push(open)).catch(opened.reject);
        feed.then(opened.resolve, opened.reject);
      },
      onProgress: (_run, progress) => feeds[0]?.progress(progress),
    });
    await app.run({ specId: 'SPEC-001', until: 'unlock', runId: RUN });
    using _feed = await opened.promise;
    const drawn = (): string => JSON.stringify(messages);
    await until(
      'the proposal and the audit in the panel',
      () => drawn().includes('"proposal"') && drawn().includes('audit.md'),
    );
    assert.deepEqual(leaksIn(drawn(), 'webview'), []);
    assert.ok(drawn().includes('# Mine') && drawn().includes('[redacted:github]'), 'the document is shown, with marks');
    const runFolder = path.join(project.root, '.git/speckit');
    const kept = filesBelow(runFolder).flatMap((file) =>
      leaksIn(readFileSync(path.join(runFolder, file), 'utf8'), file),
    );
    assert.deepEqual(kept, []);
  });
});
