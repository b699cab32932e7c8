import type { FileSeed } from './gitRepository.ts';
import { LOCAL_MODEL } from './bakeoffProject.ts';
import { patchCall, said } from './pipelineScript.ts';
import type { ScriptedRequest } from './scriptedModelServer.ts';
import { replaceFile, scriptedProject, type CallName, type ScriptedProject } from './scriptedProject.ts';
import type { Step } from './scriptedStep.ts';

/*
 * A project with several specs, whose runs a scripted server carries out: spec N wants `numberN()` to return N. Runs of it are what a bake-off mines its tasks
 * from; what each side answers to which of those is a test's to say.
 */

/** A file that a task changes, what it makes of it, and the test it brings; no test for a task that is measured by nothing. */
interface Work {
  readonly spec: number;
  readonly task: string;
  readonly file: string;
  readonly before: string | undefined;
  readonly after: string;
  readonly test?: { readonly file: string; readonly before: string | undefined; readonly text: string };
}

const returns = (name: string, value: number | string): string => `export const ${name} = () => ${value};\n`;
const testOf = (file: string, name: string, value: number): string =>
  `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { ${name} } from '../src/${file}';\n\ntest('FR-001 ${name} returns ${value}', () => {\n  assert.equal(${name}(), ${value});\n});\n`;

const workOf = (spec: number): Work => ({
  spec,
  task: 'T1',
  file: `src/number${spec}.js`,
  before: returns(`number${spec}`, 0),
  after: returns(`number${spec}`, spec),
  test: {
    file: `test/number${spec}.test.js`,
    before: undefined,
    text: testOf(`number${spec}.js`, `number${spec}`, spec),
  },
});
/** The spec with three tasks: the second needs what the first made, and nothing measures the third. */
const SEVERAL = 3;
const FURTHER: readonly Work[] = [
  {
    spec: SEVERAL,
    task: 'T2',
    file: 'src/twice3.js',
    before: undefined,
    after: `import { number3 } from './number3.js';\n\n${returns('twice3', '2 * number3()')}`,
    // In the file that the first task brought: more than four files are of high risk, and reflex would not be asked.
    test: {
      file: 'test/number3.test.js',
      before: testOf('number3.js', 'number3', 3),
      text: `import { twice3 } from '../src/twice3.js';\n${testOf('number3.js', 'number3', 3)}\ntest('twice', () => {\n  assert.equal(twice3(), 6);\n});\n`,
    },
  },
  { spec: SEVERAL, task: 'T3', file: 'notes.txt', before: 'Numbers.\n', after: 'Numbers, and one of them twice.\n' },
];
const worksOf = (spec: number): readonly Work[] => [workOf(spec), ...(spec === SEVERAL ? FURTHER : [])];
const nameOf = (spec: number): string => `SPEC-00${spec}`;

const specText = (spec: number): string => `# Number ${spec}

## Requirements

### Functional Requirements

- **FR-001**: \`number${spec}()\` MUST return the number ${spec}.
  - **AC-001**: Given nothing, when \`number${spec}()\` is called, then it returns the number ${spec}.
`;

export interface HistoryProject extends AsyncDisposable {
  readonly project: ScriptedProject;
  /** Side and task of the single answers in the order they were asked, e.g. `reflex 3/T2`, with what was asked. */
  readonly asked: readonly { readonly who: string; readonly text: string }[];
  /** Runs the n-th spec up to its proposal. */
  run(spec: number, runId: string): Promise<void>;
}

/** `cheats`: a wrong change, and a test that is made to pass with it. */
export type Redoing = 'right' | 'wrong' | 'cheats' | Step;

