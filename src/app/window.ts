import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { acquireRunLock, runOwner } from '../node/lock.ts';
import type { Repository } from '../node/repository.ts';
import { isMissing } from '../node/repositoryPath.ts';
import { RUN_ID } from '../node/runStore.ts';
import { watchFolder } from '../node/watchFolder.ts';
import type { ApprovalReport } from './approval.ts';
import { CommandProblem } from './problem.ts';
import type { Services } from './services.ts';
import { readTextIfThere } from './textFile.ts';

/*
 * A command line that has recorded an approval asks the window of the editor that has the repository open to apply it. The window says that it is there
 * by holding a lock like that of a run. A request is the file `<id>.request`, which the window renames to `<id>.heard` and answers in `<id>.answer`;
 * a request carries no decision: what is applied is what the run's log says.
 */

const windowFolder = ({ commonDir }: Pick<Repository, 'commonDir'>): string =>
  path.join(commonDir, 'speckit', 'window');

const requestSchema = z.strictObject({ runId: z.string().regex(RUN_ID), unchecked: z.string().optional() });
type Request = z.infer<typeof requestSchema>;

type Answer =
  | { readonly kind: 'report'; readonly report: ApprovalReport }
  | { readonly kind: 'problem'; readonly problem: CommandProblem['kind']; readonly text: string };

/** How long a window may take to hear, and then to end; and how often it is looked. A window that does not hear is not waited for any longer. */
const HEAR_MS = 3_000;
const END_MS = 15_000;
const POLL_MS = 40;
/** How often a window looks where watching a folder brings nothing, and whether the window before it is gone. */
const SERVE_MS = 1_000;

/** Whether a living window has this repository open. */
export async function hasWindow(repository: Repository): Promise<boolean> {
  return (await runOwner(windowFolder(repository))) !== undefined;
}

/** Has the window apply what is approved. `handedOver`: it has heard and is not done yet. Undefined when no window hears: then nobody else applies it. */
export async function askWindow(
  { clock }: Services,
  repository: Repository,
  request: Request,
): Promise<ApprovalReport | undefined> {
  const folder = windowFolder(repository);
  const name = path.join(folder, randomBytes(8).toString('hex'));
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(`${name}.request`, Buffer.from(JSON.stringify(request), 'utf8'));
  const askedAt = clock.now();
  for (;;) {
    const text = await readTextIfThere(`${name}.answer`);
    if (text !== undefined) {
      await rm(`${name}.answer`, { force: true });
      return reportOf(JSON.parse(text) as Answer);
    }
    const waited = clock.now() - askedAt;
    // Whoever removes the request first, by renaming or by deleting it, applies: never both.
    if (waited > HEAR_MS && (await isRemoved(`${name}.request`))) return undefined;
    if (waited > END_MS) return { kind: 'handedOver' };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function reportOf(answer: Answer): ApprovalReport {
  if (answer.kind === 'report') return answer.report;
  throw new CommandProblem(answer.problem, answer.text);
}

/** True when this call removed the file. */
async function isRemoved(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Says that a window is here and applies what command lines ask for, one after the other. Of several windows on one repository the first one does it,
 * and the next one when it is gone. Dispose to end it.
 */
export async function serveWindow(
  repository: Repository,
  apply: (request: Request) => Promise<ApprovalReport>,
  onFault: (error: unknown) => void,
): Promise<AsyncDisposable> {
  const folder = windowFolder(repository);
  await mkdir(folder, { recursive: true });
  let lock = await heldLock(folder);
  let turn: Promise<void> = Promise.resolve();
  const look = (): void => {
    turn = turn
      .then(async () => {
        lock ??= await heldLock(folder);
        if (lock !== undefined) await answerAll(folder, apply);
      })
      .catch(onFault);
  };
  const watch = watchFolder(folder, SERVE_MS, look);
  return {
    [Symbol.asyncDispose]: async () => {
      watch[Symbol.dispose]();
      await turn;
      await lock?.release();
    },
  };
}

async function heldLock(folder: string) {
  const lock = await acquireRunLock(folder);
  return lock.kind === 'ok' ? lock.value : undefined;
}

async function answerAll(folder: string, apply: (request: Request) => Promise<ApprovalReport>): Promise<void> {
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.request')) continue;
    const name = path.join(folder, file.slice(0, -'.request'.length));
    try {
      await rename(`${name}.request`, `${name}.heard`);
    } catch (error) {
      if (isMissing(error)) continue;
      throw error;
    }
    const answer = await answerOf(await readFile(`${name}.heard`, 'utf8'), apply);
    await writeFileAtomically(`${name}.answer`, Buffer.from(JSON.stringify(answer), 'utf8'));
    await rm(`${name}.heard`, { force: true });
  }
}

async function answerOf(text: string, apply: (request: Request) => Promise<ApprovalReport>): Promise<Answer> {
  try {
    return { kind: 'report', report: await apply(requestSchema.parse(JSON.parse(text))) };
  } catch (error) {
    if (error instanceof CommandProblem) return { kind: 'problem', problem: error.kind, text: error.message };
    return { kind: 'problem', problem: 'infrastructure', text: error instanceof Error ? error.message : String(error) };
  }
}
