import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../src/base/result.ts';
import {
  applyToUserTree,
  recoverApply,
  undoApply,
  type ApplyProblem,
  type Applied,
  type UserChange,
} from '../../src/node/userTree.ts';
import { folderContents } from '../support/folderContents.ts';
import { writeFiles, type FileSeed } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const unlimited = new AbortController().signal;

interface Desk extends AsyncDisposable {
  readonly root: string;
  readonly journalFolder: string;
}

async function desk(files: Readonly<Record<string, FileSeed>>): Promise<Desk> {
  const folder = temporaryFolder();
  const root = join(folder.path, 'user files');
  await mkdir(root);
  await writeFiles(root, files);
  return {
    root,
    journalFolder: join(folder.path, 'journals', '1'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const files: Readonly<Record<string, FileSeed>> = {
  'a.txt': 'one\r\n',
  'in/run.sh': { text: 'two\n', executable: true },
  'in/old': 'three',
  other: 'not part of it',
};
const changes: readonly UserChange[] = [
  { path: 'a.txt', before: 'one\r\n', after: 'ONE\r\n' },
  { path: 'in/run.sh', before: 'two\n', after: 'TWO\n' },
  { path: 'in/old', before: 'three' },
  { path: 'new/deep/er', after: '\ufeffnew €' },
  { path: 'tool', after: 'tool', executable: true },
];
const before = { 'a.txt': 'one\r\n', 'in/run.sh': '*two\n', 'in/old': 'three', other: 'not part of it' };
const after = {
  'a.txt': 'ONE\r\n',
  'in/run.sh': '*TWO\n',
  'new/deep/er': '\ufeffnew €',
  other: 'not part of it',
  tool: '*tool',
};

/** Applies to the files above after `disturb` has run, and expects a problem and untouched files. */
async function checkRefused(
  disturb: (root: string) => Promise<void>,
  asked: readonly UserChange[],
  expected: ApplyProblem,
): Promise<void> {
  await using it = await desk(files);
  await disturb(it.root);
  const contents = await folderContents(it.root);
  const result: Result<Applied, ApplyProblem> = await applyToUserTree({ ...it, changes: asked }, unlimited);
  assert.deepEqual(result, { kind: 'error', error: expected });
  assert.deepEqual(await folderContents(it.root), contents);
}

const nothing = (): Promise<void> => Promise.resolve();

describe('applying a proposal to the user’s files', () => {
  it('writes all of it, and undoes all of it', async () => {
    await using it = await desk(files);
    await chmod(join(it.root, 'in/run.sh'), 0o750);
    const applied = await applyToUserTree({ ...it, changes }, unlimited);
    assert.deepEqual(applied, { kind: 'ok', value: { paths: changes.map(({ path }) => path) } });
    assert.deepEqual(await folderContents(it.root), after);
    assert.equal((await stat(join(it.root, 'in/run.sh'))).mode & 0o777, 0o750);

    assert.equal((await undoApply(it, unlimited)).kind, 'ok');
    assert.deepEqual(await folderContents(it.root), before);
    assert.equal((await stat(join(it.root, 'in/run.sh'))).mode & 0o777, 0o750);
    assert.deepEqual(await undoApply(it, unlimited), { kind: 'error', error: { kind: 'notApplied', state: 'undone' } });
  });

  it('can change nothing but the executable bit', async () => {
    await using it = await desk({ tool: 'same' });
    const only = [{ path: 'tool', before: 'same', after: 'same', executable: true }];
    assert.equal((await applyToUserTree({ ...it, changes: only }, unlimited)).kind, 'ok');
    assert.deepEqual(await folderContents(it.root), { tool: '*same' });
    assert.equal((await undoApply(it, unlimited)).kind, 'ok');
    assert.deepEqual(await folderContents(it.root), { tool: 'same' });
  });

  it('refuses files that are not what the proposal was made for', async () => {
    const stale = (...paths: readonly string[]): ApplyProblem => ({ kind: 'stale', paths });
    await checkRefused((root) => writeFile(join(root, 'a.txt'), 'one\n'), changes, stale('a.txt'));
    await checkRefused((root) => writeFile(join(root, 'in/run.sh'), ''), changes, stale('in/run.sh'));
    await checkRefused(
      (root) => writeFiles(root, { 'new/deep/er': '\ufeffnew €', tool: '' }),
      changes,
      stale('new/deep/er', 'tool'),
    );
    await checkRefused(nothing, [{ path: 'gone', before: 'x', after: 'y' }], stale('gone'));
    await checkRefused(nothing, [...changes, { path: 'other', after: 'x' }], stale('other'));
    await checkRefused(nothing, [{ path: 'in', after: 'a folder is there' }], stale('in'));
    await checkRefused(
      (root) => writeFile(join(root, 'a.txt'), Buffer.from([0xff])),
      [{ path: 'a.txt', before: '\ufffd' }],
      stale('a.txt'),
    );
  });

  it('never leaves the work tree', async () => {
    await checkRefused(nothing, [{ path: '../x', after: '' }], { kind: 'unsafePath', paths: ['../x'] });
    await checkRefused(nothing, [{ path: '.git/config', after: '' }], { kind: 'unsafePath', paths: ['.git/config'] });
    const away = (root: string): Promise<void> => symlink(join(root, 'in'), join(root, 'away'));
    await checkRefused(away, [{ path: 'away/x', after: '' }], { kind: 'unsafePath', paths: ['away/x'] });
    const pointer = (root: string): Promise<void> => symlink(join(root, 'other'), join(root, 'pointer'));
    const onLink = [{ path: 'pointer', before: 'not part of it', after: '' }];
    await checkRefused(pointer, onLink, { kind: 'stale', paths: ['pointer'] });
  });

  it('takes everything back when a write fails', async () => {
    await using it = await desk(files);
    // `other` is a file, so no folder of that name can be made.
    const asked: readonly UserChange[] = [...changes, { path: 'other/inner', after: 'x' }];
    const result = await applyToUserTree({ ...it, changes: asked }, unlimited);
    assert.ok(result.kind === 'error' && result.error.kind === 'writeFailed' && result.error.path === 'other/inner');
    assert.deepEqual(await folderContents(it.root), before);
    assert.equal((await applyToUserTree({ ...it, changes }, unlimited)).kind, 'ok');
  });

  it('does nothing after a stop, nor twice with one journal', async () => {
    await using it = await desk(files);
    await assert.rejects(applyToUserTree({ ...it, changes }, AbortSignal.abort()), { name: 'AbortedError' });
    assert.deepEqual(await folderContents(it.root), before);
    await applyToUserTree({ ...it, changes }, unlimited);
    const again = await applyToUserTree({ ...it, changes: [] }, unlimited);
    assert.deepEqual(again, { kind: 'error', error: { kind: 'journalInUse', state: 'applied' } });
    await assert.rejects(applyToUserTree({ ...it, changes: [...changes, ...changes] }, unlimited), {
      message: /twice/,
    });
  });
});

describe('undoing', () => {
  it('writes nothing when one file has changed since', async () => {
    await using it = await desk(files);
    await applyToUserTree({ ...it, changes }, unlimited);
    await writeFiles(it.root, { 'a.txt': 'the user went on', 'in/old': 'made anew' });
    const contents = await folderContents(it.root);
    const expected = { kind: 'differs', paths: ['a.txt', 'in/old'] };
    assert.deepEqual(await undoApply(it, unlimited), { kind: 'error', error: expected });
    assert.deepEqual(await folderContents(it.root), contents);
  });

  it('keeps what the user put into a folder it made', async () => {
    await using it = await desk(files);
    await applyToUserTree({ ...it, changes }, unlimited);
    await writeFiles(it.root, { 'new/mine': 'm' });
    assert.equal((await undoApply(it, unlimited)).kind, 'ok');
    assert.deepEqual(await folderContents(it.root), { ...before, 'new/mine': 'm' });
  });

  it('knows when nothing was applied', async () => {
    await using it = await desk(files);
    assert.deepEqual(await undoApply(it, unlimited), { kind: 'error', error: { kind: 'notApplied', state: 'none' } });
  });
});

describe('recovering a change that was cut off', () => {
  /** Brings about the disk as a kill leaves it after `done` renames: the journal begun, `done` files moved, temporaries lying about. */
  async function cutOff(it: Desk, state: 'applying' | 'undoing', done: number): Promise<void> {
    assert.equal((await applyToUserTree({ ...it, changes }, unlimited)).kind, 'ok');
    const undo = state === 'applying' ? changes.slice(done) : changes.slice(0, done);
    for (const change of undo) {
      if (change.before === undefined) await rm(join(it.root, change.path), { force: true });
      else await writeFiles(it.root, { [change.path]: files[change.path] ?? '' });
    }
    const journal = join(it.journalFolder, 'journal.json');
    await writeFile(journal, (await readFile(journal, 'utf8')).replace('"applied"', `"${state}"`));
  }

  for (const state of ['applying', 'undoing'] as const) {
    for (const direction of ['finish', 'rollBack'] as const) {
      it(`ends \`${state}\` by \`${direction}\` from every point`, async () => {
        for (let done = 0; done <= changes.length; done += 1) {
          await using it = await desk(files);
          await cutOff(it, state, done);
          const result = await recoverApply({ ...it, direction }, unlimited);
          const end = (state === 'applying') === (direction === 'finish') ? 'applied' : 'undone';
          assert.deepEqual(result, { kind: 'ok', value: { kind: 'recovered', state: end } });
          assert.deepEqual(await folderContents(it.root), end === 'applied' ? after : before);
          const again = await recoverApply({ ...it, direction }, unlimited);
          assert.deepEqual(again, { kind: 'ok', value: { kind: 'nothingToDo', state: end } });
        }
      });
    }
  }

  it('writes nothing when somebody has written one of the files since', async () => {
    await using it = await desk(files);
    await cutOff(it, 'applying', 2);
    await writeFiles(it.root, { 'a.txt': 'mine now' });
    const contents = await folderContents(it.root);
    for (const direction of ['finish', 'rollBack'] as const) {
      const result = await recoverApply({ ...it, direction }, unlimited);
      assert.deepEqual(result, { kind: 'error', error: { kind: 'blocked', paths: ['a.txt'] } });
    }
    assert.deepEqual(await folderContents(it.root), contents);
  });

  it('has nothing to do without a journal, and trusts no damaged one', async () => {
    await using it = await desk(files);
    const none = await recoverApply({ ...it, direction: 'finish' }, unlimited);
    assert.deepEqual(none, { kind: 'ok', value: { kind: 'nothingToDo', state: 'none' } });
    await cutOff(it, 'applying', 0);
    await writeFile(join(it.journalFolder, '0.after'), 'damaged');
    await assert.rejects(recoverApply({ ...it, direction: 'finish' }, unlimited), { message: /damaged/ });
    assert.deepEqual((await folderContents(it.root))['a.txt'], 'one\r\n');
    assert.deepEqual(
      (await readdir(it.root)).filter((name) => name.startsWith('.speckit')),
      [],
    );
  });
});
