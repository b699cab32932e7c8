import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { changed, goodCode, goodTest, patchCall, said, WRONG_CODE, OLD_CODE } from '../../support/pipelineScript.ts';
import { GOOD_TEST, SPEC, type Answers } from '../../support/scriptedProject.ts';
import type { CodeServer } from './codeServer.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from './workspace.ts';

/*
 * One repository whose specs stand in every state a run can be in. All but the running one are brought there by the command line before the editor opens.
 */

export const SPECS = {
  proposed: 'SPEC-001 Greeting',
  question: 'SPEC-002 Welsh',
  failed: 'SPEC-003 Politeness',
  stale: 'SPEC-004 Groups',
  applied: 'SPEC-005 Farewell',
  running: 'SPEC-006 Counting',
} as const;
export type SpecState = keyof typeof SPECS;

/** What each spec is about: the words by which the model server knows its requests. */
const ABOUT = {
  question: 'Welsh has two words for you.',
  failed: 'Nobody is greeted by their bare name.',
  stale: 'A group is greeted once.',
  applied: 'Who is greeted is also seen off.',
  running: 'How often somebody was greeted is counted.',
} as const satisfies Partial<Record<SpecState, string>>;

const THOUGHT =
  'The counter belongs beside greet, because nothing else calls it: a map from names to numbers, and a function that asks for the number of a name. ';

const FAREWELL =
  'export function farewell(name) {\n  return name === "" ? "Goodbye, stranger!" : `Goodbye, ${name}!`;\n}\n';
const FAREWELL_TEST = GOOD_TEST.replaceAll('greet.js', 'farewell.js')
  .replaceAll('{ greet }', '{ farewell }')
  .replaceAll('greet(', 'farewell(')
  .replaceAll('Hello', 'Goodbye');

const GREET_FILES = ['src/greet.js', 'test/greet.test.js'];

/** A plan whose summary says what the spec is about. */
function planAbout(about: string, files: readonly string[], more: object = {}): Answers {
  return {
    plan: [
      changed('plan', {
        summary: `${about} Change ${files[0] ?? ''} and test it.`,
        files: files.map((file) => ({
          path: file,
          action: file.includes('greet.js') ? 'modify' : 'create',
          why: 'the behaviour',
        })),
        steps: [
          {
            id: 'S1',
            title: 'Write the behaviour',
            requirements: ['FR-001', 'FR-002'],
            files,
            success_signal: 'tests pass',
          },
        ],
        tests: ['FR-001', 'FR-002'].map((requirement) => ({ requirement, file: files[1], what: 'by example' })),
        ...more,
      }),
    ],
  };
}

const wrongTwice = [
  patchCall('src/greet.js', OLD_CODE, WRONG_CODE),
  goodTest(),
  said('It greets.'),
  said('Nothing is wrong with it.'),
];

const task = (id: string, title: string, files: readonly string[], dependsOn: readonly string[]) => ({
  id,
  title,
  description: title,
  requirements: ['FR-001', 'FR-002'],
  files,
  depends_on: dependsOn,
  criteria: ['tests pass'],
});

const ANSWERS: Readonly<Record<string, Answers>> = {
  [ABOUT.question]: planAbout(ABOUT.question, GREET_FILES, {
    open_questions: [{ text: 'Is a stranger addressed as "ti" or as "chi"?', blocking: true }],
  }),
  [ABOUT.failed]: { ...planAbout(ABOUT.failed, GREET_FILES), implement: [...wrongTwice, ...wrongTwice] },
  [ABOUT.stale]: planAbout(ABOUT.stale, GREET_FILES),
  [ABOUT.applied]: {
    ...planAbout(ABOUT.applied, ['src/farewell.js', 'test/farewell.test.js']),
    tasks: [changed('tasks', { tasks: [task('T1', 'farewell', ['src/farewell.js', 'test/farewell.test.js'], [])] })],
    brief: [changed('brief', { summary: 'farewell says Goodbye by name, and to a stranger.' })],
    audit: [changed('audit', { summary: 'farewell says Goodbye by name and to a stranger; tests show both.' })],
    implement: [
      patchCall('src/farewell.js', undefined, FAREWELL),
      patchCall('test/farewell.test.js', undefined, FAREWELL_TEST),
      said('farewell is done and tested.'),
    ],
  },
  [ABOUT.running]: {
    ...planAbout(ABOUT.running, GREET_FILES),
    tasks: [
      changed('tasks', {
        tasks: [
          task('T1', 'Greet by name', GREET_FILES, []),
          task('T2', 'Count the greetings', ['src/greet.js'], ['T1']),
          task('T3', 'Show the count', ['src/greet.js'], ['T2']),
        ],
      }),
    ],
    implement: [
      goodCode(),
      goodTest(),
      said('greet is done and tested.'),
      {
        // It arrives for longer than any test lasts, a few letters at a time: the run stays at work, and is heard.
        text: THOUGHT.repeat(20),
        chunkSize: 8,
        chunkDelayMs: 900,
      },
    ],
  },
};

const specText = (state: SpecState): string =>
  SPEC.replace(
    '# Greeting',
    `# ${SPECS[state].slice('SPEC-000 '.length)}\n\n${state === 'proposed' ? '' : ABOUT[state]}`,
  );

const specPath = (state: SpecState): string =>
  `specs/${SPECS[state].toLowerCase().replace('spec', 'SPEC').replaceAll(' ', '-')}/spec.md`;

/** Makes the repository, and every run but the one that is still to be started. */
export async function repositoryOfManySpecs(server: CodeServer): Promise<ScriptedWorkspace> {
  const states = Object.keys(SPECS) as readonly SpecState[];
  const files = Object.fromEntries(
    states.filter((state) => state !== 'proposed').map((state) => [specPath(state), specText(state)]),
  );
  const project = await scriptedWorkspace(server, { answersAbout: ANSWERS, files });
  const runs: readonly (readonly [number, ...string[]])[] = [
    [0, 'plan', 'SPEC-004'],
    [2, 'auto', 'SPEC-003'],
    [10, 'auto', 'SPEC-002'],
    [11, 'auto', 'SPEC-005', '--run-id', 'farewell'],
    [0, 'approve', 'farewell'],
    [11, 'auto', 'SPEC-001', '--run-id', 'greeting'],
  ];
  for (const [exit, ...words] of runs) {
    const done = await project.speckit(...words);
    if (done.exit !== exit)
      throw new Error(`speckit ${words.join(' ')} ended with ${done.exit}: ${done.stdout}${done.stderr}`);
  }
  // Documents and the applied change are committed, as a person would: Source Control shows what the rest of the test makes.
  execFileSync('git', ['add', '--all'], { cwd: project.root });
  execFileSync(
    'git',
    ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '--message', 'Specs'],
    {
      cwd: project.root,
    },
  );
  appendFileSync(path.join(project.root, specPath('stale')), '\nAn empty group is greeted as a stranger.\n');
  return project;
}
