import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { plantedSecrets, type PlantedSecret } from './plantedSecrets.ts';
import {
  configuration,
  FILES,
  GOOD,
  GOOD_CODE,
  GOOD_TEST,
  replaceFile,
  SPEC,
  tool,
  type ProjectOptions,
  type ScriptedProject,
} from './scriptedProject.ts';
import type { Step } from './scriptedStep.ts';

/*
 * Two hundred secrets, forty in each place that text comes from: files, the spec, answers of the model, output of commands, and the environment (half of
 * them variables, half in .env; their values look like nothing, so that only their names tell). A whole run, and then they are looked for.
 */

export const SECRETS = plantedSecrets(7, 160);
const IN_FILES = SECRETS.slice(0, 40);
const IN_SPEC = SECRETS.slice(40, 80);
export const IN_ANSWERS = SECRETS.slice(80, 120);
const IN_OUTPUT = SECRETS.slice(120, 160);
const named = (place: string, index: number): PlantedSecret => {
  const value = `${place}-river-${index}-stone-${(index * 7919) % 1000}`;
  return { kind: `${place} variable`, value, line: `the value is ${value} here` };
};
const IN_ENVIRONMENT = Array.from({ length: 20 }, (_, index) => named('plain', index));
const IN_DOTENV = Array.from({ length: 20 }, (_, index) => named('dotted', index));
export const ALL = [...SECRETS, ...IN_ENVIRONMENT, ...IN_DOTENV];

export const linesOf = (secrets: readonly PlantedSecret[]): string => secrets.map(({ line }) => line).join('\n');

/** The file that the run changes holds secrets of its own, away from what is changed. */
const FILLER = Array.from({ length: 12 }, (_, index) => `// line ${index} of what stays as it is\n`).join('');
export const KEPT = `${FILLER}/*\n${linesOf(IN_FILES.slice(0, 20))}\n*/\n`;
const PRINTED = Buffer.from(linesOf([...IN_OUTPUT, ...IN_ENVIRONMENT, ...IN_DOTENV])).toString('base64');
export const PROJECT = {
  '.gitignore': '.env\n',
  'src/greet.js': `${FILES['src/greet.js'] as string}${KEPT}`,
  'config/settings.txt': `${linesOf(IN_FILES.slice(20))}\n`,
  'print.js': `process.stdout.write(Buffer.from('${PRINTED}', 'base64').toString() + '\\n');\n`,
  'specs/SPEC-001-greeting/spec.md': `${SPEC}\n## Notes\n\n${linesOf(IN_SPEC)}\n`,
};

export const said = linesOf([...IN_ANSWERS, ...IN_ENVIRONMENT.slice(0, 5), ...IN_DOTENV.slice(0, 5)]);
const withText = (step: Step | undefined, members: Readonly<Record<string, unknown>>): Step => ({
  text: JSON.stringify({ ...(JSON.parse(step?.text ?? '{}') as object), ...members }),
  chunkSize: 5,
});

/** Everything a model says holds secrets; its first code is wrong, so that a failing check's output is shown to it. */
const ANSWERS = {
  brief: [
    withText(GOOD.brief[0], { summary: said.slice(0, 3_900), relevant_files: ['src/greet.js', 'config/settings.txt'] }),
  ],
  plan: [
    withText(GOOD.plan[0], {
      risks: IN_ANSWERS.slice(0, 10).map(({ line }) => ({ risk: line.slice(0, 700), mitigation: 'none' })),
    }),
  ],
  tasks: GOOD.tasks,
  implement: [
    tool('search', { text: 'a' }),
    tool('read_file', { path: 'config/settings.txt' }),
    tool('apply_patch', { patch: replaceFile('test/greet.test.js', undefined, GOOD_TEST) }),
    // A secret of the model's own would be written into a file: refused.
    tool('apply_patch', {
      patch: replaceFile(
        'src/greet.js',
        FILES['src/greet.js'] as string,
        `${GOOD_CODE}// ${IN_ANSWERS[0]?.line ?? ''}\n`,
      ),
    }),
    { text: `All done, as follows:\n${said}\n`, chunkSize: 3 },
    tool('apply_patch', { patch: replaceFile('src/greet.js', FILES['src/greet.js'] as string, GOOD_CODE) }),
    { text: 'greet is done.' },
  ],
  audit: [withText(GOOD.audit[0], { summary: said.slice(0, 3_900) })],
};

/** Variables of the environment that are secrets. */
export const SECRET_ENVIRONMENT = Object.fromEntries(
  IN_ENVIRONMENT.map(({ value }, index) => [`SERVICE_${index}_TOKEN`, value]),
);

/** The project that holds them all but those of `.env`: see writeDotenv. */
export const SECRET_PROJECT: ProjectOptions = {
  files: PROJECT,
  answers: ANSWERS,
  toml: (url) => configuration(url).replace('node --test"', 'node print.js && node --test"'),
  environment: SECRET_ENVIRONMENT,
};

/** Ignored by git, so that it is there only afterwards. */
export function writeDotenv({ root }: Pick<ScriptedProject, 'root'>): void {
  const dotenv = IN_DOTENV.map(({ value }, index) => `PART_${index}_SECRET="${value}"\n`).join('');
  writeFileSync(path.join(root, '.env'), dotenv);
}

/** The secrets that stand in a text, each with where. */
export function leaksIn(text: string, where: string): readonly string[] {
  return ALL.flatMap(({ kind, value }) => (text.includes(value) ? [`${where}: ${kind}: ${value}`] : []));
}
