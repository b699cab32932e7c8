import { spawn } from 'node:child_process';
import path from 'node:path';
import { makeRepository, type FileSeed } from './gitRepository.ts';
import {
  startScriptedModelServer,
  type ScriptedModelServer,
  type ScriptedModelServerOptions,
  type ScriptedRequest,
} from './scriptedModelServer.ts';
import type { Step } from './scriptedStep.ts';
import { temporaryFolder, type TemporaryFolder } from './temporaryFolder.ts';

/*
 * A tiny real project with a spec, a scripted model server in the place of all models, and the built command line run on it as a user would.
 */

export const installation = path.resolve(import.meta.dirname, '../..');
const program = path.join(installation, 'dist/cli/main.js');

/** What a run of the command line came to. */
export interface CommandResult {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The calls a pipeline makes, by what the request says it is about. */
export type CallName =
  | 'brief'
  | 'clarify'
  | 'plan'
  | 'critic-plan'
  | 'tasks'
  | 'implement'
  | 'implement-single'
  | 'amendment'
  | 'critic-patch'
  | 'security'
  | 'performance'
  | 'tutor'
  | 'librarian'
  | 'audit'
  | 'judge-pair';

/** Answers by call: the n-th entry for the n-th request of that name, the last one for all after it. */
export type Answers = Partial<Record<CallName, readonly Step[]>>;

export interface ScriptedProject extends AsyncDisposable {
  readonly folder: TemporaryFolder;
  readonly root: string;
  readonly server: ScriptedModelServer;
  /** Names of the calls in the order they came. */
  readonly calls: readonly CallName[];
  speckit(...words: readonly string[]): Promise<CommandResult>;
  /** The same, as a process that can be killed. `nodeWords` are for Node.js itself, e.g. a file to load first. */
  spawn(words: readonly string[], nodeWords?: readonly string[]): ReturnType<typeof spawn>;
  readonly environment: Readonly<Record<string, string>>;
}

const HEADINGS: readonly (readonly [string, CallName])[] = [
  ['# Maieutic check', 'clarify'],
  ['# Stage: specify', 'brief'],
  ['# Amendment of the plan', 'amendment'],
  ['# Stage: plan', 'plan'],
  ['# Advice: read the plan', 'critic-plan'],
  ['# Stage: tasks', 'tasks'],
  ['Make the change below with one patch', 'implement-single'],
  ['# Stage: implement', 'implement'],
  ['# Advice: read the change', 'critic-patch'],
  ['# Advice: review the change for security', 'security'],
  ['# Advice: review the change for performance', 'performance'],
  ['# Advice: choose the files to show', 'librarian'],
  ['# Advice: say why this attempt failed', 'tutor'],
  ['# Stage: audit', 'audit'],
  ['# Advice: score two answers', 'judge-pair'],
];

/** Which call a request belongs to: the stage named by its first user message. */
export function callNameOf(request: Pick<ScriptedRequest, 'body'>): CallName {
  const text = JSON.stringify(request.body);
  const found = HEADINGS.find(([heading]) => text.includes(heading));
  if (found === undefined) throw new Error(`a request of no known stage: ${text.slice(0, 300)}`);
  return found[1];
}

export const SPEC = `# Greeting

## Requirements

### Functional Requirements

- **FR-001**: \`greet(name)\` MUST return \`Hello, <name>!\` for any name that is not empty.
  - **AC-001**: Given the name "Ada", when \`greet("Ada")\` is called, then it returns "Hello, Ada!".
- **FR-002**: \`greet("")\` MUST return \`Hello, stranger!\`.
  - **AC-002**: Given an empty name, when \`greet("")\` is called, then it returns "Hello, stranger!".
`;

export const FILES: Readonly<Record<string, FileSeed>> = {
  'package.json': '{ "name": "greeter", "type": "module", "scripts": { "test": "node --test" } }\n',
  'src/greet.js': 'export function greet(name) {\n  return `Hi ${name}`;\n}\n',
  'test/shape.test.js':
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { greet } from '../src/greet.js';\n\ntest('greet returns a text', () => {\n  assert.equal(typeof greet('x'), 'string');\n});\n",
  'specs/SPEC-001-greeting/spec.md': SPEC,
};

export const GOOD_CODE =
  'export function greet(name) {\n  return name === "" ? "Hello, stranger!" : `Hello, ${name}!`;\n}\n';
export const GOOD_TEST =
  "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { greet } from '../src/greet.js';\n\ntest('FR-001 greets by name', () => {\n  assert.equal(greet('Ada'), 'Hello, Ada!');\n});\n\ntest('FR-002 greets a stranger', () => {\n  assert.equal(greet(''), 'Hello, stranger!');\n});\n";

/** A whole file as the lines of an apply_patch envelope. */
export function replaceFile(file: string, before: string | undefined, after: string): string {
  const lines = (text: string, mark: string): string =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => `${mark}${line}`)
      .join('\n');
  const body =
    before === undefined
      ? `*** Add File: ${file}\n${lines(after, '+')}`
      : `*** Update File: ${file}\n@@\n${lines(before, '-')}\n${lines(after, '+')}`;
  return `*** Begin Patch\n${body}\n*** End Patch\n`;
}