/** A project with so many specs; `redoing` says what a side answers to a task, e.g. `reflex 3/T2`, that is done again. */
export async function historyProject(
  nSpecs: number,
  redoing: (who: string) => Redoing,
  more = '',
): Promise<HistoryProject> {
  const specs = Array.from({ length: nSpecs }, (_, index) => index + 1);
  const asked: { who: string; text: string }[] = [];
  const project = await scriptedProject({
    models: [{ id: LOCAL_MODEL, owned_by: 'vllm' }],
    toml: (url) => configurationOf(url, more),
    instead: filesOf(specs),
    answer: (request, name) => {
      const text = JSON.stringify(request.body);
      const spec = Number(/MUST return the number (\d)/.exec(text)?.[1]);
      const turn = (request.body as { messages: readonly { role: string }[] }).messages.filter(
        ({ role }) => role === 'assistant',
      ).length;
      if (name === 'implement') return implemented(worksOf(spec), text, turn);
      if (name !== 'implement-single') return planned(worksOf(spec), name);
      const work = workIn(worksOf(spec), text);
      const who = `${text.includes(`"model":"${LOCAL_MODEL}"`) ? 'reflex' : 'cloud'} ${spec}/${work.task}`;
      asked.push({ who, text: lastText(request) });
      return redone(work, redoing(who));
    },
  });
  return {
    project,
    asked,
    async run(spec, runId) {
      const { exit, stdout, stderr } = await project.speckit('auto', nameOf(spec), '--run-id', runId);
      if (exit !== 11) throw new Error(`${runId} came to no proposal: ${stdout}${stderr}`);
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

const filesOf = (specs: readonly number[]): Readonly<Record<string, FileSeed>> => ({
  'package.json': '{ "name": "numbers", "type": "module" }\n',
  'notes.txt': 'Numbers.\n',
  'test/one.test.js': "import { test } from 'node:test';\n\ntest('there is a test', () => undefined);\n",
  ...Object.fromEntries(
    specs.flatMap((spec) => [
      [workOf(spec).file, workOf(spec).before ?? ''],
      [`specs/${nameOf(spec)}-number/spec.md`, specText(spec)],
    ]),
  ),
});

const configurationOf = (url: string, more: string): string => `[checks.lint]
command = "node --check src/number1.js"
kind = "lint"
timeout_seconds = 30

[checks.test]
command = "node --test"
kind = "test"
timeout_seconds = 30

[workers.local]
provider = "openai-chat"
model = "${LOCAL_MODEL}"
base_url = "${url}/v1"
local = true

[workers.cheap]
provider = "openai-chat"
model = "gpt-6-luna"
base_url = "${url}/v1"

[workers.strong]
provider = "openai-chat"
model = "gpt-6.1-sol"
base_url = "${url}/v1"

[routing]
architect = ["cheap"]
implementer = ["cheap", "strong"]
judge = ["strong"]
critic = ["cheap"]
${more}`;

const filesIn = ({ file, test }: Work): readonly string[] => [file, ...(test === undefined ? [] : [test.file])];
/** Words that stand in the description of this task alone. */
const markOf = ({ spec, task }: Work): string => `(${spec} and ${task})`;
const workIn = (works: readonly Work[], text: string): Work => {
  const found = works.findLast((work) => text.includes(markOf(work)));
  if (found === undefined) throw new Error(`a request about no task: ${text.slice(0, 300)}`);
  return found;
};

/** What the architect says of a spec; all others say what they usually do. */
function planned(works: readonly Work[], name: CallName): Step | undefined {
  const [first] = works;
  const files = [...new Set(works.flatMap(filesIn))];
  const json = (value: unknown): Step => ({ text: JSON.stringify(value) });
  if (name === 'brief')
    return json({
      summary: 'A number.',
      in_scope: ['the number'],
      out_of_scope: [],
      acceptance: [{ requirement: 'FR-001', restated: 'it returns its number' }],
      relevant_files: [first?.file],
      risks: [],
      constitution_conflicts: [],
      confidence: 0.9,
      open_questions: [],
    });
  if (name === 'plan')
    return json({
      summary: 'Return the number.',
      files: files.map((path) => ({ path, action: 'modify', why: 'the number' })),
      steps: [{ id: 'S1', title: 'number', requirements: ['FR-001'], files, success_signal: 'tests pass' }],
      tests: [{ requirement: 'FR-001', file: first?.test?.file, what: 'the number' }],
      risks: [],
      confidence: 0.9,
      open_questions: [],
    });
  if (name === 'tasks')
    return json({
      tasks: works.map((work, index) => ({
        id: work.task,
        title: `Change ${work.file}`,
        description: `Change it, and bring its test ${markOf(work)}.`,
        requirements: ['FR-001'],
        files: filesIn(work),
        depends_on: works.slice(0, index).map(({ task }) => task),
        criteria: ['tests pass'],
      })),
      confidence: 0.9,
      open_questions: [],
    });
  if (name === 'audit')
    return json({
      recommendation: 'unlock',
      summary: 'It returns its number; a test shows it.',
      requirements: [{ requirement: 'FR-001', met: true, evidence: first?.test?.file }],
      findings: [],
      confidence: 0.9,
      open_questions: [],
    });
  return undefined;
}

/** The run's own implementer: first the file, then its test, then a word. */
function implemented(works: readonly Work[], text: string, turn: number): Step {
  const work = workIn(works, text);
  const steps = [
    patchCall(work.file, work.before, work.after),
    ...(work.test === undefined ? [] : [patchCall(work.test.file, work.test.before, work.test.text)]),
    said('Done.'),
  ];
  return steps[turn] ?? said('Done.');
}

function redone(work: Work, doing: Redoing): Step {
  if (typeof doing !== 'string') return doing;
  const wrong = work.after.replace(/=> (.*);\n$/, '=> -1 - $1;\n');
  const change = replaceFile(work.file, work.before, doing === 'right' ? work.after : wrong);
  const { test } = work;
  const cheat =
    test === undefined
      ? ''
      : replaceFile(
          test.file,
          test.text,
          "import { test } from 'node:test';\n\ntest('it is fine', () => undefined);\n",
        );
  const patch =
    doing === 'cheats' ? change.replace('*** End Patch\n', '') + cheat.replace('*** Begin Patch\n', '') : change;
  return { text: JSON.stringify({ patch, notes: 'It returns the number.', confidence: 0.9 }) };
}

function lastText({ body }: ScriptedRequest): string {
  const { messages } = body as { readonly messages: readonly { readonly content: unknown }[] };
  const content = messages.at(-1)?.content;
  return typeof content === 'string' ? content : JSON.stringify(content);
}
