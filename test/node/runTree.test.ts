import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { FileChange } from '../../src/core/ports.ts';
import { createRunTree, openRunTree, removeRunTree } from '../../src/node/runTree.ts';
import { commitAll, makeRepository, userGit, writeFiles } from '../support/gitRepository.ts';
import {
  apply,
  bench,
  benchAt,
  checkpoint,
  evidenceTree,
  list,
  repositoryAt,
  specFolder,
  text,
  unlimited,
  userState,
  write,
} from '../support/runTreeBench.ts';

describe('a run’s tree', () => {
  it('leaves the user’s HEAD, index, configuration, branches and files as they are', async () => {
    await using it = await bench({ a: 'one\n', 'in/b': 'two\n', c: 'three\n', '.gitignore': 'out\n' });
    await writeFiles(it.root, { a: 'dirty\n', c: 'staged\n', untracked: 'x', out: 'ignored' });
    await userGit(it.root, 'add', 'c');
    const before = await userState(it.root);

    const tree = await it.create([write(`${specFolder}/spec.md`, '# saved, not committed\n')]);
    await apply(tree, [write('a', 'by the run\n'), { kind: 'delete', path: 'in/b' }]);
    const first = await checkpoint(tree, 'a first one');
    await tree.restore(tree.baseTree);
    await tree.restore(first);
    await removeRunTree({ ...it.start, refs: 'keep' }, unlimited);

    assert.deepEqual(await userState(it.root), before);
    const kept = await userGit(it.root, 'for-each-ref', '--format=%(refname) %(objecttype)');
    assert.equal(
      kept,
      'refs/heads/main commit\nrefs/speckit/run-1/base commit\nrefs/speckit/run-1/checkpoint commit\n',
    );
    await removeRunTree({ ...it.start, refs: 'delete' }, unlimited);
    assert.equal(await userGit(it.root, 'for-each-ref', '--format=%(refname)'), 'refs/heads/main\n');
    assert.deepEqual(await readdir(it.start.worktreesFolder), []);
  });

  it('tells whether a file was written, also with the same bytes and an old time, and of nothing but plain files', async () => {
    await using it = await bench({ a: 'one\n', 'in/b': 'two\n' });
    const tree = await it.create([]);
    const first = await tree.written('a');
    assert.equal(first?.bytes, 4);
    assert.deepEqual(await tree.written('a'), first, 'looking changes nothing');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await writeFile(join(tree.root, 'a'), 'one\n');
    await utimes(join(tree.root, 'a'), 1, 1);
    const second = await tree.written('a');
    assert.deepEqual([second?.bytes, second?.mark !== first?.mark], [4, true]);
    await writeFiles(it.folder, { 'outside/b': 'mine' });
    await symlink(join(it.folder, 'outside'), join(tree.root, 'out'));
    await symlink(join(it.folder, 'outside/b'), join(tree.root, 'linked'));
    await promisify(execFile)('mkfifo', [join(tree.root, 'pipe')]);
    for (const path of ['in', 'out/b', 'linked', 'pipe', 'nothing', 'in/b/c', '../outside/b', '/etc/hostname'])
      assert.equal(await tree.written(path), undefined, path);
  });

  it('is put back where a command has replaced folders and files by links, and what they lead to stays', async () => {
    await using it = await bench({ a: 'one\n', 'in/b': 'two\n', 'in/deep/c': 'three\n' });
    const outside = join(it.folder, 'outside');
    const there = { a: 'mine', b: 'mine', 'deep/c': 'mine', 'deep/d': 'mine' };
    await writeFiles(outside, there);
    const tree = await it.create([]);
    for (const name of ['a', 'in', '.git']) await rm(join(tree.root, name), { recursive: true });
    await symlink(outside, join(tree.root, 'in'));
    await symlink(join(outside, 'a'), join(tree.root, 'a'));
    await symlink(outside, join(tree.root, '.git'));
    assert.notEqual(await tree.snapshot(), tree.baseTree);
    await tree.restore(tree.baseTree);
    assert.deepEqual(await tree.read('in/deep/c'), text('three\n'));
    assert.equal(await tree.snapshot(), tree.baseTree);
    for (const [name, content] of Object.entries(there))
      assert.equal(await readFile(join(outside, name), 'utf8'), content);
  });

  it('starts from HEAD with the overlays, not from what is dirty', async () => {
    await using it = await bench();
    await writeFiles(it.root, { a: 'dirty\n', untracked: 'x' });
    const overlay = write(`${specFolder}/spec.md`, 'spec\n');
    const tree = await it.create([overlay, write('in/b', 'saved\n')]);
    assert.deepEqual(await list(tree), ['a', 'in/b', `${specFolder}/spec.md`]);
    assert.deepEqual(await tree.read('a'), text('one\n'));
    assert.deepEqual(await tree.read('in/b'), text('saved\n'));
    assert.equal(await tree.snapshot(), tree.baseTree);
    assert.equal(
      await evidenceTree(tree),
      await tree.compose((await userGit(it.root, 'rev-parse', 'HEAD:')).trim(), [write('in/b', 'saved\n')]),
    );
  });

  it('takes the commit’s own tree as its base when nothing lies over it', async () => {
    await using it = await bench();
    const tree = await it.create();
    assert.equal(`${tree.baseTree}\n`, await userGit(it.root, 'rev-parse', 'HEAD:'));
    assert.equal(await userGit(tree.root, 'rev-parse', 'HEAD'), `${it.repository.head}\n`);
  });

  it('lets commands see a repository that is not the user’s', async () => {
    await using it = await bench();
    await userGit(it.root, 'tag', '-a', 'v1.2', '-m', 'a version');
    await userGit(it.root, 'remote', 'add', 'origin', 'https://example.com/r.git');
    const before = await userState(it.root);
    const tree = await it.create();
    assert.equal(await userGit(tree.root, 'status', '--porcelain'), '');
    assert.equal(await userGit(tree.root, 'describe'), 'v1.2\n');
    assert.equal(await userGit(tree.root, 'remote'), '');
    await writeFiles(tree.root, { a: 'changed\n' });
    assert.equal(await userGit(tree.root, 'diff', '--name-only'), 'a\n');
    await userGit(tree.root, 'config', 'user.name', 'Somebody Else');
    await userGit(tree.root, 'commit', '--quiet', '--all', '--message', 'by a command');
    await userGit(tree.root, 'checkout', '--quiet', '-b', 'mine');
    assert.deepEqual(await userState(it.root), before);
    assert.deepEqual(await tree.differences(tree.baseTree, await tree.snapshot()), [
      { path: 'a', change: 'modified', before: 'one\n', after: 'changed\n', binary: false },
    ]);
  });

  it('is not led astray by what a command sets up in its repository', async () => {
    await using it = await bench();
    const tree = await it.create();
    const before = await tree.snapshot();
    await userGit(tree.root, 'config', 'filter.evil.clean', `touch ${join(it.folder, 'ran')}; cat`);
    await userGit(tree.root, 'config', 'core.fsmonitor', `touch ${join(it.folder, 'ran')}`);
    await apply(tree, [write('.gitattributes', '* filter=evil\n'), write('a', 'new\n')]);
    await tree.snapshot();
    await tree.restore(before);
    assert.deepEqual(await tree.read('a'), text('one\n'));
    assert.ok(!existsSync(join(it.folder, 'ran')));
  });
});

