import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitAll, makeRepository, userGit, writeFiles } from '../support/gitRepository.ts';
import { apply, bench, benchAt, evidenceTree, list, specFolder, text, write } from '../support/runTreeBench.ts';

describe('snapshots of a run’s tree', () => {
  it('hold untracked files and not ignored ones', async () => {
    await using it = await bench({ a: '1', '.gitignore': 'out/\n*.log\n', 'kept.log': 'tracked though ignored' });
    await mkdir(join(it.root, '.git', 'info'), { recursive: true });
    await writeFile(join(it.root, '.git', 'info', 'exclude'), 'private\n');
    await writeFile(join(it.folder, 'ignore "mine"'), 'editor~\n');
    await userGit(it.root, 'config', 'core.excludesFile', join(it.folder, 'ignore "mine"'));
    const tree = await it.create();
    await writeFiles(tree.root, {
      new: 'n',
      'out/x': 'x',
      'b.log': 'b',
      private: 'p',
      'editor~': 'e',
      'kept.log': 'k',
    });
    assert.deepEqual(await list(tree), ['.gitignore', 'a', 'kept.log', 'new']);
    assert.deepEqual(await tree.readAt(await tree.snapshot(), 'kept.log'), text('k'));
    await tree.restore(tree.baseTree);
    assert.deepEqual((await readdir(tree.root)).sort(), [
      '.git',
      '.gitignore',
      'a',
      'b.log',
      'editor~',
      'kept.log',
      'out',
      'private',
    ]);
  });

  it('come back exactly, whatever was done in between', async () => {
    await using it = await bench({ a: '1', 'd/x': '2', run: { text: '3', executable: true } });
    const tree = await it.create();
    await apply(tree, [write('a', 'changed'), write('new/deep', 'n')]);
    await symlink('a', join(tree.root, 'link'));
    const middle = await tree.snapshot();
    await rm(join(tree.root, 'd'), { recursive: true });
    await writeFiles(tree.root, { d: 'a file now', '.gitignore': 'new\n', 'more/files': '', a: '1' });
    await rm(join(tree.root, 'link'));
    await makeRepository(join(tree.root, 'inner'), { x: 'y' });
    await mkdir(join(tree.root, 'empty'));
    for (const target of [middle, tree.baseTree, middle]) {
      await tree.restore(target);
      assert.equal(await tree.snapshot(), target);
    }
    assert.deepEqual((await readdir(tree.root)).sort(), ['.git', 'a', 'd', 'link', 'new', 'run']);
    assert.deepEqual(await list(tree), ['a', 'd/x', 'link', 'new/deep', 'run']);
  });

  it('come back although other files are ignored there', async () => {
    await using it = await bench({ a: '1', '.gitignore': 'out\n' });
    const tree = await it.create();
    await writeFiles(tree.root, { out: 'o' });
    const open = await tree.compose(tree.baseTree, [write('.gitignore', 'else\n')]);
    await tree.restore(open);
    assert.equal(await tree.snapshot(), open);
    assert.deepEqual((await readdir(tree.root)).sort(), ['.git', '.gitignore', 'a']);
  });

  it('tell two changes of the same size within one tick apart', async () => {
    await using it = await bench();
    const tree = await it.create();
    const seen = new Set<string>();
    for (let round = 0; round < 10; round += 1) {
      await writeFile(join(tree.root, 'a'), `${round}\n`);
      seen.add(await tree.snapshot());
    }
    assert.equal(seen.size, 10);
  });

  it('leave the spec’s folder and .speckit out of evidence', async () => {
    await using it = await bench();
    const tree = await it.create([write(`${specFolder}/spec.md`, 's')]);
    const evidence = await evidenceTree(tree);
    await apply(tree, [write(`${specFolder}/plan.md`, 'p'), write('.speckit/cache', 'c')]);
    assert.notEqual(await tree.snapshot(), tree.baseTree);
    assert.equal(await evidenceTree(tree), evidence);
    await apply(tree, [write(`${specFolder}-other/plan.md`, 'p')]);
    const other = await evidenceTree(tree);
    assert.notEqual(other, evidence);
    const left = [`${specFolder}/spec.md`, `${specFolder}/plan.md`, '.speckit/cache'];
    const deletions = left.map((path) => ({ kind: 'delete' as const, path }));
    assert.equal(other, await tree.compose(await tree.snapshot(), deletions));
  });

  it('have the id of evidence that git itself gives, whatever the names', async () => {
    await using it = await bench({
      'specs-x': '1',
      'specs.x/a': '2',
      'ünï/日本': '3',
      b: { text: '', executable: true },
    });
    await symlink('b', join(it.root, 'link'));
    await writeFile(Buffer.concat([Buffer.from(`${it.root}/x`), Buffer.from([0xff])]), 'a name that is not UTF-8');
    await commitAll(it.root, 'odd names');
    const plain = (await userGit(it.root, 'rev-parse', 'HEAD:')).trim();
    const tree = await (await benchAt(it.folder, it.root)).create([write(`${specFolder}/deep/spec.md`, 's')]);
    assert.notEqual(tree.baseTree, plain);
    assert.equal(await evidenceTree(tree), plain);
    await apply(tree, [write('.speckit', 'a file of that name')]);
    assert.equal(await evidenceTree(tree), plain);
  });

  it('take names and bytes as they are', async () => {
    const names = [
      'with space',
      'quote"s',
      "single'",
      'new\nline',
      'tab\there',
      'ünïcödé/日本',
      '-dash',
      ':(top)x',
      '*',
      'a\\b',
      '[x]',
    ];
    const files = Object.fromEntries(names.map((name) => [name, `content of ${name}\r\nmixed\n`]));
    await using it = await bench({
      ...files,
      'binary.dat': Buffer.from([0, 1, 2, 255]),
      'latin1.txt': Buffer.from([0xe9]),
    });
    const tree = await it.create();
    assert.deepEqual(await list(tree), [...names, 'binary.dat', 'latin1.txt'].sort());
    for (const name of names) assert.deepEqual(await tree.read(name), text(`content of ${name}\r\nmixed\n`));
    assert.deepEqual(await tree.read('binary.dat'), { kind: 'binary', bytes: 4 });
    assert.deepEqual(await tree.read('latin1.txt'), { kind: 'binary', bytes: 1 });
    await apply(
      tree,
      names.map((name) => write(name, '\ufeffnew €\r')),
    );
    const after = await tree.snapshot();
    assert.equal(
      after,
      await tree.compose(
        tree.baseTree,
        names.map((name) => write(name, '\ufeffnew €\r')),
      ),
    );
    assert.deepEqual(
      await tree.differences(tree.baseTree, after),
      names.sort().map((path) => ({
        path,
        change: 'modified',
        before: `content of ${path}\r\nmixed\n`,
        after: '\ufeffnew €\r',
        binary: false,
      })),
    );
  });

  it('convert no line ends, whatever the user’s configuration and .gitattributes say', async () => {
    await using it = await bench({
      lf: 'a\nb\n',
      crlf: 'a\r\nb\r\n',
      mixed: 'a\r\nb\n',
      'eol.txt': 'a\nb\n',
      'u.txt16': 'x$Id$\n',
    });
    await writeFiles(it.root, {
      '.gitattributes': '* text=auto\n*.txt eol=crlf\n*.txt16 ident working-tree-encoding=UTF-16\n',
    });
    await userGit(it.root, 'add', '.gitattributes');
    await userGit(it.root, 'commit', '--quiet', '--message', 'attributes');
    await userGit(it.root, 'config', 'core.autocrlf', 'true');
    const again = await benchAt(it.folder, it.root);
    const tree = await again.create();
    assert.deepEqual(
      await Promise.all(
        ['lf', 'crlf', 'mixed', 'eol.txt', 'u.txt16'].map((path) => readFile(join(tree.root, path), 'utf8')),
      ),
      ['a\nb\n', 'a\r\nb\r\n', 'a\r\nb\n', 'a\nb\n', 'x$Id$\n'],
    );
    assert.equal(await tree.snapshot(), tree.baseTree);
    await apply(tree, [write('lf', 'x\r\ny\r\n'), write('eol.txt', 'x\ny\r\n')]);
    const after = await tree.snapshot();
    await tree.restore(tree.baseTree);
    await tree.restore(after);
    assert.equal(await readFile(join(tree.root, 'lf'), 'utf8'), 'x\r\ny\r\n');
    assert.equal(await readFile(join(tree.root, 'eol.txt'), 'utf8'), 'x\ny\r\n');
  });

  it('never enter repositories inside the tree', async () => {
    await using it = await bench();
    await makeRepository(join(it.folder, 'library'), { inside: 'x' });
    await userGit(it.root, 'submodule', '--quiet', 'add', join(it.folder, 'library'), 'vendor/library');
    await commitAll(it.root, 'a submodule');
    const tree = await (await benchAt(it.folder, it.root)).create();
    assert.equal(`${tree.baseTree}\n`, await userGit(it.root, 'rev-parse', 'HEAD:'));
    assert.equal(await tree.snapshot(), tree.baseTree);
    assert.deepEqual(await list(tree), ['.gitmodules', 'a', 'in/b']);
    assert.equal(await tree.read('vendor/library'), undefined);
    await rm(join(tree.root, 'vendor'), { recursive: true });
    assert.equal(await tree.snapshot(), tree.baseTree);
    await makeRepository(join(tree.root, 'made/by a test'), { x: 'y' });
    await mkdir(join(tree.root, 'half'));
    await userGit(join(tree.root, 'half'), 'init', '--quiet');
    await writeFiles(tree.root, { 'made/beside': 'b' });
    assert.deepEqual(await tree.differences(tree.baseTree, await tree.snapshot()), [
      { path: 'made/beside', change: 'added', after: 'b', binary: false },
    ]);
  });

  it('tell what differs between two trees', async () => {
    await using it = await bench({ gone: 'g', same: 's', changed: 'c1', bytes: 'text', tool: 't' });
    const tree = await it.create();
    await apply(tree, [
      { kind: 'delete', path: 'gone' },
      write('changed', 'c2'),
      write('added', 'a'),
      write('tool', 't', true),
    ]);
    await writeFile(join(tree.root, 'bytes'), Buffer.from([0]));
    const after = await tree.snapshot();
    assert.deepEqual(await tree.differences(tree.baseTree, after), [
      { path: 'added', change: 'added', after: 'a', binary: false },
      { path: 'bytes', change: 'modified', before: 'text', binary: true },
      { path: 'changed', change: 'modified', before: 'c1', after: 'c2', binary: false },
      { path: 'gone', change: 'deleted', before: 'g', binary: false },
      { path: 'tool', change: 'modified', before: 't', after: 't', binary: false },
    ]);
    assert.deepEqual(await tree.differences(after, after), []);
    assert.deepEqual(await tree.readAt(tree.baseTree, 'gone'), text('g'));
    assert.equal(await tree.readAt(after, 'gone'), undefined);
    assert.equal(await tree.read('gone'), undefined);
    await assert.rejects(tree.listAt('0'.repeat(40)), { name: 'GitError' });
  });

  it('wait for each other', async () => {
    await using it = await bench();
    const tree = await it.create();
    const trees = await Promise.all(
      Array.from({ length: 8 }, (_, index) => tree.compose(tree.baseTree, [write(`f${index}`, 'x')])),
    );
    const looks = trees.flatMap((one) => [tree.restore(one), tree.checkpoint(one, 'c'), tree.snapshot()]);
    assert.deepEqual(
      (await Promise.all(looks)).filter((seen) => seen !== undefined),
      trees,
    );
    assert.equal(await tree.snapshot(), trees.at(-1));
  });
});
