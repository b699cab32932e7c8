import path from 'node:path';
import { canonicalJson, type Json } from '../../src/base/json.ts';
import { inVariant, renderPrompt, type PromptTemplate, type PromptVariant } from '../../src/core/prompt/template.ts';
import { loadPrompts } from '../../src/node/prompts.ts';
import { changed, said } from '../support/pipelineScript.ts';
import { installation, replaceFile, scriptedProject, tool } from '../support/scriptedProject.ts';

/** The requests of a run as they went over the wire: compact JSON, tools included. */
export interface OneWord {
  readonly way: string;
  readonly requests: readonly { readonly name: string; readonly bytes: number }[];
  /** Of all their bytes those of answers' schemas in prompts, which a worker does without whose provider shows the model the one that is sent. */
  readonly schemas: number;
  /** The bodies of the implement requests. */
  readonly implement: readonly unknown[];
}

const BEFORE = 'const greeting = "Helo";\nconsole.log(greeting);\nexport { greeting };\n';
const AFTER = BEFORE.replace('Helo', 'Hello');
const PATCH = replaceFile('index.js', BEFORE, AFTER);

const specOf = (head: string): string => `# Spell the greeting right

${head}## Requirements

### Functional Requirements

- **FR-001**: The greeting in \`index.js\` MUST be \`Hello\`.
  - **AC-001**: Given the program, when it runs, then it prints \`Hello\`.
`;
const HOTFIX = '**Size**: hotfix\n\n**Files**: `index.js`\n\n';

/** One word of a repository of three lines, once as a hotfix and once through all stages. */
export async function oneWordRuns(): Promise<readonly OneWord[]> {
  return [await oneWord('as a hotfix', HOTFIX), await oneWord('through all stages', '')];
}

async function oneWord(way: string, head: string): Promise<OneWord> {
  const files = ['index.js'];
  const requirements = ['FR-001'];
  const acceptance = [{ requirement: 'FR-001', restated: 'it prints Hello' }];
  await using project = await scriptedProject({
    instead: { 'index.js': BEFORE, 'specs/SPEC-001-word/spec.md': specOf(head) },
    answers: {
      brief: [changed('brief', { acceptance, relevant_files: files })],
      plan: [
        changed('plan', {
          files: [{ path: 'index.js', action: 'modify', why: 'the word' }],
          steps: [{ id: 'S1', title: 'the word', requirements, files, success_signal: 'it prints Hello' }],
          tests: [{ requirement: 'FR-001', file: 'index.js', what: 'it prints Hello' }],
        }),
      ],
      tasks: [
        changed('tasks', {
          tasks: [
            {
              id: 'T1',
              title: 'the word',
              description: 'Write Hello.',
              requirements,
              files,
              depends_on: [],
              criteria: ['it prints Hello'],
            },
          ],
        }),
      ],
      implement: [tool('apply_patch', { patch: PATCH }), said('The word is right.')],
      'implement-single': [{ text: JSON.stringify({ patch: PATCH, notes: 'The word is right.', confidence: 0.9 }) }],
      audit: [changed('audit', { requirements: [{ requirement: 'FR-001', met: true, evidence: 'index.js' }] })],
    },
  });
  const run = await project.speckit('--json', 'auto', 'SPEC-001', '--run-id', 'run-1');
  if (run.exit !== 11) throw new Error(`the run ended with ${run.exit}: ${run.stdout} ${run.stderr}`);
  const { calls, server } = project;
  return {
    way,
    requests: server.requests.map(({ body }, index) => ({ name: calls[index] ?? '', bytes: bytesOf(body) })),
    schemas: server.requests.reduce((sum, { body }) => sum + schemaBytes(body), 0),
    implement: server.requests.flatMap(({ body }, index) => (calls[index] === 'implement' ? [body] : [])),
  };
}

/** The bytes of the schema's copy in the prompt, as JSON text holds them; the few words that take its place are not taken off. */
function schemaBytes(body: unknown): number {
  const { response_format: format, messages } = body as {
    readonly response_format?: { readonly json_schema: { readonly schema: Json } };
    readonly messages: readonly { readonly content: string }[];
  };
  if (format === undefined) return 0;
  const copy = canonicalJson(format.json_schema.schema);
  return messages.some(({ content }) => content.includes(copy)) ? bytesOf(copy) - 2 : 0;
}

const bytesOf = (body: unknown): number => Buffer.byteLength(JSON.stringify(body));

/** What is the same in every first implement request, whatever the project: everything with all inputs of its prompts empty, in bytes. `variant`: in whose words. */
export async function fixedPart(
  body: unknown,
  variant?: PromptVariant,
): Promise<{ readonly all: number; readonly tools: number; readonly prompts: number }> {
  const { templates } = await loadPrompts(path.join(installation, 'prompts'));
  const empty = (id: string): string => {
    const template = inVariant(templates.get(id) as PromptTemplate, variant);
    return renderPrompt(template, Object.fromEntries(template.inputs.map((name) => [name, ''])));
  };
  const sent = body as { readonly tools: unknown; readonly messages: readonly { readonly role: string }[] };
  const contents = [empty('preamble'), empty('implement')];
  const messages = sent.messages.slice(0, 2).map((message, index) => ({ ...message, content: contents[index] }));
  return {
    all: bytesOf({ ...sent, messages }),
    tools: bytesOf(sent.tools),
    prompts: bytesOf(messages),
  };
}
