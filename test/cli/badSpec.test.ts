import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { commandLine } from '../support/commandLine.ts';
import { makeRepository, type FileSeed } from '../support/gitRepository.ts';
import { checkMessage } from '../support/message.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** A spec that cannot be taken in: the files beside which the words are typed, and the exit code. */
interface BadSpec {
  readonly name: string;
  readonly files: Readonly<Record<string, FileSeed>>;
  readonly folders?: readonly string[];
  readonly words: readonly string[];
  readonly exit: number;
}

const spec = '# Greeting\n\n- **FR-001**: The system MUST greet.\n';
const at = (folder: string, text: FileSeed = spec): Readonly<Record<string, FileSeed>> => ({
  'README.md': 'x\n',
  [`specs/${folder}/spec.md`]: text,
});

const specs: readonly BadSpec[] = [
  { name: 'no-spec-yet', files: { 'README.md': 'x\n' }, words: ['auto', 'SPEC-001'], exit: 4 },
  {
    name: 'an-unknown-spec-id',
    files: { ...at('SPEC-001-greeting'), ...at('SPEC-002-limit') },
    words: ['auto', 'SPEC-009'],
    exit: 4,
  },
  { name: 'spec-1-is-not-spec-10', files: at('SPEC-10-greeting'), words: ['analyze', 'SPEC-1'], exit: 4 },
  { name: 'a-spec-id-in-the-wrong-case', files: at('SPEC-001-greeting'), words: ['auto', 'spec-001'], exit: 4 },
  {
    name: 'an-id-that-two-folders-have',
    files: { ...at('SPEC-001-greeting'), ...at('SPEC-001-limit') },
    words: ['auto', 'SPEC-001'],
    exit: 4,
  },
  {
    name: 'a-spec-id-with-a-path-in-it',
    files: at('SPEC-001-greeting'),
    words: ['auto', '../SPEC-001-greeting'],
    exit: 4,
  },
  {
    name: 'a-spec-folder-without-spec-md',
    files: { 'README.md': 'x\n' },
    folders: ['specs/SPEC-001-greeting'],
    words: ['auto', 'SPEC-001'],
    exit: 4,
  },
  {
    name: 'spec-md-is-a-folder',
    files: { 'README.md': 'x\n' },
    folders: ['specs/SPEC-001-greeting/spec.md'],
    words: ['auto', 'SPEC-001'],
    exit: 4,
  },
  {
    name: 'a-spec-above-one-megabyte',
    files: at('SPEC-001-greeting', `${spec}${'x'.repeat(1_000_001)}`),
    words: ['analyze', 'SPEC-001'],
    exit: 4,
  },
  {
    name: 'a-spec-of-bytes-that-are-no-text',
    files: at('SPEC-001-greeting', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x81)),
    words: ['analyze', 'SPEC-001'],
    exit: 4,
  },
  { name: 'a-spec-with-a-nul', files: at('SPEC-001-greeting', `${spec}\0`), words: ['analyze', 'SPEC-001'], exit: 4 },
  { name: 'an-empty-spec', files: at('SPEC-001-greeting', ''), words: ['analyze', 'SPEC-001'], exit: 2 },
  {
    name: 'a-spec-without-a-requirement',
    files: at('SPEC-001-greeting', '# Greeting\n\nLet us greet.\n'),
    words: ['analyze', 'SPEC-001'],
    exit: 2,
  },
  { name: 'a-title-that-is-empty', files: { 'README.md': 'x\n' }, words: ['new', '  '], exit: 4 },
  { name: 'no-title-at-all', files: { 'README.md': 'x\n' }, words: ['new'], exit: 4 },
  {
    name: 'new-from-a-file-that-is-missing',
    files: { 'README.md': 'x\n' },
    words: ['new', '--from', 'missing.md'],
    exit: 4,
  },
  { name: 'new-from-a-folder', files: { 'docs/README.md': 'x\n' }, words: ['new', '--from', 'docs'], exit: 4 },
  {
    name: 'new-from-a-binary-file',
    files: { 'picture.png': Uint8Array.of(0x89, 0x50, 0, 0xff) },
    words: ['new', '--from', 'picture.png'],
    exit: 4,
  },
  {
    name: 'new-from-a-file-without-a-title',
    files: { 'notes.md': 'Some words.\n' },
    words: ['new', '--from', 'notes.md'],
    exit: 4,
  },
];

describe('a spec that cannot be taken in', () => {
  for (const { name, files, folders = [], words, exit } of specs) {
    it(`is explained: ${name.replaceAll('-', ' ')}`, async () => {
      using folder = temporaryFolder();
      const root = folder.join('repository');
      await makeRepository(root, files);
      for (const made of folders) mkdirSync(path.join(root, made), { recursive: true });
      const result = await commandLine({ cwd: root, home: folder.path }, ...words);
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

  it('is read up to exactly one megabyte', async () => {
    using folder = temporaryFolder();
    const root = folder.join('repository');
    await makeRepository(root, at('SPEC-001-greeting', spec.padEnd(1_000_000, '\n')));
    const result = await commandLine({ cwd: root, home: folder.path }, 'analyze', 'SPEC-001');
    assert.notEqual(result.exit, 4, result.stderr);
  });
});
