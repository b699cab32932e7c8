import { z } from 'zod';
import { counted } from '../../base/counted.ts';
import { PERSON_FILE_STATES, type PersonFile, type RepositoryPath } from '../ports.ts';
import type { RunContext } from './context.ts';
import { askPerson, questionsOf, withdraw, type AskedQuestion } from './questions.ts';
import { RunStopped } from './stopped.ts';

const ABOUT = 'uncommitted-work';

const ANSWERS = { include: 'include', leaveOut: 'leave out', stop: 'stop' } as const;

/** What one look found, as the log keeps it. */
export const workSchema = z.array(z.strictObject({ path: z.string(), state: z.enum(PERSON_FILE_STATES) }));

/** The base with the person's work in it, and its files. */
export const inclusionSchema = z.strictObject({ tree: z.string(), evidence: z.string(), files: z.array(z.string()) });
type Inclusion = z.infer<typeof inclusionSchema>;

/** Files that a question names. */
const NAMED = 12;

/** The last part of the key of the step that takes a person's work in: what a replay compares. */
export const INCLUSION = 'include';

/**
 * Looks once, when a plan has named its files, whether the person has work in them that the run does not know: not committed, not saved, or committed since.
 * A person says whether the run goes on with it or without it; until then it waits (RunStopped), and looks again when it goes on. `key` is unique for
 * each version of the plan. Returns the files that have become a part of what the run works on: the plan was made without them.
 */
export async function personsWorkIn(
  context: RunContext,
  key: string,
  paths: readonly RepositoryPath[],
): Promise<readonly RepositoryPath[]> {
  const asked = questionAt(context, key);
  if (asked?.answer === ANSWERS.include) return include(context, key, paths);
  if (asked?.answer === ANSWERS.leaveOut) return [];
  if (asked?.answer === ANSWERS.stop)
    throw new RunStopped('gateFailed', 'A person answered stop: they have work of their own in the files of the plan.');
  const { base } = context.workspace;
  const { outcome, output } = await context.steps.step(
    { key: `${key}/work`, effect: 'retrieval' },
    { tree: base.tree, paths },
    async () => {
      const { files, isLetPass } = await context.personFiles.look(`${key}/work`, base.tree, paths);
      const known = files.map(({ path, state }) => ({ path, state }));
      // What waits for an answer is looked for again by the process that goes on.
      const isSettled = files.length === 0 || isLetPass;
      return { outcome: isSettled ? ('done' as const) : ('failed' as const), output: known };
    },
    context.signal,
  );
  const text = textOf(output);
  // The last question is no question any more: the files have changed since, or are as the run knows them.
  if (asked !== undefined && (outcome === 'done' || asked.text !== text))
    withdraw(context, asked, outcome === 'done' ? 'Your files are as the run knows them.' : 'Your files have changed.');
  if (outcome === 'done') return [];
  const { include: withIt, ...others } = ANSWERS;
  const isText = output.every(({ state }) => state !== 'notText');
  askPerson(context, {
    stage: 'plan',
    about: aboutOf(key),
    text,
    options: [...(isText ? [withIt] : []), ...Object.values(others)],
  });
  throw new RunStopped('needsInput', text);
}

const aboutOf = (key: string): string => `${ABOUT}:${key}`;

function questionAt(context: RunContext, key: string): AskedQuestion | undefined {
  return questionsOf(context.log.events).findLast(({ about, isWithdrawn }) => !isWithdrawn && about === aboutOf(key));
}

const STATES: Readonly<Record<PersonFile['state'], string>> = {
  changed: 'changed',
  unsaved: 'not saved',
  added: 'new',
  deleted: 'deleted',
  notText: 'no text',
};

function textOf(files: readonly Pick<PersonFile, 'path' | 'state'>[]): string {
  const named = files.slice(0, NAMED).map(({ path, state }) => `${path} (${STATES[state]})`);
  const rest = files.length > NAMED ? ` and ${files.length - NAMED} more` : '';
  const isText = files.every(({ state }) => state !== 'notText');
  return [
    `You have work of your own in ${counted(files.length, 'file')} of the plan that this run does not know: ${named.join(', ')}${rest}.`,
    ...(isText ? ['"include" makes it a part of what the run works on, and the plan is made again.'] : []),
    '"leave out" goes on without it: your files stay as they are, and a change to them is merged with your work when you approve it.',
    'Or put it away and let the run go on: it looks again.',
  ].join(' ');
}

/** Makes the person's bytes a part of the base. Their files are only read. */
async function include(
  context: RunContext,
  key: string,
  paths: readonly RepositoryPath[],
): Promise<readonly RepositoryPath[]> {
  const { base } = context.workspace;
  const step = `${key}/${INCLUSION}`;
  const { output } = await context.steps.step<Inclusion>(
    { key: step, effect: 'tree' },
    { tree: base.tree, paths },
    async () => {
      const { files } = await context.personFiles.look(step, base.tree, paths);
      const tree = await context.tree.compose(
        base.tree,
        files.flatMap(({ change }) => change ?? []),
      );
      await context.tree.checkpoint(tree, step);
      const evidence = await context.tree.evidenceOf(tree);
      return { outcome: 'done', output: { tree, evidence, files: files.map(({ path }) => path) } };
    },
    context.signal,
  );
  const { tree, evidence, files } = output;
  context.workspace.rebase({ tree, evidence });
  return files;
}
