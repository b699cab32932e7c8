import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import type { RunEvent } from '../../../src/core/run/event.ts';
import { eventsOf, RUN } from '../../support/killedRun.ts';
import { AFTER, OLD_CODE, reviewedChange } from '../../support/reviewedChange.ts';
import type { ProjectOptions, ScriptedProject } from '../../support/scriptedProject.ts';
import type { CodeServer } from './codeServer.ts';
import { eventually } from './eventually.ts';
import { AGAIN_MS, untilDone } from './untilDone.ts';
import type { WorkbenchPage } from './workbenchPage.ts';
import { scriptedWorkspace } from './workspace.ts';

export const CODE = 'src/greet.js';
export const TESTS = 'test/greet.test.js';
export const SCRIPT = 'bin/hello.sh';

/** A run's proposal that waits, made once on the command line; each test reviews a copy of its repository of its own. */
export interface ReviewBench extends AsyncDisposable {
  readonly project: ScriptedProject;
  /** A repository in which the proposal waits. */
  copy(): Copy;
}

export interface Copy {
  readonly root: string;
  /** A file of the user's; undefined when there is none. */
  read(file: string): string | undefined;
  /** The user's reviewed files, whole. */
  files(): Readonly<Record<string, string | undefined>>;
  events(): Promise<readonly RunEvent[]>;
  kinds(): Promise<readonly RunEvent['kind'][]>;
}

/** The list of Source Control draws only the rows in sight, and the graph of commits takes half of the room. */
export const REVIEW_VIEWPORT = { width: 1400, height: 1200 };

/** Settings of a reviewing person whose documents nobody saves, and whose Source Control is not filled by the spec's own documents. */
export const REVIEW_SETTINGS = { 'files.autoSave': 'off', 'git.untrackedChanges': 'hidden' };

/** The files before anything is applied, as `files` tells them. */
export const BEFORE = { [CODE]: OLD_CODE, [TESTS]: undefined, [SCRIPT]: '#!/bin/sh\necho hi\n' };
/** The files with all of the proposal in them. */
export const WHOLE = { [CODE]: AFTER[CODE], [TESTS]: AFTER[TESTS], [SCRIPT]: '#!/bin/sh\necho hello\n' };

export async function reviewBench(
  server: CodeServer,
  change: (options: ProjectOptions) => ProjectOptions = (options) => options,
): Promise<ReviewBench> {
  const project = await scriptedWorkspace(server, change(reviewedChange()));
  const ended = await project.speckit('auto', 'SPEC-001', '--run-id', RUN);
  assert.equal(ended.exit, 11, ended.stderr);
  let nCopies = 0;
  return {
    project,
    copy() {
      nCopies += 1;
      const root = project.folder.join(`copy${nCopies}`);
      cpSync(project.root, root, { recursive: true });
      // Trees of runs lie in the person's own folder by the id of the run, which all copies share: each makes its own anew.
      rmSync(path.join(server.speckitHome, 'state/trees'), { recursive: true, force: true });
      const own = { ...project, root };
      const read = (file: string): string | undefined =>
        existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : undefined;
      return {
        root,
        read,
        files: () => Object.fromEntries([CODE, TESTS, SCRIPT].map((file) => [file, read(file)])),
        events: () => eventsOf(own),
        kinds: async () => (await eventsOf(own)).map(({ kind }) => kind),
      };
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

/** The lines of the SpecKit provider in Source Control: one file of the proposal each. */
export async function proposedRow(workbench: WorkbenchPage, file: string): Promise<Locator> {
  const rows = await workbench.scmRows();
  // The brief in the input box above them names files too.
  return rows.filter({ has: workbench.page.locator('.resource'), hasText: path.basename(file) }).first();
}

/** Opens a proposed file's diff from Source Control. Its lenses may still be on their way. */
export async function openProposed(workbench: WorkbenchPage, file: string): Promise<Locator> {
  const row = await proposedRow(workbench, file);
  // The first one of a fresh server comes after git, the engine and its first overview have started.
  await row.waitFor({ timeout: 60_000 });
  await untilDone(
    () => row.click({ timeout: AGAIN_MS }),
    () => workbench.page.locator('.tab.active', { hasText: path.basename(file) }).isVisible(),
  );
  const { editor, modified } = workbench.diffEditor();
  await modified.locator('.view-line').first().waitFor();
  return editor;
}

/**
 * Types at the end of the first line of the right side that has this word, as often as it takes: the editor takes what is typed only once it has the focus,
 * which its own first look at a change can take away again. The word itself is clicked: the middle of a long line can lie below the minimap.
 */
export async function typeAtEnd({ page, diffEditor }: WorkbenchPage, word: string, typed: string): Promise<void> {
  const line = diffEditor().modified.locator('.view-line', { hasText: word }).first();
  await untilDone(
    async () => {
      await line.locator('span span', { hasText: word }).last().click({ timeout: AGAIN_MS });
      await page.keyboard.press('End');
      await page.keyboard.type(typed);
    },
    // An editor draws blanks that do not break.
    async () => (await line.innerText()).replaceAll('\u00a0', ' ').includes(typed.trim()),
  );
}

/** Opens one of the user's own files by its name, as with Ctrl+P. */
export async function openOwnFile(workbench: WorkbenchPage, file: string): Promise<Locator> {
  const { page } = workbench;
  await page.keyboard.press('Control+P');
  await workbench.quickPick().input.fill(file);
  await workbench.quickPick().row(path.basename(file)).first().waitFor();
  await page.keyboard.press('Enter');
  const editor = page.locator('.editor-instance .monaco-editor:visible').first();
  await editor.locator('.view-line').first().waitFor();
  return editor;
}

export async function untilFiles(copy: Copy, expected: ReturnType<Copy['files']>): Promise<void> {
  await eventually('the files are as approved', () =>
    JSON.stringify(copy.files()) === JSON.stringify(expected) ? true : undefined,
  ).catch(() => assert.deepEqual(copy.files(), expected));
  assert.deepEqual(copy.files(), expected);
}

/** The decisions of the log, as `path decision why`. */
export async function decisions(copy: Copy): Promise<readonly string[]> {
  const events = await copy.events();
  return events.flatMap((event) =>
    event.kind === 'ApprovalDecision'
      ? [`${event.payload.path ?? 'all'} ${event.payload.decision} ${event.payload.why}`.trim()]
      : [],
  );
}

/** Whether so many hunks are decided: a lens that is still shown as it was takes the same decision twice. */
export async function hasDecided(copy: Copy, nHunks: number): Promise<boolean> {
  const hunks = (await copy.events()).flatMap((event) =>
    event.kind === 'ApprovalDecision' ? [`${event.payload.path ?? 'all'} ${event.payload.hunk ?? 'all'}`] : [],
  );
  return new Set(hunks).size === nHunks;
}

/** The words of a toast, which is cleared. */
export async function toast(workbench: WorkbenchPage, words: RegExp): Promise<void> {
  await workbench.notifications().filter({ hasText: words }).first().waitFor();
}
