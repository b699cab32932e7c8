import { appendFile, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parsedJson } from '../base/parsedJson.ts';
import { trialSchema, type BakeoffTrial } from '../core/reflex/bakeoffReport.ts';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { evalNames, makeEvalFolder } from './evalFolder.ts';
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
const BYTES = 8_000_000;

/** Begins a new journal. */
export async function beginJournal(root: string, about: string, now: number): Promise<Journal> {
  const folder = await makeEvalFolder(root);
  const taken = new Set(await evalNames(root));
  const time = new Date(now).toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  const isTaken = (stamp: string): boolean =>
    [SUFFIX, '.json'].some((ending) => taken.has(`${BAKEOFF_REPORT}${stamp}${ending}`));
  let stamp = time;
  for (let number = 2; isTaken(stamp); number += 1) stamp = `${time}-${number}`;
  const head = { kind: 'about', schema_version: 1, about } satisfies z.infer<typeof headSchema>;
  const file = path.join(folder, `${BAKEOFF_REPORT}${stamp}${SUFFIX}`);
  await writeFileAtomically(file, Buffer.from(`${JSON.stringify(head)}\n`));
  return journalOf(file, stamp, []);
}

/** The newest journal about exactly this, to go on with; undefined where there is none. One that is damaged is passed over. */
export async function openJournal(root: string, about: string): Promise<Journal | undefined> {
  for (const name of (await evalNames(root)).toReversed()) {
    if (!name.startsWith(BAKEOFF_REPORT) || !name.endsWith(SUFFIX)) continue;
    const file = path.join(root, EVAL_FOLDER, name);
    const text = await readTextFile(file, BYTES);
    const lines = text.kind === 'ok' ? linesOf(text.value, about) : undefined;
    if (lines === undefined) continue;
    // Without what a kill has left of a line: the next one is appended after a whole one.
    const head = { kind: 'about', schema_version: 1, about };
    const whole = [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFileAtomically(file, Buffer.from(whole));
    return journalOf(file, name.slice(BAKEOFF_REPORT.length, -SUFFIX.length), lines);
  }
  return undefined;
}

/** The lines after the first; undefined for a journal of something else, and for one with a whole line that is none. */
function linesOf(text: string, about: string): readonly Line[] | undefined {
  const [first = '', ...rest] = text.split('\n').slice(0, -1);
  const head = headSchema.safeParse(parsedJson(first));
  if (!head.success || head.data.about !== about) return undefined;
  const lines = rest.map((line) => lineSchema.safeParse(parsedJson(line)));
  const good = lines.flatMap((line) => (line.success ? [line.data] : []));
  return good.length === lines.length ? good : undefined;
}

function journalOf(file: string, stamp: string, begun: readonly Line[]): Journal {
  const lines = [...begun];
  return {
    stamp,
    get trials() {
      return lines.flatMap((line) => (line.kind === 'trial' ? [line.trial] : []));
    },
    get spent() {
      return lines.reduce(
        (sum, line) => sum + (line.kind === 'trial' ? line.trial.microdollars : line.microdollars),
        0,
      );
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