const json = (value: unknown): Step => ({ text: JSON.stringify(value) });
let nCalls = 0;
export const tool = (name: string, input: Readonly<Record<string, unknown>>): Step => ({
  toolCalls: [{ id: `call_${(nCalls += 1)}`, name, arguments: input }],
});

/** Answers of a model that does everything right at the first go. */
export const GOOD: Required<Omit<Answers, 'implement-single' | 'judge-pair'>> = {
  brief: [
    json({
      summary: 'greet answers with Hello and an exclamation mark.',
      in_scope: ['greet'],
      out_of_scope: [],
      acceptance: [
        { requirement: 'FR-001', restated: 'greet(name) gives Hello, name!' },
        { requirement: 'FR-002', restated: 'greet of nothing gives Hello, stranger!' },
      ],
      relevant_files: ['src/greet.js'],
      risks: [],
      constitution_conflicts: [],
      confidence: 0.9,
      open_questions: [],
    }),
  ],
  plan: [
    json({
      summary: 'Change greet and test it.',
      files: [
        { path: 'src/greet.js', action: 'modify', why: 'the behaviour' },
        { path: 'test/greet.test.js', action: 'create', why: 'the tests' },
      ],
      steps: [
        {
          id: 'S1',
          title: 'greet',
          requirements: ['FR-001', 'FR-002'],
          files: ['src/greet.js', 'test/greet.test.js'],
          success_signal: 'tests pass',
        },
      ],
      tests: [
        { requirement: 'FR-001', file: 'test/greet.test.js', what: 'by name' },
        { requirement: 'FR-002', file: 'test/greet.test.js', what: 'a stranger' },
      ],
      risks: [],
      confidence: 0.9,
      open_questions: [],
    }),
  ],
  clarify: [json({ questions: [] })],
  'critic-plan': [json({ findings: [], confidence: 0.9 })],
  tasks: [
    json({
      tasks: [
        {
          id: 'T1',
          title: 'greet',
          description: 'Change greet and add tests.',
          requirements: ['FR-001', 'FR-002'],
          files: ['src/greet.js', 'test/greet.test.js'],
          depends_on: [],
          criteria: ['tests pass'],
        },
      ],
      confidence: 0.9,
      open_questions: [],
    }),
  ],
  implement: [
    tool('apply_patch', { patch: replaceFile('src/greet.js', FILES['src/greet.js'] as string, GOOD_CODE) }),
    tool('apply_patch', { patch: replaceFile('test/greet.test.js', undefined, GOOD_TEST) }),
    { text: 'greet is done and tested.' },
  ],
  amendment: [json({ decision: 'grant', why: 'The greeting belongs there.', confidence: 0.9 })],
  'critic-patch': [json({ findings: [], confidence: 0.9 })],
  security: [json({ findings: [], confidence: 0.9 })],
  performance: [json({ findings: [], confidence: 0.9 })],
  tutor: [
    json({
      cause: 'greet forgets a stranger.',
      place: 'src/greet.js',
      next: 'Look at the empty name.',
      confidence: 0.8,
    }),
  ],
  librarian: [json({ files: [{ path: 'src/greet.js', why: 'the behaviour' }] })],
  audit: [
    json({
      recommendation: 'unlock',
      summary: 'greet greets by name and greets a stranger; tests show both.',
      requirements: [
        { requirement: 'FR-001', met: true, evidence: 'test/greet.test.js' },
        { requirement: 'FR-002', met: true, evidence: 'test/greet.test.js' },
      ],
      findings: [],
      confidence: 0.9,
      open_questions: [],
    }),
  ],
};