describe('applying changes to a run’s tree', () => {
  it('writes, deletes and keeps the executable bit', async () => {
    await using it = await bench({ run: { text: 'x', executable: true }, plain: 'y', 'deep/er/only': 'z' });
    const tree = await it.create();
    await apply(tree, [
      write('run', 'x2'),
      write('plain', 'y2'),
      write('new/tool', 'n', true),
      { kind: 'delete', path: 'deep/er/only' },
      { kind: 'delete', path: 'never/was' },
    ]);
    const executable = async (path: string): Promise<boolean> =>
      ((await stat(join(tree.root, path))).mode & 0o111) !== 0;
    assert.deepEqual(await Promise.all(['run', 'plain', 'new/tool'].map(executable)), [true, false, true]);
    assert.deepEqual(await list(tree), ['new/tool', 'plain', 'run']);
    assert.ok(!existsSync(join(tree.root, 'deep')));
    await apply(tree, [write('run', 'x3', false)]);
    assert.equal(await executable('run'), false);
    const after = await tree.snapshot();
    await tree.restore(tree.baseTree);
    assert.equal(await executable('run'), true);
    assert.equal(await tree.compose(tree.baseTree, []), tree.baseTree);
    const composed = await tree.compose(tree.baseTree, [
      write('run', 'x3', false),
      write('plain', 'y2'),
      write('new/tool', 'n', true),
      { kind: 'delete', path: 'deep/er/only' },
    ]);
    assert.equal(composed, after);
  });

  it('lets a file make room for a folder and the other way round', async () => {
    await using it = await bench({ thing: 'file', 'dir/x': '1' });
    const tree = await it.create();
    const changes: FileChange[] = [
      { kind: 'delete', path: 'thing' },
      write('thing/inner', 'i'),
      { kind: 'delete', path: 'dir/x' },
      write('dir', 'now a file'),
    ];
    await apply(tree, changes);
    assert.equal(await tree.snapshot(), await tree.compose(tree.baseTree, changes));
    assert.deepEqual(await list(tree), ['dir', 'thing/inner']);
  });

  const refused: readonly (readonly [name: string, change: FileChange, reason: RegExp])[] = [
    ['out of the root', write('../x', ''), /not a repository path/],
    ['an absolute path', write('/tmp/x', ''), /not a repository path/],
    ['through a dot', write('./x', ''), /not a repository path/],
    ['into .git', write('in/.GIT/hooks/x', ''), /not a repository path/],
    ['through a link to a folder', write('away/x', ''), /away/],
    ['a deletion through a link', { kind: 'delete', path: 'away/victim' }, /away/],
    ['onto a link', write('pointer', ''), /pointer/],
    ['onto a folder', write('in', ''), /in is (no plain file|a folder)/],
    ['half a character', write('a', '\ud800'), /surrogate/],
  ];
  for (const [name, change, reason] of refused) {
    it(`refuses ${name}, and writes nothing else either`, async () => {
      await using it = await bench();
      const outside = join(it.folder, 'outside');
      await writeFiles(outside, { victim: 'safe' });
      await symlink(outside, join(it.root, 'away'));
      await symlink(join(outside, 'victim'), join(it.root, 'pointer'));
      await commitAll(it.root, 'links');
      const tree = await (await benchAt(it.folder, it.root)).create();
      await assert.rejects(tree.compose(tree.baseTree, [write('a', 'no\n'), change]), { message: reason });
      assert.equal(await tree.snapshot(), tree.baseTree);
      assert.equal(await readFile(join(outside, 'victim'), 'utf8'), 'safe');
      assert.deepEqual(await readdir(outside), ['victim']);
    });
  }

  it('writes nothing through a link that git ignores and a command has made', async () => {
    await using it = await bench({ a: 'one\n', '.gitignore': 'away\n' });
    const outside = join(it.folder, 'outside');
    await writeFiles(outside, { victim: 'safe' });
    const tree = await it.create();
    await symlink(outside, join(tree.root, 'away'));
    await apply(tree, [write('away/victim', 'mine\n')]);
    assert.deepEqual(await tree.read('away/victim'), text('mine\n'));
    assert.equal(await readFile(join(outside, 'victim'), 'utf8'), 'safe');
  });

  it('keeps a written file that git would ignore', async () => {
    await using it = await bench({ a: 'one\n', '.gitignore': 'out\n' });
    const tree = await it.create();
    await apply(tree, [write('out/made', 'by the plan\n')]);
    assert.deepEqual(await list(tree), ['.gitignore', 'a', 'out/made']);
  });

  it('reads no file through a link', async () => {
    await using it = await bench();
    const tree = await it.create();
    await writeFiles(it.folder, { 'outside/secret': 'key' });
    await symlink(join(it.folder, 'outside'), join(tree.root, 'away'));
    await symlink(join(it.folder, 'outside', 'secret'), join(tree.root, 'pointer'));
    await assert.rejects(tree.read('away/secret'), { message: 'away/secret leads through the symbolic link away' });
    const size = join(it.folder, 'outside', 'secret').length;
    assert.deepEqual(await tree.read('pointer'), {
      kind: 'binary',
      bytes: Buffer.byteLength(join(it.folder, 'outside', 'secret')),
    });
    assert.ok(size > 0);
    const snapshot = await tree.snapshot();
    assert.deepEqual(await tree.readAt(snapshot, 'pointer'), await tree.read('pointer'));
    assert.deepEqual(await tree.differences(tree.baseTree, snapshot), [
      { path: 'away', change: 'added', binary: true },
      { path: 'pointer', change: 'added', binary: true },
    ]);
  });

  it('does not write through a hard link', async () => {
    await using it = await bench();
    const tree = await it.create();
    await writeFile(join(it.folder, 'store'), 'shared\n');
    await link(join(it.folder, 'store'), join(tree.root, 'linked'));
    await apply(tree, [write('linked', 'mine\n')]);
    assert.equal(await readFile(join(it.folder, 'store'), 'utf8'), 'shared\n');
  });
});

