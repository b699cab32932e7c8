import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { folderContents } from './folderContents.ts';
import { userGit } from './gitRepository.ts';
import { RUN } from './killedRun.ts';
import { scriptedProject, type CommandResult, type ScriptedProject } from './scriptedProject.ts';

/** A project with a proposal that waits, which can be put back to that state as often as needed. */
export interface ApprovalBench extends AsyncDisposable {
  readonly project: ScriptedProject;
  reset(): void;
  /** Runs the command line and asserts its exit code. */
  speckit(exit: number, ...words: readonly string[]): Promise<CommandResult>;
  /** The user's files but SpecKit's own, path to text. */
  files(): Promise<Readonly<Record<string, string>>>;
  /** A file of the repository; undefined when there is none. */
  read(file: string): string | undefined;
  /** The lines of the spec's approvals.jsonl. */
  approvals(): readonly Readonly<Record<string, unknown>>[];
  git(...words: readonly string[]): Promise<string>;
}

export async function approvalBench(options: Parameters<typeof scriptedProject>[0] = {}): Promise<ApprovalBench> {
  const project = await scriptedProject(options);
  const result = await project.speckit('auto', 'SPEC-001', '--run-id', RUN);
  assert.equal(result.exit, 11, result.stderr);
  const kept = project.folder.join('kept');
  const home = project.folder.join('home');
  cpSync(project.root, path.join(kept, 'root'), { recursive: true });
  cpSync(home, path.join(kept, 'home'), { recursive: true });
  const read = (file: string): string | undefined =>
    existsSync(path.join(project.root, file)) ? readFileSync(path.join(project.root, file), 'utf8') : undefined;
  return {
    project,
    read,
    reset() {
      for (const [name, folder] of Object.entries({ root: project.root, home })) {
        rmSync(folder, { recursive: true, force: true });
        cpSync(path.join(kept, name), folder, { recursive: true });
      }
    },
    async speckit(exit, ...words) {
      const ended = await project.speckit(...words);
      assert.equal(ended.exit, exit, `${words.join(' ')}: ${ended.stderr}${ended.stdout}`);
      assert.doesNotMatch(ended.stderr, /should not have happened/);
      return ended;
    },
    async files() {
      const all = await folderContents(project.root);
      return Object.fromEntries(
        Object.entries(all).filter(([file]) => !file.startsWith('.git/') && !file.startsWith('specs/')),
      );
    },
    approvals: () =>
      (read('specs/SPEC-001-greeting/approvals.jsonl') ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
    git: (...words) => userGit(project.root, ...words),
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
