import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ECOSYSTEMS, ecosystemsTable, TINY_REPOSITORIES, type TinyRepository } from '../support/ecosystems.ts';
import { commitAll, userGit, writeFiles } from '../support/gitRepository.ts';
import {
  configuration,
  GOOD,
  installation,
  replaceFile,
  scriptedProject,
  SPEC,
  tool,
  type Answers,
} from '../support/scriptedProject.ts';

/** The answers of the scripted model with the files and the code of one repository. */
function answersFor({ source, test, files, goodSource, goodTest }: TinyRepository): Answers {
  const before = files[source];
  assert.ok(typeof before === 'string');
  const named = (steps: Answers['plan']): Answers['plan'] =>
    JSON.parse(
      JSON.stringify(steps).replaceAll('src/greet.js', source).replaceAll('test/greet.test.js', test),
    ) as Answers['plan'];
  return {
    brief: named(GOOD.brief) ?? [],
    plan: named(GOOD.plan) ?? [],
    tasks: named(GOOD.tasks) ?? [],
    audit: named(GOOD.audit) ?? [],
    implement: [
      tool('apply_patch', { patch: replaceFile(source, before, goodSource) }),
      tool('apply_patch', { patch: replaceFile(test, undefined, goodTest) }),
      { text: 'Done and tested.' },
    ],
  };
}

describe('an ecosystem', function () {
  this.timeout(180_000);

  for (const repository of TINY_REPOSITORIES) {
    it(`is led from init to an approved change with its own tool: ${repository.ecosystem}`, async () => {
      await using project = await scriptedProject({ answers: answersFor(repository), environment: toolchains() });
      // In the place of the project's own files.
      await userGit(project.root, 'rm', '-r', '-f', '--quiet', '.');
      await writeFiles(project.root, { ...repository.files, 'specs/SPEC-001-greeting/spec.md': SPEC });
      await commitAll(project.root, repository.ecosystem);

      const init = await project.speckit('--json', 'init', '--offline');
      assert.equal(init.exit, 0, init.stdout + init.stderr);
      assert.equal((JSON.parse(init.stdout) as { readonly ecosystem: string }).ecosystem, repository.ecosystem);
      routeToScript(path.join(project.root, 'speckit.toml'), project.server.url);

      const auto = await project.speckit('--json', 'auto', 'SPEC-001', '--run-id', 'run-1');
      assert.equal(auto.exit, 11, auto.stdout + auto.stderr);
      const log = readFileSync(path.join(project.root, '.git/speckit/runs/run-1/events.jsonl'), 'utf8');
      const evidence = log
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { readonly kind: string; readonly payload: Record<string, unknown> })
        .filter(({ kind }) => kind === 'EvidenceRecord');
      const test = evidence
        .filter(({ payload }) => payload['check'] === 'test')
        .map(({ payload }) => `${String(payload['on'])} ${String(payload['outcome'])}`);
      assert.deepEqual(test, ['proposal passed', 'base passed', 'newTestsOnBase failed']);
      assert.equal((await project.speckit('approve', 'run-1')).exit, 0);
      assert.equal(readFileSync(path.join(project.root, repository.source), 'utf8'), repository.goodSource);
    });
  }

  it('is called tested only when this file leads it to its end', () => {
    const tested = ECOSYSTEMS.filter(({ state }) => state === 'tested').map(({ name }) => name);
    assert.deepEqual(
      tested,
      TINY_REPOSITORIES.map(({ ecosystem }) => ecosystem),
    );
  });

  it('stands in the documentation as it is known here', () => {
    const text = readFileSync(path.join(installation, 'docs/ecosystems.md'), 'utf8');
    assert.ok(text.includes(ecosystemsTable()), `docs/ecosystems.md lacks this table:\n${ecosystemsTable()}`);
  });
});

/** Where rustup keeps its compilers when it is what stands behind `cargo`: the home folder of the tests is not the user's. */
function toolchains(): Readonly<Record<string, string>> {
  return { RUSTUP_HOME: process.env['RUSTUP_HOME'] ?? path.join(os.homedir(), '.rustup') };
}

/** Leaves what init wrote as it is, but for the models: those are the scripted server. */
function routeToScript(file: string, url: string): void {
  const written = readFileSync(file, 'utf8');
  const withoutModels = written.replaceAll(/^\[(?:workers|routing)[^\]]*\]\n(?:(?!\[).*\n?)*/gm, '');
  const scripted = configuration(url);
  writeFileSync(file, `${withoutModels}\n${scripted.slice(scripted.indexOf('[workers.cheap]'))}`);
}