describe('checkpoints of a run’s tree', () => {
  it('are commits in a row under the run’s ref', async () => {
    await using it = await bench();
    const tree = await it.create([write('in/b', 'overlay\n')]);
    await writeFiles(tree.root, { untracked: 'u' });
    const first = await checkpoint(tree, 'first\nwith a second line');
    await apply(tree, [write('a', 'more\n')]);
    const second = await checkpoint(tree, 'second');
    const log = await userGit(it.root, 'log', '--format=%T %s (%an)', 'refs/speckit/run-1/checkpoint');
    assert.deepEqual(log.trimEnd().split('\n'), [
      `${second} second (SpecKit)`,
      `${first} first with a second line (SpecKit)`,
      `${tree.baseTree} where the run started (SpecKit)`,
      `${(await userGit(it.root, 'rev-parse', 'HEAD:')).trim()} first (User)`,
    ]);
    assert.deepEqual(await tree.readAt(first, 'untracked'), text('u'));
  });

  it('survive the loss of the tree and the user’s next commits', async () => {
    await using it = await bench();
    const tree = await it.create([write('in/b', 'overlay\n')]);
    await apply(tree, [write('a', 'kept\n'), write('new', 'n')]);
    const kept = await checkpoint(tree, 'kept');
    await writeFiles(it.root, { a: 'the user goes on\n' });
    await commitAll(it.root, 'next');
    await rm(it.start.worktreesFolder, { recursive: true });
    await userGit(it.root, 'gc', '--quiet', '--prune=now');
    const repository = await repositoryAt(it.root);
    const again = await openRunTree({ ...it.start, repository, tree: kept }, unlimited);
    assert.equal(again.baseTree, tree.baseTree);
    assert.equal(await again.snapshot(), kept);
    assert.deepEqual(await again.read('a'), text('kept\n'));
  });
});

