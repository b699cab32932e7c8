import { GOOD, replaceFile, scriptedProject, tool, type CallName } from '../support/scriptedProject.ts';
import { sharedPrefix } from './promptCalls.ts';
import { table } from './table.ts';

/*
 * How much of a request a server's prefix cache can take from an earlier one. Smallest cacheable prefixes, in tokens:
 * - OpenAI: 1,024, in steps of 128 (openai-cookbook, examples/Prompt_Caching_201.ipynb, for models before GPT-5.6).
 * - Anthropic: 1,024 for Sonnet 4 to 4.6 and Opus 4 and 4.1, 2,048 for Haiku 3.5, 4,096 for Opus 4.5 and 4.6 and Haiku 4.5 (their table as
 *   quoted in anthropics/anthropic-sdk-python issue 1194, where Sonnet 4.6 is seen to begin at 2,048).
 * - SGLang: RadixAttention matches token by token, that is from 1 (the project's prefix-caching page); with --page-size N, in steps of N.
 */
const SMALLEST: readonly (readonly [server: string, tokens: number])[] = [
  ['SGLang', 1],
  ['OpenAI', 1_024],
  ['Anthropic, Sonnet 4.5', 1_024],
  ['Anthropic, Haiku 4.5', 4_096],
];

/** Bytes of English text or code to a token, as providers put it in round figures. */
const BYTES_PER_TOKEN = 4;

interface Call {
  readonly name: CallName;
  /** What the model reads, in its order: tools, then messages. */
  readonly prompt: Buffer;
  readonly schema: string;
}

/** Runs two tasks against the scripted server, and says which bytes each request shares with an earlier one. */
export async function prefixTables(): Promise<string> {
  const calls = await callsOfTwoTasks();
  const named = (name: CallName): readonly Call[] => calls.filter((call) => call.name === name);
  const implement = named('implement');
  const first = (name: CallName): Call => named(name)[0] ?? missing(name);
  const at = (index: number): Call => implement[index] ?? missing('implement');
  const pairs: readonly (readonly [string, Call, Call])[] = [
    ['within a task: call 2 after call 1', at(0), at(1)],
    ['within a task: call 3 after call 2', at(1), at(2)],
    ['task to task: first call of T2 after first call of T1', at(0), at(3)],
    ['stage to stage: plan after specify', first('brief'), first('plan')],
    ['stage to stage: tasks after plan', first('plan'), first('tasks')],
    ['stage to stage: implement after tasks', first('tasks'), at(0)],
    ['stage to stage: audit after implement', at(0), first('audit')],
  ];
  const sizes = table(
    ['Call', 'Request bytes', 'of them the output schema'],
    calls.map(({ name, prompt, schema }, index) => [
      `${index + 1} ${name}`,
      String(prompt.length + schema.length),
      String(schema.length),
    ]),
  );
  const reuse = table(
    ['Pair', 'Shared bytes', 'of the later request', 'of the former', 'Long enough for'],
    pairs.map(([name, former, later]) => {
      const shared = sharedPrefix(former.prompt, later.prompt);
      const cached = SMALLEST.filter(([, tokens]) => shared / BYTES_PER_TOKEN >= tokens).map(([server]) => server);
      return [
        name,
        String(shared),
        percent(shared, later.prompt.length),
        percent(shared, former.prompt.length),
        cached.join(', ') || 'none',
      ];
    }),
  );
  const smallest = table(
    ['Server', 'Smallest cacheable prefix'],
    SMALLEST.map(([server, tokens]) => [server, `${tokens} tokens, about ${tokens * BYTES_PER_TOKEN} bytes`]),
  );
  return [sizes, reuse, smallest].join('\n\n');
}

const missing = (name: string): never => {
  throw new Error(`the run made no such call: ${name}`);
};

/** Two tasks that follow each other, in one run. */
async function callsOfTwoTasks(): Promise<readonly Call[]> {
  const [plan] = GOOD.plan;
  const planned = JSON.parse(plan?.text ?? '{}') as { files: unknown[] };
  const twoTasks = ['T1', 'T2'].map((id, index) => ({
    id,
    title: index === 0 ? 'greet' : 'describe greet',
    description: index === 0 ? 'Change greet and add tests.' : 'Describe greet in its document.',
    requirements: ['FR-001', 'FR-002'],
    files: index === 0 ? ['src/greet.js', 'test/greet.test.js'] : ['docs/greet.md'],
    depends_on: index === 0 ? [] : ['T1'],
    criteria: ['tests pass'],
  }));
  await using project = await scriptedProject({
    answers: {
      plan: [
        {
          text: JSON.stringify({
            ...planned,
            files: [...planned.files, { path: 'docs/greet.md', action: 'create', why: 'to be found' }],
          }),
        },
      ],
      tasks: [{ text: JSON.stringify({ tasks: twoTasks, confidence: 0.9, open_questions: [] }) }],
      implement: [
        ...GOOD.implement,
        tool('apply_patch', { patch: replaceFile('docs/greet.md', undefined, '# greet\n') }),
        { text: 'greet is described.' },
      ],
    },
  });
  const run = await project.speckit('--json', 'auto', 'SPEC-001');
  if (run.exit !== 11) throw new Error(`the run ended with ${run.exit}: ${run.stdout} ${run.stderr}`);
  return project.server.requests.map((request, index) => callOf(project.calls[index] ?? missing('call'), request.body));
}

function callOf(name: CallName, body: unknown): Call {
  const {
    tools = [],
    messages = [],
    response_format: format,
  } = body as { tools?: unknown[]; messages?: unknown[]; response_format?: unknown };
  const prompt = [...tools, ...messages].map((part) => `${JSON.stringify(part)}\n`).join('');
  return { name, prompt: Buffer.from(prompt), schema: format === undefined ? '' : JSON.stringify(format) };
}

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;
