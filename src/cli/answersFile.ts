import path from 'node:path';
import type { App } from '../app/createApp.ts';
import { CommandProblem } from '../app/problem.ts';
import type { RunReport } from '../app/runs.ts';
import { readTextFile, type TextFileProblem } from '../app/textFile.ts';
import { matchAnswers, parseAnswers, type GivenAnswer, type MatchedAnswers } from '../core/maieutic/answersFile.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { Stage } from '../core/run/stage.ts';
import type { Terminal } from './terminal.ts';

/** Bytes of an answers file that are read. */
const FILE_BYTES = 1_000_000;
/** How often a run is gone on with in one command: each time it has asked something that the file answers. */
const MOST_TURNS = 50;

/** The answers file of a command, read and checked; undefined where none was named. Throws a CommandProblem that says what is wrong in it. */
export async function readAnswers(
  terminal: Terminal,
  options: Readonly<Record<string, unknown>>,
): Promise<readonly GivenAnswer[] | undefined> {
  const name = options['answers'];
  if (typeof name !== 'string') return undefined;
  const text = await readTextFile(path.resolve(terminal.host.folder, name), FILE_BYTES);
  if (text.kind === 'error')
    throw new CommandProblem('usage', `${name} ${UNREADABLE[text.error.kind]}. Nothing was answered.`);
  const given = parseAnswers(text.value);
  if (given.kind === 'error') throw new CommandProblem('usage', `${name} ${given.error}. Nothing was answered.`);
  return given.value;
}

const UNREADABLE: Readonly<Record<TextFileProblem['kind'], string>> = {
  missing: 'does not exist',
  notAFile: 'is a folder',
  noAccess: 'may not be read by you',
  tooLarge: `is larger than ${FILE_BYTES} bytes`,
  binary: 'is a binary file',
  notUtf8: 'is not UTF-8 text',
};

/** Throws where an answer cannot be taken as it stands: then none is recorded. */
export function requireUsable({ problems }: Pick<MatchedAnswers, 'problems'>): void {
  if (problems.length === 0) return;
  throw new CommandProblem('usage', `The answers do not fit the questions, so none was taken:\n${problems.join('\n')}`);
}

/** Records the answers of a run, in the order of the file. */
export async function giveAnswers(app: App, runId: string, { answers }: MatchedAnswers): Promise<void> {
  for (const { id, answer, isIntoSpec } of answers)
    await app.answer(runId, id, answer, ...(isIntoSpec ? (['intoSpec'] as const) : []));
}

/** Goes on with a run as long as it asks what the file answers. */
export async function goOnAnswered(
  app: App,
  first: RunReport,
  { given, until }: { readonly given: readonly GivenAnswer[]; readonly until: Stage },
): Promise<{ readonly run: RunReport; readonly matched: MatchedAnswers }> {
  const seen = askedBefore(first.events);
  let run = first;
  for (let turn = 1; ; turn += 1) {
    const matched = matchAnswers(given, run.view.questions, seen);
    if (run.end.outcome !== 'needsInput' || turn > MOST_TURNS) return { run, matched };
    requireUsable(matched);
    if (matched.answers.length === 0) return { run, matched };
    await giveAnswers(app, run.view.runId, matched);
    run = await app.resume(run.view.runId, until);
  }
}

/** Questions that stood before this command: of those a person knows what they decide. */
function askedBefore(events: readonly RunEvent[]): ReadonlySet<string> {
  const began = events.findLast(({ kind }) => kind === 'OwnerChange')?.seq ?? 0;
  return new Set(
    events.flatMap((event) => (event.kind === 'QuestionAsk' && event.seq < began ? [event.payload.id] : [])),
  );
}

/** What of the file no question took, in words; undefined where there is nothing to say. */
export function unknownText({ unknown }: MatchedAnswers): string | undefined {
  if (unknown.length === 0) return undefined;
  return `The answers file answers what was not asked: ${unknown.join(', ')}.`;
}