describe('opening a run’s tree again', () => {
  it('puts the files where the run stood, and leaves ignored ones', async () => {
    await using it = await bench({ a: '1', '.gitignore': 'out\n' });
    const tree = await it.create();
    await apply(tree, [write('a', '2')]);
    const kept = await checkpoint(tree, 'kept');
    await writeFiles(tree.root, { a: 'in doubt', half: 'written', out: 'costly to build' });
    // What a git killed in the middle leaves behind.
    await writeFile(join(it.start.worktreesFolder, 'run-1.trees', 'index.lock'), '');
    const again = await openRunTree({ ...it.start, tree: kept }, unlimited);
    assert.equal(await again.snapshot(), kept);
    assert.deepEqual((await readdir(again.root)).sort(), ['.git', '.gitignore', 'a', 'out']);
  });

  const halves: readonly (readonly [name: string, paths: readonly string[]])[] = [
    ['its marker', ['run-1.trees/ready']],
    ['its files', ['run-1']],
    ['its link to the repository', ['run-1/.git']],
    ['its repository', ['run-1.git']],
    ['its index', ['run-1.trees/index']],
    ['all of it', ['run-1', 'run-1.git', 'run-1.trees']],
  ];
  for (const [name, paths] of halves) {
    it(`makes anew a tree that lacks ${name}`, async () => {
      await using it = await bench();
      const tree = await it.create([write('in/b', 'overlay\n')]);
      await apply(tree, [write('a', '2')]);
      const kept = await checkpoint(tree, 'kept');
      for (const path of paths) await rm(join(it.start.worktreesFolder, path), { recursive: true });
      const again = await openRunTree({ ...it.start, tree: kept }, unlimited);
      assert.equal(await again.snapshot(), kept);
      assert.equal(again.baseTree, tree.baseTree);
      assert.equal(await userGit(again.root, 'status', '--porcelain'), 'M  a\n');
    });
  }

  it('refuses a run it knows nothing of, and does not begin one twice', async () => {
    await using it = await bench();
    await assert.rejects(openRunTree({ ...it.start, tree: it.repository.head }, unlimited), { message: /has no base/ });
    await it.create();
    const tree = await it.create([write('a', 'begun again before any checkpoint\n')]);
    assert.deepEqual(await tree.read('a'), text('begun again before any checkpoint\n'));
    await checkpoint(tree, 'one');
    await assert.rejects(it.create(), { message: /has begun already/ });
  });
});

