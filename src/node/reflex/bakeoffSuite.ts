import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { hashOf } from '../../base/hash.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { parsedJson } from '../../base/parsedJson.ts';
import type { RepositoryPath } from '../../core/ports.ts';

/** Languages of tasks, each with the program that its checks need. */
export const LANGUAGES = ['javascript', 'typescript', 'python', 'rust', 'go'] as const;
export type Language = (typeof LANGUAGES)[number];

const taskSchema = z.strictObject({
  language: z.enum(LANGUAGES),
  kind: z.enum(['failing-test', 'compile-error', 'feature', 'refactor']),
  /** A shell line, run in the root of the task's project. */
  check: z.string().min(1).max(500),
});

/** One task: a small project whose check fails, and the spec of the hotfix that mends it. `name` is its folder's. */
export interface SuiteTask extends z.infer<typeof taskSchema> {
  readonly name: string;
  readonly spec: string;
  /** The project, without its spec. */
  readonly files: readonly { readonly path: RepositoryPath; readonly text: string }[];
}

export interface Suite {
  readonly name: string;
  /** Over all that a task is. */
  readonly sha256: string;
  readonly tasks: readonly SuiteTask[];
}

const MOST_TASKS = 200;
const MOST_FILES = 40;
const MOST_BYTES = 64_000;
const TASK = 'task.json';
const SPEC = 'spec.md';

/**
 * Reads the tasks of a suite, in the order of their folders' names. Each folder holds task.json (language, kind, check), spec.md (of size hotfix) and the
 * project's own files. An error is a sentence that names what is wrong with it.
 */
export async function readSuite(name: string, folder: string): Promise<Result<Suite, string>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (entries === undefined) return err(`There is no suite ${name}: ${folder} is no folder.`);
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
  if (names.length === 0 || names.length > MOST_TASKS)
    return err(`The suite ${name} holds ${names.length} tasks: from 1 to ${MOST_TASKS} can be run.`);
  const tasks: SuiteTask[] = [];
  for (const task of names) {
    const read = await readTask(path.join(folder, task), task);
    if (read.kind === 'error') return err(`The task ${task} of the suite ${name} cannot be used: ${read.error}`);
    tasks.push(read.value);
  }
  return ok({ name, sha256: hashOf(tasks), tasks });
}

async function readTask(folder: string, name: string): Promise<Result<SuiteTask, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
  if (paths.length > MOST_FILES) return err(`it has ${paths.length} files, more than ${MOST_FILES}.`);
  const texts = new Map<string, string>();
  for (const file of paths) {
    const text = await readFile(path.join(folder, file), 'utf8');
    if (text.length > MOST_BYTES) return err(`${file} is larger than ${MOST_BYTES} bytes.`);
    texts.set(file, text);
  }
  const [about, spec] = [texts.get(TASK), texts.get(SPEC)];
  if (about === undefined || spec === undefined) return err(`it has no ${about === undefined ? TASK : SPEC}.`);
  const task = taskSchema.safeParse(parsedJson(about));
  if (!task.success) return err(`${TASK}: ${z.prettifyError(task.error)}`);
  const files = [...texts].flatMap(([file, text]) => (file === TASK || file === SPEC ? [] : [{ path: file, text }]));
  return ok({ name, ...task.data, spec, files });
}
