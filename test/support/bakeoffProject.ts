import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ScriptedRequest } from './scriptedModelServer.ts';
import { replaceFile, scriptedProject, type ScriptedProject } from './scriptedProject.ts';
import type { Step } from './scriptedStep.ts';

/*
 * A project with a local and a cloud worker at one scripted server, and a suite of tiny tasks beside it: task N wants its function to return N. What each
 * side answers to which task is a test's to say, so that the truth is known beforehand.
 */

export type Side = 'reflex' | 'cloud';
/** What a worker does with a task: `fenced` is a right patch in a Markdown fence, `prose` no JSON at all. */
export type Doing = 'right' | 'wrong' | 'fenced' | 'prose' | Step;

export const LOCAL_MODEL = 'qwen2.5-coder-7b-instruct';
const CLOUD_MODEL = 'gpt-6.1-sol';

const nameOf = (number: number): string => `${String(number).padStart(3, '0')}-returns-its-number`;
const codeOf = (value: number): string => `export const answer = () => ${value};\n`;

/** Answers of a worker to the n-th task; the same task may be asked about again. */
export type Answering = (side: Side, task: number) => Doing;

export interface BakeoffProject extends AsyncDisposable {
  readonly project: ScriptedProject;
  /** What to give to --suite. */
  readonly suite: string;
  /** Sides and tasks in the order they were asked. */
  readonly asked: readonly string[];
}

const configurationOf = (url: string, more: string): string => `[workers.local]
provider = "openai-chat"
model = "${LOCAL_MODEL}"
base_url = "${url}/v1"
local = true

[workers.strong]
provider = "openai-chat"
model = "${CLOUD_MODEL}"
base_url = "${url}/v1"

[routing]
implementer = ["local", "strong"]
${more}`;

/** The project with `nTasks` tasks. `answering` may be changed by what it closes over while the project stands. */
export async function bakeoffProject(nTasks: number, answering: Answering, more = ''): Promise<BakeoffProject> {
  const asked: string[] = [];
  const project = await scriptedProject({
    toml: (url) => configurationOf(url, more),
    models: [{ id: LOCAL_MODEL, owned_by: 'vllm' }],
    answer: ({ body }: ScriptedRequest) => {
      const text = JSON.stringify(body);
      const side = text.includes(`"model":"${LOCAL_MODEL}"`) ? 'reflex' : 'cloud';
      const task = Number(/answers with the number (\d+)/.exec(text)?.[1]);
      asked.push(`${side} ${task}`);
      return stepOf(answering(side, task), task);
    },
  });
  return {
    project,
    suite: writtenSuite(project, nTasks),
    asked,
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

/** Writes a suite of so many tasks beside a project; what to give to --suite. */
export function writtenSuite({ root }: Pick<ScriptedProject, 'root'>, nTasks: number): string {
  const suite = path.join(root, '..', 'suite');
  for (let task = 1; task <= nTasks; task += 1) writeTask(path.join(suite, nameOf(task)), task);
  return suite;
}

/** The right answer to the task that a request is about; undefined where it is about none. */
export function rightAnswer({ body }: ScriptedRequest): Step | undefined {
  const task = /answers with the number (\d+)/.exec(JSON.stringify(body))?.[1];
  return task === undefined ? undefined : stepOf('right', Number(task));
}

function writeTask(folder: string, task: number): void {
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
  write('task.json', JSON.stringify({ language: 'javascript', kind: 'failing-test', check: 'node check.mjs' }));
  write(
    'spec.md',
    `# The number\n\n**Size**: hotfix\n\n**Files**: \`src/answer.mjs\`\n\n## Requirements\n\n### Functional Requirements\n\n- **FR-001**: \`answer()\` answers with the number ${task}; it MUST return it.\n  - **AC-001**: Given nothing, when \`answer()\` is called, then it returns ${task}.\n`,
  );
  write('src/answer.mjs', codeOf(0));
  write(
    'check.mjs',
    `import assert from 'node:assert/strict';\nimport { answer } from './src/answer.mjs';\nassert.equal(answer(), ${task});\n`,
  );
}

function stepOf(doing: Doing, task: number): Step {
  if (typeof doing !== 'string') return doing;
  if (doing === 'prose') return { text: 'Here is what I would do.' };
  const patch = replaceFile('src/answer.mjs', codeOf(0), codeOf(doing === 'wrong' ? -task : task));
  const text = JSON.stringify({ patch, notes: 'It returns the number.', confidence: 0.9 });
  return { text: doing === 'fenced' ? `\`\`\`json\n${text}\n\`\`\`` : text };
}
