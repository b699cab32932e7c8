import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { planSize, riskOf } from '../../../src/core/pipeline/size.ts';
import { lintSpec } from '../../../src/core/spec/lint.ts';
import { parseSpec } from '../../../src/core/spec/parse.ts';
import { checkableTasks } from '../../../src/app/bakeoffTools.ts';
import { createServices } from '../../../src/app/services.ts';
import { LANGUAGES, readSuite, type Language, type SuiteTask } from '../../../src/node/reflex/bakeoffSuite.ts';
import { hostOf } from '../../support/projectApp.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const NAME = 'reflex_patchloop_v1';
const folder = path.join(root, 'reflex/suites', NAME);
/** What solves each task: the one file its spec names. Not in the package. */
const solutions = path.join(root, 'test/scenarios/bakeoff-solutions');

async function shipped(): Promise<readonly SuiteTask[]> {
  const suite = await readSuite(NAME, folder);
  assert.ok(suite.kind === 'ok', JSON.stringify(suite));
  return suite.value.tasks;
}

const fileOf = ({ spec }: SuiteTask): string => parseSpec({ path: 'spec.md', text: spec }).spec.files[0]?.file ?? '';

/** What a check came to: its exit code and the end of what it said. */
function checked(cwd: string, check: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const environment = { ...process.env, NODE_TEST_CONTEXT: undefined, LC_ALL: 'C.UTF-8' };
  return new Promise((resolve) => {
    const child = execFile(
      '/bin/sh',
      ['-c', check],
      { cwd, env: environment, timeout: 60_000 },
      (_error, out, errors) => resolve({ code: child.exitCode, said: `${out}${errors}`.slice(-2_000) }),
    );
  });
}

/** What runs a language's checks, as one asks for its version, and whether it is on every computer that runs these tests (test/requirements.mjs). */
const PROGRAMS: Readonly<Record<Language, { readonly argv: readonly string[]; readonly state: string }>> = {
  javascript: { argv: ['node', '--version'], state: 'tested' },
  typescript: { argv: ['node', '--version'], state: 'tested' },
  python: { argv: ['python3', '--version'], state: 'tested' },
  rust: { argv: ['rustc', '--version'], state: 'tested' },
  go: { argv: ['go', 'version'], state: 'detected, not tested' },
};
const programOf = (language: Language): string => PROGRAMS[language].argv[0] ?? '';