describe('where a run’s tree can stand', () => {
  it('works from a linked work tree of the user’s', async () => {
    await using it = await bench();
    const linked = join(it.folder, 'linked one');
    await userGit(it.root, 'worktree', 'add', '--quiet', '-b', 'side', linked);
    await writeFiles(linked, { a: 'on the side\n' });
    await commitAll(linked, 'side');
    const before = [await userState(linked), await userState(it.root)];
    const tree = await (await benchAt(it.folder, linked)).create();
    assert.deepEqual(await tree.read('a'), text('on the side\n'));
    await checkpoint(tree, 'c');
    assert.deepEqual([await userState(linked), await userState(it.root)], before);
  });

  it('works with SHA-256 objects and in a shallow clone', async () => {
    await using it = await bench();
    const modern = join(it.folder, 'modern');
    await mkdir(modern);
    await userGit(modern, 'init', '--quiet', '--object-format=sha256');
    await writeFiles(modern, { a: 'x' });
    await commitAll(modern, 'first');
    const tree = await (await benchAt(join(it.folder, '1'), modern)).create([write('b', 'y')]);
    assert.equal(tree.baseTree.length, 64);
    assert.equal(await checkpoint(tree, 'c'), tree.baseTree);

    await commitAll(it.root, 'second');
    await userGit(it.folder, 'clone', '--quiet', '--depth=1', `file://${it.root}`, 'shallow');
    const shallow = await (await benchAt(join(it.folder, '2'), join(it.folder, 'shallow'))).create();
    assert.equal(await userGit(shallow.root, 'log', '--format=%s'), 'second\n');
  });

  it('stands outside the repository, under a name that is safe', async () => {
    await using it = await bench();
    const inside = { ...it.start, overlays: [], worktreesFolder: join(it.root, 'trees') };
    await assert.rejects(createRunTree(inside, unlimited), { message: /outside the repository/ });
    for (const runId of ['', '..', 'a/b', 'a.lock', '-x', 'é']) {
      await assert.rejects(createRunTree({ ...it.start, overlays: [], runId }, unlimited), { message: /not a run id/ });
    }
  });

  it('is not misled by GIT_ variables around it', async () => {
    await using it = await bench();
    await makeRepository(join(it.folder, 'wrong'), { wrong: 'w' });
    const program = `
      import { findRepository } from ${JSON.stringify(resolve('src/node/repository.ts'))};
      import { createRunTree } from ${JSON.stringify(resolve('src/node/runTree.ts'))};
      const { signal } = new AbortController();
      const found = await findRepository({ folder: ${JSON.stringify(it.root)} }, signal);
      const tree = await createRunTree({ ...${JSON.stringify(it.start)}, repository: found.value, overlays: [] }, signal);
      console.log(JSON.stringify(await tree.listAt(await tree.snapshot())));`;
    await writeFile(join(it.folder, 'host.mjs'), program);
    const wrong = join(it.folder, 'wrong', '.git');
    const env = {
      PATH: process.env['PATH'],
      GIT_DIR: wrong,
      GIT_WORK_TREE: join(it.folder, 'wrong'),
      GIT_INDEX_FILE: join(wrong, 'index'),
      GIT_OBJECT_DIRECTORY: join(wrong, 'objects'),
    };
    const { stdout } = await promisify(execFile)(process.execPath, [join(it.folder, 'host.mjs')], { env });
    assert.deepEqual(JSON.parse(stdout), ['a', 'in/b']);
  });

  it('is not made after a stop', async () => {
    await using it = await bench();
    await assert.rejects(createRunTree({ ...it.start, overlays: [] }, AbortSignal.abort()), { name: 'AbortedError' });
    assert.equal(await userGit(it.root, 'for-each-ref', 'refs/speckit'), '');
  });
});
