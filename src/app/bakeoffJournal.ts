import { appendFile, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parsedJson } from '../base/parsedJson.ts';
import { trialSchema, type BakeoffTrial } from '../core/reflex/bakeoffReport.ts';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { evalNames, makeEvalFolder } from './evalFolder.ts';
import { MOST_MINED, type MinedTasks } from './mineTasks.ts';
import { minedTaskSchema } from './minedTask.ts';
import { BAKEOFF_REPORT } from './bakeoffReports.ts';
import { EVAL_FOLDER } from './scorecards.ts';
import { readTextFile } from './textFile.ts';

/*
 * A bake-off in progress, trial by trial: JSON lines beside the report that will be. The first line says what it is about; a last line that was cut off
 * by a kill never counted. It is deleted when the report is whole.
 */

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const headSchema = z.strictObject({ kind: z.literal('about'), schema_version: z.literal(1), about: hash });
const lineSchema = z.discriminatedUnion('kind', [
  /** The second line, where the tasks are those of the repository's runs: who goes on does exactly these, whatever was run since. */
  z.strictObject({
    kind: z.literal('mined'),
    tasks: z.array(minedTaskSchema).max(MOST_MINED),
    skipped: z.array(z.string().max(500)).max(200),
  }),
  z.strictObject({ kind: z.literal('trial'), trial: trialSchema }),
  /** Spent on a trial that does not count, because the budget cut it short. */
  z.strictObject({ kind: z.literal('spent'), microdollars: z.int().nonnegative() }),
]);
type Line = z.infer<typeof lineSchema>;

/** `stamp` is the report's time of beginning, which its files are called by. */
export interface Journal {
  readonly stamp: string;
  readonly trials: readonly BakeoffTrial[];
  /** In microdollars, over all that was ever begun. */
  readonly spent: number;
  /** On disk when it returns. */
  add(line: Line): Promise<void>;
  remove(): Promise<void>;
}

const SUFFIX = '.trials.jsonl';
/** Bytes of one, and how many are looked into. */
const BYTES = 8_000_000;
const MOST = 50;

/** What a new journal begins with. `now` is milliseconds since 1970. */
export interface JournalStart {
  readonly about: string;
  readonly mined?: MinedTasks | undefined;
  readonly now: number;
}

/** Begins a new journal. */
export async function beginJournal(root: string, { about, mined, now }: JournalStart): Promise<Journal> {
  const folder = await makeEvalFolder(root);
  const taken = new Set(await evalNames(root));
  const time = new Date(now).toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  const isTaken = (stamp: string): boolean =>
    [SUFFIX, '.json'].some((ending) => taken.has(`${BAKEOFF_REPORT}${stamp}${ending}`));
  let stamp = time;
  for (let number = 2; isTaken(stamp); number += 1) stamp = `${time}-${number}`;
  const head = { kind: 'about', schema_version: 1, about } satisfies z.infer<typeof headSchema>;
  const file = path.join(folder, `${BAKEOFF_REPORT}${stamp}${SUFFIX}`);
  const begun: readonly Line[] =
    mined === undefined ? [] : [{ kind: 'mined', tasks: [...mined.tasks], skipped: [...mined.skipped] }];
  await writeFileAtomically(file, wholeText(head, begun));
  return journalOf(file, stamp, begun);
}

const wholeText = (head: z.infer<typeof headSchema>, lines: readonly Line[]): Buffer =>
  Buffer.from([head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));

/** The tasks of the newest unfinished bake-off over the repository's history; undefined where there is none. */
export async function minedInJournal(root: string): Promise<MinedTasks | undefined> {
  for (const { lines } of await readJournals(root)) {
    const mined = lines.find((line) => line.kind === 'mined');
    if (mined !== undefined) return { tasks: mined.tasks, skipped: mined.skipped };
  }
  return undefined;
}

/** The newest journal about exactly this, to go on with; undefined where there is none. One that is damaged is passed over. */
export async function openJournal(root: string, about: string): Promise<Journal | undefined> {
  const found = (await readJournals(root)).find(({ head }) => head.about === about);
  if (found === undefined) return undefined;
  const { name, head, lines } = found;
  const file = path.join(root, EVAL_FOLDER, name);
  // Without what a kill has left of a line: the next one is appended after a whole one.
  await writeFileAtomically(file, wholeText(head, lines));
  return journalOf(file, stampOf(name), lines);
}

/** The stamps of the bake-offs that somebody may go on with. */
export async function unfinishedStamps(root: string): Promise<readonly string[]> {
  return (await readJournals(root)).map(({ name }) => stampOf(name));
}

const stampOf = (name: string): string => name.slice(BAKEOFF_REPORT.length, -SUFFIX.length);

interface FoundJournal {
  readonly name: string;
  readonly head: z.infer<typeof headSchema>;
  readonly lines: readonly Line[];
}

/** All journals that can be gone on with, the newest first. */
async function readJournals(root: string): Promise<readonly FoundJournal[]> {
  const names = (await evalNames(root)).filter((name) => name.startsWith(BAKEOFF_REPORT) && name.endsWith(SUFFIX));
  const found: FoundJournal[] = [];
  for (const name of names.toReversed().slice(0, MOST)) {
    const text = await readTextFile(path.join(root, EVAL_FOLDER, name), BYTES);
    const journal = text.kind === 'ok' ? linesOf(text.value) : undefined;
    if (journal !== undefined) found.push({ name, ...journal });
  }
  return found;
}

/** The first line and those after it; undefined for a journal with a whole line that is none. */
function linesOf(text: string): Omit<FoundJournal, 'name'> | undefined {
  const [first = '', ...rest] = text.split('\n').slice(0, -1);
  const head = headSchema.safeParse(parsedJson(first));
  if (!head.success) return undefined;
  const lines = rest.map((line) => lineSchema.safeParse(parsedJson(line)));
  const good = lines.flatMap((line) => (line.success ? [line.data] : []));
  return good.length === lines.length ? { head: head.data, lines: good } : undefined;
}

function journalOf(file: string, stamp: string, begun: readonly Line[]): Journal {
  const lines = [...begun];
  return {
    stamp,
    get trials() {
      return lines.flatMap((line) => (line.kind === 'trial' ? [line.trial] : []));
    },
    get spent() {
      return lines.reduce((sum, line) => sum + microdollarsOf(line), 0);
    },
    async add(line) {
      await appendFile(file, `${JSON.stringify(line)}\n`);
      await using opened = await open(file, 'r+');
      await opened.sync();
      lines.push(line);
    },
    remove: () => rm(file, { force: true }),
  };
}

function microdollarsOf(line: Line): number {
  switch (line.kind) {
    case 'trial':
      return line.trial.microdollars;
    case 'spent':
      return line.microdollars;
    case 'mined':
      return 0;
  }
}
