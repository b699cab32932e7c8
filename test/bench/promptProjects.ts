import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { changed, said } from '../support/pipelineScript.ts';
import { configuration, installation, replaceFile, tool, type ProjectOptions } from '../support/scriptedProject.ts';

/** An installed package as a project with a piece of work, and the answers of a model that does it as a good one would. */
export interface PromptProject {
  readonly name: string;
  readonly options: ProjectOptions;
  readonly nFiles: number;
  readonly bytes: number;
}

/** What is changed in a package: one line of one file, and a new test. */
interface Work {
  readonly package: string;
  /** The folder of the package that is taken; all of it when left out. */
  readonly below?: string;
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly test: string;
  /** What an architect finds to read beside the file. */
  readonly relevant: readonly string[];
}

const WORKS: readonly Work[] = [
  {
    package: 'commander',
    file: 'lib/command.js',
    before: "    const message = `error: unknown option '${flag}'${suggestion}`;",
    after: "    const message = `error: unknown option '${flag}'${suggestion} (see --help)`;",
    test: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from '../lib/command.js';

test('FR-001 FR-002 an unknown option says where help is', () => {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} }).option('--color');
  assert.throws(() => command.parse(['--colour'], { from: 'user' }), /--color\\?\\) \\(see --help\\)$/);
});
`,
    relevant: ['lib/suggestSimilar.js', 'lib/error.js', 'lib/option.js', 'lib/help.js'],
  },
  {
    package: 'mocha',
    file: 'lib/pending.js',
    before: '    this.name = "PendingError";',
    after: '    this.name = "PendingError";\n    this.code = "ERR_MOCHA_PENDING";',
    test: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingError } from '../lib/pending.js';

test('FR-001 FR-002 a pending error has a code', () => {
  const { code, name, message } = new PendingError('later');
  assert.deepEqual([code, name, message], ['ERR_MOCHA_PENDING', 'PendingError', 'later']);
});
`,
    relevant: ['lib/error-constants.js', 'lib/runner.js', 'lib/runnable.js', 'lib/context.js'],
  },
  {
    package: 'zod',
    below: 'src',
    file: 'src/v4/core/doc.ts',
    before: '  compile(): any {',
    after: '  toString(): string {\n    return this.content.join("\\n");\n  }\n\n  compile(): any {',
    test: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Doc } from '../src/v4/core/doc.ts';

test('FR-001 FR-002 a document can be read', () => {
  const doc = new Doc();
  assert.equal(doc.toString(), '');
  doc.write('a');
  doc.write('b');
  assert.equal(doc.toString(), 'a\\nb');
});
`,
    relevant: ['src/v4/core/util.ts', 'src/v4/core/schemas.ts', 'src/v4/core/index.ts'],
  },
];

/** Texts of a person's: what a package brings beside them (bundles, maps, pictures) is in no repository. */
const TEXTS = /\.(?:[cm]?[jt]s|md|json|css|html)$/;
const LARGEST = 400_000;

/** The three projects. */
export const promptProjects = (): readonly PromptProject[] => WORKS.map(projectOf);

function projectOf(work: Work): PromptProject {
  const files = filesOf(work);
  const test = 'test/added.test.mjs';
  const contents = {
    ...files,
    'package.json': withoutDependencies(files['package.json'] ?? '{}'),
    'test/shape.test.mjs': "import { test } from 'node:test';\n\ntest('the project is there', () => {});\n",
    'specs/SPEC-001-work/spec.md': readFileSync(path.join(import.meta.dirname, 'specs', `${work.package}.md`), 'utf8'),
  };
  const paths = [work.file, test];
  const requirements = ['FR-001', 'FR-002'];
  return {
    name: work.package,
    nFiles: Object.keys(files).length,
    bytes: Object.values(files).reduce((sum, text) => sum + text.length, 0),
    options: {
      instead: contents,
      toml: (url) => configuration(url).replace('node --test"', "node --test 'test/*.test.mjs'\""),
      answers: {
        brief: [changed('brief', { relevant_files: [work.file, ...work.relevant] })],
        plan: [
          changed('plan', {
            files: [
              { path: work.file, action: 'modify', why: 'the behaviour' },
              { path: test, action: 'create', why: 'the tests' },
            ],
            steps: [{ id: 'S1', title: 'the change', requirements, files: paths, success_signal: 'tests pass' }],
            tests: requirements.map((requirement) => ({ requirement, file: test, what: 'the behaviour' })),
          }),
        ],
        tasks: [
          changed('tasks', {
            tasks: [
              {
                id: 'T1',
                title: 'the change',
                description: 'Make the change and test it.',
                requirements,
                files: paths,
                depends_on: [],
                criteria: ['tests pass'],
              },
            ],
          }),
        ],
        implement: [
          tool('apply_patch', { patch: editOf(work) }),
          tool('apply_patch', { patch: replaceFile(test, undefined, work.test) }),
          tool('run_check', { name: 'test' }),
          said('It is done and tested.'),
        ],
      },
    },
  };
}

/** Nothing is installed for it, and neither the change nor its test needs anything. */
function withoutDependencies(manifest: string): string {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies, ...rest } = JSON.parse(
    manifest,
  ) as Readonly<Record<string, unknown>>;
  return `${JSON.stringify(rest, null, 2)}\n`;
}

function editOf({ file, before, after }: Work): string {
  const added = after.split('\n').map((line) => `+${line}`);
  return `*** Begin Patch\n*** Update File: ${file}\n@@\n-${before}\n${added.join('\n')}\n*** End Patch\n`;
}

function filesOf(work: Work): Readonly<Record<string, string>> {
  const root = path.join(installation, 'node_modules', work.package);
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && TEXTS.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => !file.includes('node_modules/') && statSync(path.join(root, file)).size <= LARGEST)
    .filter((file) => work.below === undefined || file.startsWith(`${work.below}/`) || !file.includes('/'))
    .sort();
  const files = Object.fromEntries(found.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
  if (!files[work.file]?.includes(work.before))
    throw new Error(`${work.package}/${work.file} does not hold the line any more that this bench changes`);
  return files;
}
