import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commitAll, makeRepository, userGit } from '../support/gitRepository.ts';
import { type Answers, FILES, GOOD, GOOD_CODE, GOOD_TEST, scriptedProject, SPEC } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
const PICTURE = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
const BIG = `export const table = [\n${'  0,\n'.repeat(500_000)}];\n`;

/** The plan and the tasks of the scripted model, with further files. */
function workOn(...files: readonly string[]): Pick<Answers, 'plan' | 'tasks'> {
  const plan = answerOf(GOOD.plan) as { files: { path: string; action: string; why: string }[] };
  plan.files.push(...files.map((file) => ({ path: file, action: 'modify', why: 'named all the same' })));
  const tasks = answerOf(GOOD.tasks) as { tasks: { files: string[] }[] };
  tasks.tasks[0]?.files.push(...files);
  return { plan: [{ text: JSON.stringify(plan) }], tasks: [{ text: JSON.stringify(tasks) }] };
}

function answerOf([step]: readonly Step[]): unknown {
  assert.ok(step !== undefined && 'text' in step && typeof step.text === 'string');
  return JSON.parse(step.text);
}

describe('a repository as people have them', function () {
  this.timeout(60_000);

  it('may lie under blanks, quotes and other letters, and keep its CRLF line ends', async () => {
    await using project = await scriptedProject({
      name: `it's a "größe" 日本 $HOME`,
      files: { 'src/greet.js': crlf(FILES['src/greet.js'] as string), 'specs/SPEC-001-greeting/spec.md': crlf(SPEC) },
    });
    const auto = await project.speckit('auto', 'SPEC-001', '--run-id', 'run-1');
    assert.equal(auto.exit, 11, auto.stdout + auto.stderr);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
    assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), crlf(GOOD_CODE));
    assert.equal(readFileSync(path.join(project.root, 'test/greet.test.js'), 'utf8'), GOOD_TEST);
    assert.equal((await project.speckit('undo', 'run-1')).exit, 0);
    assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), crlf(FILES['src/greet.js'] as string));
  });

  it('may hold binary and very large files, also where a plan names them', async () => {
    await using project = await scriptedProject({
      files: { 'assets/logo.png': PICTURE, 'src/table.js': BIG },
      answers: workOn('assets/logo.png', 'src/table.js'),
    });
    const auto = await project.speckit('--json', 'auto', 'SPEC-001', '--run-id', 'run-1');
    assert.equal(auto.exit, 11, auto.stdout + auto.stderr);
    const { files } = JSON.parse(auto.stdout) as { readonly files: readonly { readonly path: string }[] };
    assert.deepEqual(
      files.map((file) => file.path),
      ['src/greet.js', 'test/greet.test.js'],
    );
    assert.deepEqual(new Uint8Array(readFileSync(path.join(project.root, 'assets/logo.png'))), PICTURE);
    const sent = project.server.requests.map(({ body }) => JSON.stringify(body).length);
    assert.ok(Math.max(...sent) < 200_000, 'no request carries a large file whole');
  });

  it('may hold links, a repository within and a submodule, and none of them is touched', async () => {
    await using project = await scriptedProject();
    await makeRepository(project.folder.join('library'), { 'lib.js': 'export {};\n' });
    await userGit(project.root, 'submodule', '--quiet', 'add', project.folder.join('library'), 'vendor/library');
    mkdirSync(path.join(project.root, 'src/links'));
    symlinkSync('../greet.js', path.join(project.root, 'src/links/greet.js'));
    symlinkSync('/etc/hostname', path.join(project.root, 'src/links/outside'));
    symlinkSync('nowhere', path.join(project.root, 'src/links/broken'));
    await commitAll(project.root, 'links and a submodule');
    await makeRepository(path.join(project.root, 'scratch/inner'), { 'own.txt': 'mine\n' });
    writeFileSync(path.join(project.root, 'scratch/inner/unsaved.txt'), 'not committed\n');
    const before = await userGit(project.root, 'status', '--porcelain', '--', '.', ':!specs');
    const auto = await project.speckit('auto', 'SPEC-001', '--run-id', 'run-1');
    assert.equal(auto.exit, 11, auto.stdout + auto.stderr);
    assert.equal(await userGit(project.root, 'status', '--porcelain', '--', '.', ':!specs'), before);
    assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
    assert.equal((await project.speckit('undo', 'run-1')).exit, 0);
    assert.equal(await userGit(project.root, 'status', '--porcelain', '--', '.', ':!specs'), before);
    assert.equal(readFileSync(path.join(project.root, 'scratch/inner/unsaved.txt'), 'utf8'), 'not committed\n');
    assert.ok(statSync(path.join(project.root, 'vendor/library/lib.js')).isFile());
  });

  it('may be laid out by spec-kit', async () => {
    const { 'specs/SPEC-001-greeting/spec.md': _, ...files } = FILES;
    await using project = await scriptedProject();
    await userGit(project.root, 'rm', '-r', '--quiet', '--cached', 'specs');
    await makeRepository(project.folder.join('spec-kit'), {
      ...files,
      'speckit.toml': readFileSync(path.join(project.root, 'speckit.toml'), 'utf8'),
      '.specify/memory/constitution.md':
        '# Constitution\n\n## Core Principles\n\n### I. Small\n\nFunctions MUST be small.\n',
      'specs/001-greeting/spec.md': SPEC.replace(
        '# Greeting',
        '# Feature Specification: Greeting\n\n**Feature Branch**: `001-greeting`',
      ),
    });
    const root = project.folder.join('spec-kit');
    const auto = await project.speckit('-C', root, '--json', 'auto', '001', '--run-id', 'run-1');
    assert.equal(auto.exit, 11, auto.stdout + auto.stderr);
    assert.equal((JSON.parse(auto.stdout) as { readonly specId: string }).specId, '001');
    assert.match(JSON.stringify(project.server.requests[0]?.body), /Functions MUST be small/);
    const next = await project.speckit('-C', root, '--json', 'new', 'Another thing');
    assert.equal(
      (JSON.parse(next.stdout) as { readonly folder: string }).folder,
      'specs/002-another-thing',
      next.stdout,
    );
  });
});
