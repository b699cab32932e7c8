import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../src/base/hash.ts';
import type { Result } from '../../src/base/result.ts';
import { writeDocument, type DocumentProblem, type WrittenDocument } from '../../src/node/documents.ts';
import { folderContents } from '../support/folderContents.ts';
import { writeFiles, type FileSeed } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const path = 'specs/SPEC-001-x/plan.md';

interface Case {
  readonly present?: FileSeed;
  readonly lastWritten?: string;
  readonly content: string;
}

/** Writes over what is present; `left` is what then stands there. */
async function check(
  { present, lastWritten, content }: Case,
  expected: Result<WrittenDocument, DocumentProblem>,
  left: string,
): Promise<void> {
  using folder = temporaryFolder();
  if (present !== undefined) await writeFiles(folder.path, { [path]: present });
  const last = lastWritten === undefined ? {} : { lastWritten: sha256(lastWritten) };
  assert.deepEqual(await writeDocument({ root: folder.path, path, content, ...last }), expected);
  assert.deepEqual(await folderContents(folder.path), { [path]: left });
}

function written(content: string): Result<WrittenDocument, DocumentProblem> {
  return { kind: 'ok', value: { kind: 'written', sha256: sha256(content) } };
}

describe('writing a document', () => {
  it('makes it, and its folders', () => check({ content: 'new' }, written('new'), 'new'));
  it('replaces what SpecKit wrote last', () =>
    check({ present: 'a', lastWritten: 'a', content: 'b' }, written('b'), 'b'));
  it('keeps the file’s mode', () =>
    check({ present: { text: 'a', executable: true }, lastWritten: 'a', content: 'b' }, written('b'), '*b'));
  it('writes again what somebody deleted', () => check({ lastWritten: 'a', content: 'b' }, written('b'), 'b'));
  it('leaves the same bytes alone, whoever wrote them', () =>
    check({ present: 'a', content: 'a' }, { kind: 'ok', value: { kind: 'unchanged', sha256: sha256('a') } }, 'a'));
  it('never writes over a person’s bytes', async () => {
    const foreign = (lastWritten?: string): Result<WrittenDocument, DocumentProblem> => ({
      kind: 'error',
      error: {
        kind: 'foreign',
        path,
        found: sha256('mine'),
        ...(lastWritten !== undefined && { lastWritten: sha256(lastWritten) }),
      },
    });
    await check({ present: 'mine', lastWritten: 'a', content: 'b' }, foreign('a'), 'mine');
    await check({ present: 'mine', content: 'b' }, foreign(), 'mine');
  });

  it('stays inside the work tree', async () => {
    using folder = temporaryFolder();
    await writeFiles(folder.path, { 'elsewhere/x': 'x', 'root/a': 'a' });
    const root = join(folder.path, 'root');
    await symlink(join(folder.path, 'elsewhere'), join(root, 'specs'));
    await symlink(join(folder.path, 'elsewhere', 'x'), join(root, 'pointer'));
    const contents = await folderContents(folder.path);
    const outside = await writeDocument({ root, path: '../x', content: '' });
    assert.deepEqual(outside, {
      kind: 'error',
      error: { kind: 'unsafePath', problem: { kind: 'notARepositoryPath', path: '../x' } },
    });
    const problem = { kind: 'throughLink', path: 'specs/x', through: 'specs' } as const;
    const through = await writeDocument({ root, path: 'specs/x', content: '', lastWritten: sha256('x') });
    assert.deepEqual(through, { kind: 'error', error: { kind: 'unsafePath', problem } });
    const onto = await writeDocument({ root, path: 'pointer', content: '', lastWritten: sha256('x') });
    assert.deepEqual(onto, { kind: 'error', error: { kind: 'notAFile', path: 'pointer' } });
    assert.deepEqual(await folderContents(folder.path), contents);
  });
});