const isFound = (language: Language): boolean => {
  try {
    execFileSync(programOf(language), PROGRAMS[language].argv.slice(1), { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('the suite of the bake-off', function () {
  this.timeout(120_000);

  it('holds at least 24 tasks without Rust and Go, of every kind and language', async () => {
    const tasks = await shipped();
    assert.ok(tasks.filter(({ language }) => language !== 'rust' && language !== 'go').length >= 24);
    assert.deepEqual([...new Set(tasks.map(({ language }) => language))].sort(), [...LANGUAGES].sort());
    assert.equal(new Set(tasks.flatMap(({ language, kind }) => (language === 'go' ? [kind] : []))).size, 4);
    for (const kind of ['failing-test', 'compile-error', 'feature', 'refactor'])
      assert.ok(tasks.filter((task) => task.kind === kind).length >= 3, kind);
    assert.deepEqual(
      readdirSync(solutions).sort(),
      tasks.map(({ name }) => name),
    );
  });

  it('has a spec for each that is a hotfix of one file, without a problem', async () => {
    for (const task of await shipped()) {
      const { spec, problems } = parseSpec({ path: 'spec.md', text: task.spec });
      const files = spec.files.map(({ file }) => file);
      assert.deepEqual([...problems, ...lintSpec(spec)], [], task.name);
      assert.equal(
        planSize('hotfix', files, riskOf({ files, changedLines: 0, filesThreshold: 4 })).size,
        'hotfix',
        task.name,
      );
      assert.equal(spec.size, 'hotfix', task.name);
      assert.ok(
        task.files.some((file) => file.path === files[0]),
        task.name,
      );
      assert.ok(existsSync(path.join(solutions, task.name, files[0] ?? '')), task.name);
      assert.ok(
        task.files.every(({ text }) => text.split('\n').length <= 90),
        task.name,
      );
    }
  });

  it('says in its README which languages are tested', async () => {
    const tasks = await shipped();
    const rows = LANGUAGES.map((language) => {
      const count = tasks.filter((task) => task.language === language).length;
      return `| ${language} | ${count} | \`${programOf(language)}\` | ${PROGRAMS[language].state} |`;
    });
    const readme = readFileSync(path.join(root, 'reflex/suites/README.md'), 'utf8');
    assert.deepEqual(
      readme.split('\n').filter((line) => /^\| [a-z]+ \| \d/.test(line)),
      rows,
    );
  });

  for (const language of LANGUAGES)
    if (isFound(language))
      it(`${language}: fails each check as it stands, and passes it once the one file is solved`, () =>
        proveAll(language));
    else
      it(`${language}: skipped: ${programOf(language)} is not here, and a bake-off says so of each task`, async () => {
        using held = temporaryFolder();
        const host = hostOf({ root: held.path, environment: {} });
        const tasks = (await shipped()).filter((task) => task.language === language);
        const { tasks: left, skipped } = await checkableTasks(createServices(host), tasks);
        assert.deepEqual(
          [left, skipped],
          [[], tasks.map(({ name }) => `${name}: ${programOf(language)} does not run here`)],
        );
      });

  async function proveAll(language: Language): Promise<void> {
    const tasks = (await shipped()).filter((task) => task.language === language);
    using held = temporaryFolder();
    const problems: string[] = [];
    const prove = async (task: SuiteTask): Promise<void> => {
      const project = held.join(task.name);
      for (const { path: file, text } of task.files) {
        mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
        writeFileSync(path.join(project, file), text);
      }
      const before = await checked(project, task.check);
      if (before.code === 0) problems.push(`${task.name} passes before anything is done`);
      // It fails for what its spec says, and not because the check itself cannot run.
      if (before.code === 127 || before.said.includes('Could not find')) problems.push(`${task.name}: ${before.said}`);
      cpSync(path.join(solutions, task.name, fileOf(task)), path.join(project, fileOf(task)));
      const after = await checked(project, task.check);
      if (after.code !== 0) problems.push(`${task.name} is not solved: ${after.said}`);
    };
    const left = [...tasks];
    const worker = async (): Promise<void> => {
      for (let task = left.shift(); task !== undefined; task = left.shift()) await prove(task);
    };
    await Promise.all([worker(), worker()]);
    assert.deepEqual(problems, []);
  }

  it('names what is wrong with a task', async () => {
    using held = temporaryFolder();
    const suite = held.join('suite');
    const said = async (): Promise<string> => {
      const read = await readSuite('mine', suite);
      return read.kind === 'error' ? read.error : 'ok';
    };
    assert.match(await said(), /^There is no suite mine: .* is no folder\.$/);
    mkdirSync(path.join(suite, '001-x'), { recursive: true });
    assert.match(await said(), /001-x of the suite mine cannot be used: it has no task\.json\./);
    writeFileSync(path.join(suite, '001-x/task.json'), '{"language":"cobol","kind":"feature","check":"x"}');
    assert.match(await said(), /it has no spec\.md\./);
    writeFileSync(path.join(suite, '001-x/spec.md'), '# X\n');
    assert.match(await said(), /task\.json: .*language/s);
    writeFileSync(path.join(suite, '001-x/task.json'), '{"language":"rust","kind":"feature","check":"x"}');
    assert.equal(await said(), 'ok');
    assert.equal(readFileSync(path.join(suite, '001-x/spec.md'), 'utf8'), '# X\n');
  });
});
