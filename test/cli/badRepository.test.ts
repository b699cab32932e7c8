import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandLine } from '../support/commandLine.ts';
import { commitAll, makeRepository, userGit, writeFiles } from '../support/gitRepository.ts';
import { checkMessage } from '../support/message.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** A folder that no run can start in: how it is made, the words typed there (`status` when left out), the exit code. */
interface BadRepository {
  readonly name: string;
  readonly arrange: (root: string) => void | Promise<void>;
  readonly words?: readonly string[];
  readonly below?: string;
  readonly exit: number;
}

const spec = { 'specs/SPEC-001-greeting/spec.md': '# Greeting\n\n- **FR-001**: The system MUST greet.\n' };

const repositories: readonly BadRepository[] = [
  { name: 'no-such-folder', arrange: () => undefined, below: 'missing', exit: 4 },
  {
    name: 'the-folder-is-a-file',
    arrange: (root) => writeFileSync(path.join(root, 'notes.txt'), 'x'),
    below: 'notes.txt',
    exit: 4,
  },
  { name: 'not-a-git-repository', arrange: (root) => writeFiles(root, spec), words: ['auto', 'SPEC-001'], exit: 4 },
  { name: 'init-outside-a-repository', arrange: () => undefined, words: ['init', '--offline'], exit: 4 },
  {
    name: 'a-repository-without-a-commit',
    arrange: async (root) => void (await userGit(root, 'init', '--quiet', '--initial-branch=main')),
    words: ['auto', 'SPEC-001'],
    exit: 4,
  },
  {
    name: 'a-bare-repository',
    arrange: async (root) => void (await userGit(root, 'init', '--quiet', '--bare')),
    exit: 4,
  },
  { name: 'inside-the-git-folder', arrange: (root) => makeRepository(root, spec), below: '.git', exit: 4 },
  {
    name: 'a-rebase-in-progress',
    arrange: async (root) => {
      await makeRepository(root, spec);
      mkdirSync(path.join(root, '.git/rebase-merge'));
    },
    words: ['auto', 'SPEC-001'],
    exit: 4,
  },
  {
    name: 'a-merge-in-progress',
    arrange: async (root) => {
      await makeRepository(root, { ...spec, 'a.txt': 'a\n' });
      await userGit(root, 'checkout', '--quiet', '-b', 'other');
      writeFileSync(path.join(root, 'a.txt'), 'b\n');
      await commitAll(root, 'other');
      await userGit(root, 'checkout', '--quiet', 'main');
      writeFileSync(path.join(root, 'a.txt'), 'c\n');
      await commitAll(root, 'main');
      await assert.rejects(userGit(root, 'merge', 'other'));
    },
    words: ['new', 'A title'],
    exit: 4,
  },
  {
    name: 'a-file-stands-where-the-specs-folder-belongs',
    arrange: (root) => makeRepository(root, { specs: 'a file\n' }),
    words: ['new', 'A title'],
    exit: 4,
  },
  {
    name: 'a-folder-stands-where-speckit-toml-belongs',
    arrange: (root) => makeRepository(root, { ...spec, 'speckit.toml/keep': '' }),
    words: ['status'],
    exit: 4,
  },
  {
    name: 'a-file-stands-where-runs-are-kept',
    arrange: async (root) => {
      await makeRepository(root, {
        ...spec,
        'speckit.toml':
          '[workers.a]\nprovider = "openai-chat"\nmodel = "m"\nlocal = true\nbase_url = "http://127.0.0.1:9/v1"\n[routing]\narchitect = ["a"]\nimplementer = ["a"]\n',
      });
      writeFileSync(path.join(root, '.git/speckit'), 'a file\n');
    },
    words: ['auto', 'SPEC-001'],
    exit: 3,
  },
];

describe('a folder that no run can start in', () => {
  for (const { name, arrange, words = ['status'], below = '', exit } of repositories) {
    it(`is explained: ${name.replaceAll('-', ' ')}`, async () => {
      using folder = temporaryFolder();
      const root = folder.join('repository');
      mkdirSync(root);
      await arrange(root);
      const typed = ['-C', path.join(root, below), ...words];
      const result = await commandLine({ cwd: folder.path, home: folder.path }, ...typed);
      checkMessage(name, {
        words,
        result,
        hide: [
          [root, '<repository>'],
          [folder.path, '<folder>'],
        ],
      });
      assert.equal(result.exit, exit);
    });
  }

  it('is the current folder when it has gone meanwhile', async () => {
    using folder = temporaryFolder();
    const gone = folder.join('gone');
    mkdirSync(gone);
    const started = commandLine({ cwd: gone, home: folder.path }, 'status');
    rmSync(gone, { recursive: true });
    const result = await started;
    assert.equal(result.exit, 4, result.stderr);
    assert.match(result.stderr, /folder/);
  });
});