/** The configuration of the tests: one check, and workers that all live at the scripted server. `cheap` climbs to `strong`. */
export function configuration(url: string, more = ''): string {
  return `[checks.test]
command = "node --test"
kind = "test"
timeout_seconds = 30

[workers.cheap]
provider = "openai-chat"
model = "gpt-6-luna"
base_url = "${url}/v1"

[workers.strong]
provider = "openai-chat"
model = "gpt-6.1-sol"
base_url = "${url}/v1"

[routing]
architect = ["cheap", "strong"]
implementer = ["cheap", "strong"]
judge = ["strong"]
critic = ["cheap"]
${more}`;
}

export interface ProjectOptions {
  readonly answers?: Answers;
  /** Answers for the requests in which this text stands (most often, where several do): for one spec of many. Before `answers`, and counted by themselves. */
  readonly answersAbout?: Readonly<Record<string, Answers>>;
  /** Answers by what a request says, before all lists. */
  readonly answer?: (request: ScriptedRequest, name: CallName) => Step | undefined;
  readonly files?: Readonly<Record<string, FileSeed>>;
  /** The whole project, in the place of FILES. */
  readonly instead?: Readonly<Record<string, FileSeed>>;
  /** Text appended to speckit.toml. */
  readonly more?: string;
  /** The whole speckit.toml, given the server's address. */
  readonly toml?: (url: string) => string;
  readonly name?: string;
  /** Added to the environment of the command line. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Which answer of a list a request gets: the n-th request the n-th (`arrival`, when left out), or the n-th turn of a conversation the n-th
   * (`turn`), so that a request that is sent again gets the answer it would have got.
   */
  readonly answersBy?: 'arrival' | 'turn';
  /** What the server's list of models holds. */
  readonly models?: ScriptedModelServerOptions['models'];
}

/** Makes the project, starts the server, and hands out the command line. */
export async function scriptedProject(options: ProjectOptions = {}): Promise<ScriptedProject> {
  const folder = temporaryFolder(options.name ?? 'speckit project');
  const calls: CallName[] = [];
  const counts = new Map<string, number>();
  const answers: Answers = { ...GOOD, ...options.answers };
  const server = await startScriptedModelServer(
    (request) => {
      const name = callNameOf(request);
      const about = aboutOf(request.body, Object.keys(options.answersAbout ?? {}));
      const kind = `${about ?? ''} ${name}`;
      const nth = options.answersBy === 'turn' ? turnOf(request.body) : (counts.get(kind) ?? 0);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      calls.push(name);
      const own = options.answer?.(request, name);
      if (own !== undefined) return own;
      const list = options.answersAbout?.[about ?? '']?.[name] ?? answers[name] ?? [];
      return list[Math.min(nth, list.length - 1)] ?? { text: '' };
    },
    options.models === undefined ? {} : { models: options.models },
  );
  const root = folder.join('repository');
  await makeRepository(root, {
    ...(options.instead ?? FILES),
    'speckit.toml': options.toml?.(server.url) ?? configuration(server.url, options.more),
    ...options.files,
  });
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder.path,
    SPECKIT_HOME: folder.join('home'),
    LC_ALL: 'C.UTF-8',
    SPECKIT_PERSON: 'Ada',
    ...options.environment,
  };
  const start = (words: readonly string[], nodeWords: readonly string[] = []) =>
    spawn(process.execPath, [...nodeWords, program, '-C', root, ...words], {
      cwd: folder.path,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    folder,
    root,
    server,
    calls,
    environment,
    spawn: start,
    speckit: (...words) => finished(start(words)),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      folder[Symbol.dispose]();
    },
  };
}

/** Which of the texts stands most often in a request, if any does. */
function aboutOf(body: unknown, texts: readonly string[]): string | undefined {
  const request = JSON.stringify(body);
  const counted = texts
    .map((text) => ({ text, count: request.split(text).length - 1 }))
    .filter(({ count }) => count > 0);
  return counted.toSorted((left, right) => right.count - left.count)[0]?.text;
}

/** How many answers of the model stand in a chat request already. */
function turnOf(body: unknown): number {
  const { messages } = body as { readonly messages: readonly { readonly role: string }[] };
  return messages.filter(({ role }) => role === 'assistant').length;
}

/** Waits for a process and collects what it said. */
export function finished(child: ReturnType<typeof spawn>): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exit, signal) => resolve({ exit, signal, stdout, stderr }));
  });
}
