import { FILES, GOOD, GOOD_TEST, replaceFile, tool, type Answers, type ProjectOptions } from './scriptedProject.ts';

/*
 * A change to review: two hunks in one file, a new file, and one that is executable.
 */

export const FILLER = Array.from({ length: 12 }, (_, index) => `// line ${index}\n`).join('');
export const OLD_CODE = `${FILES['src/greet.js'] as string}${FILLER}export const tone = 'plain';\n`;
export const NEW_GREET =
  'export function greet(name) {\n  return name === "" ? "Hello, stranger!" : `Hello, ${name}!`;\n}\n';
export const NEW_CODE = `${NEW_GREET}${FILLER}export const tone = 'warm';\n`;
const OLD_SCRIPT = '#!/bin/sh\necho hi\n';
const NEW_SCRIPT = '#!/bin/sh\necho hello\n';

export const NAMES = ['src/greet.js', 'test/greet.test.js', 'bin/hello.sh'];

/** The answers of the good model, for a change of two hunks, a new file and an executable one. */
function answers(): Answers {
  const [plan, tasks] = [GOOD.plan, GOOD.tasks].map((steps) => JSON.parse(steps[0]?.text ?? '{}') as Planned);
  const script = { path: 'bin/hello.sh', action: 'modify', why: 'the same words' };
  const step = (value: unknown) => [{ text: JSON.stringify(value) }];
  return {
    plan: step({
      ...plan,
      files: [...(plan?.files ?? []), script],
      steps: plan?.steps?.map((item) => ({ ...item, files: NAMES })),
    }),
    tasks: step({ ...tasks, tasks: tasks?.tasks?.map((item) => ({ ...item, files: NAMES })) }),
    implement: [
      tool('apply_patch', { patch: replaceFile('src/greet.js', OLD_CODE, NEW_CODE) }),
      tool('apply_patch', { patch: replaceFile('test/greet.test.js', undefined, GOOD_TEST) }),
      tool('apply_patch', { patch: replaceFile('bin/hello.sh', OLD_SCRIPT, NEW_SCRIPT) }),
      { text: 'done' },
    ],
  };
}

interface Planned {
  readonly files?: readonly object[];
  readonly steps?: readonly object[];
  readonly tasks?: readonly object[];
}

/** The changed files as folderContents shows them. */
export const AFTER = { 'src/greet.js': NEW_CODE, 'test/greet.test.js': GOOD_TEST, 'bin/hello.sh': `*${NEW_SCRIPT}` };

/** The project whose good model proposes the change. */
export function reviewedChange(): ProjectOptions {
  const script = { text: OLD_SCRIPT, executable: true as const };
  return { answers: answers(), files: { 'src/greet.js': OLD_CODE, 'bin/hello.sh': script } };
}
