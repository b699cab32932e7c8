import path from 'node:path';
import { EventEmitter, Uri, window, workspace, type Disposable, type Event } from 'vscode';
import type { Overview } from '../app/overview.ts';
import { AbortedError, withAbort } from '../base/withAbort.ts';
import type { EngineRequests } from './engine/api.ts';

/** Changes closer together than this are shown together. Milliseconds. */
const DEBOUNCE_MS = 150;
/**
 * From one look that a change asked for to the next: each asks git four times, and beginning a process stops every thread of the host for some milliseconds,
 * though it is the engine's that begins it. Milliseconds.
 */
const REST_MS = 1_000;
/**
 * A run at work, in another process (a command line, another window) too, is looked at this often: what it does, and whether it still lives. The logs' files are watched as well; the slow look is for where watching brings nothing.
 */
const POLL_WORKING_MS = 2_000;
const POLL_IDLE_MS = 30_000;
/** A look takes some ten milliseconds. One that is not over after so long is given up for a new one: everything a person sees stands on it. */
const LOOK_DEADLINE_MS = 8_000;

/** What stands in each workspace folder: the one source of the explorer, the badge, the status bar and the notifications. */
export interface Overviews extends Disposable {
  /** Told when a folder's overview differs from the one before. */
  readonly onDidChange: Event<string>;
  get(folder: string): Overview | undefined;
  all(): readonly { readonly folder: string; readonly overview: Overview }[];
  /** Reads a folder anew, now. */
  refresh(folder: string): Promise<Overview>;
  /** Says that something may have changed. */
  hint(folder: string): void;
}

/** Folders of this window that lie on its disk, in their order. */
export function workspaceFolders(): readonly string[] {
  return (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

/** A folder as the window names it. */
export function folderName(folder: string): string {
  return workspace.getWorkspaceFolder(Uri.file(folder))?.name ?? path.basename(folder);
}

export function createOverviews(engine: EngineRequests, onProblem: (text: string) => void): Overviews {
  const changed = new EventEmitter<string>();
  const known = new Map<string, { readonly overview: Overview; readonly text: string }>();
  const timers = new Map<string, NodeJS.Timeout>();
  const reading = new Map<string, Promise<Overview>>();
  const hintedAt = new Map<string, number>();

  async function read(folder: string): Promise<Overview> {
    const overview = await withAbort(engine.overview(folder), AbortSignal.timeout(LOOK_DEADLINE_MS));
    const text = JSON.stringify(overview);
    if (known.get(folder)?.text !== text) {
      known.set(folder, { overview, text });
      changed.fire(folder);
    }
    return overview;
  }

  function refresh(folder: string): Promise<Overview> {
    // One reading at a time: what is asked for meanwhile is read after it, because it may have begun too early.
    const before = reading.get(folder) ?? Promise.resolve();
    const next = before.then(
      () => read(folder),
      () => read(folder),
    );
    reading.set(folder, next);
    void next
      .catch(() => undefined)
      .then(() => {
        if (reading.get(folder) === next) reading.delete(folder);
      });
    return next;
  }

  function hint(folder: string): void {
    if (timers.has(folder)) return;
    const rest = (hintedAt.get(folder) ?? Number.NEGATIVE_INFINITY) + REST_MS - performance.now();
    const timer = setTimeout(
      () => {
        timers.delete(folder);
        hintedAt.set(folder, performance.now());
        refresh(folder).catch((error: unknown) => {
          onProblem(`Looking at ${folderName(folder)}: ${error instanceof Error ? error.message : String(error)}`);
          if (error instanceof AbortedError) hint(folder);
        });
      },
      Math.max(DEBOUNCE_MS, rest),
    );
    timers.set(folder, timer);
  }

  let lastLook = Date.now();
  const poll = setInterval(() => {
    const isWorking = [...known.values()].some(({ overview }) => overview.runs.some(({ at }) => at === 'working'));
    // What becomes of a run at work is told also to those who look elsewhere.
    if (!isWorking && (!window.state.focused || Date.now() - lastLook < POLL_IDLE_MS)) return;
    lastLook = Date.now();
    for (const folder of workspaceFolders()) if (reading.get(folder) === undefined) hint(folder);
  }, POLL_WORKING_MS);
  const watchers = ['**/{specs/**,speckit.toml,memory/constitution.md}', '**/.git/speckit/runs/*/*'].map((pattern) =>
    workspace.createFileSystemWatcher(pattern),
  );
  const touched = (uri: Uri): void => {
    const folder = workspace.getWorkspaceFolder(uri)?.uri.fsPath;
    if (folder !== undefined) hint(folder);
  };
  const watching = watchers.flatMap((watcher) => [
    watcher,
    watcher.onDidChange(touched),
    watcher.onDidCreate(touched),
    watcher.onDidDelete(touched),
  ]);

  return {
    onDidChange: changed.event,
    get: (folder) => known.get(folder)?.overview,
    all: () =>
      workspaceFolders().flatMap((folder) => {
        const entry = known.get(folder);
        return entry === undefined ? [] : [{ folder, overview: entry.overview }];
      }),
    refresh,
    hint,
    dispose: () => {
      clearInterval(poll);
      for (const timer of timers.values()) clearTimeout(timer);
      for (const disposable of watching) disposable.dispose();
      changed.dispose();
    },
  };
}
