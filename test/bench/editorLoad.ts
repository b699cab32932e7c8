import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';
import { RUN } from '../support/killedRun.ts';
import { editorUnderTest, type EditorWindow, type HostDelay } from './editorUnderTest.ts';
import { finishedRun } from './finishedRun.ts';
import { copyRuns } from './manyEvents.ts';
import { timed } from './timed.ts';

const N_EVENTS = 5_000;
/** Between two batches of 25 events. Milliseconds. */
const PAUSE_MS = 50;
const GROWTH_MS = (N_EVENTS / 25) * PAUSE_MS;

export interface LongRun {
  readonly nEvents: number;
  readonly delays: Readonly<Record<'withPanel' | 'withoutPanel' | 'idle' | 'withoutSpeckit', HostDelay>>;
  readonly webview: Traffic & { readonly behind: number };
}

interface Traffic {
  readonly messages: number;
  /** Of the messages as JSON. */
  readonly bytes: number;
  readonly largest: number;
}

/** Follows runs that grow to 5,000 events, with the explorer open. Each growth has a repository and a server of its own. */
export async function measureLongRun(): Promise<LongRun> {
  const withPanel = await growth('SpecKit', 'panel');
  const withoutPanel = await growth('SpecKit', 'no panel');
  const withoutSpeckit = await growth('no SpecKit', 'no panel');
  return {
    nEvents: N_EVENTS,
    delays: {
      withPanel: withPanel.growing,
      withoutPanel: withoutPanel.growing,
      idle: withoutPanel.idle,
      withoutSpeckit: withoutSpeckit.growing,
    },
    webview: withPanel.webview,
  };
}

async function growth(has: 'SpecKit' | 'no SpecKit', shown: 'panel' | 'no panel') {
  await using editor = await editorUnderTest(has);
  await using project = await finishedRun(editor.server);
  await using window = await editor.window(project.root);
  if (has === 'SpecKit') await openExplorer(window);
  const frame = shown === 'panel' ? await openPanel(window, project.root, RUN) : undefined;
  if (frame !== undefined) await countTraffic(frame);
  const idle = await window.host.during(() => delay(GROWTH_MS));
  const counted = frame === undefined ? NO_TRAFFIC : await trafficOf(frame);
  let behind = 0;
  const growing = await window.host.during(async () => {
    const program = path.join(import.meta.dirname, 'manyEvents.ts');
    const words = [process.execPath, program, project.root, RUN, String(N_EVENTS), String(PAUSE_MS)];
    await timed(words, { cwd: project.root, environment: project.environment });
    const ended = performance.now();
    if (frame !== undefined) await quiet(frame);
    behind = Math.max(0, performance.now() - ended - QUIET_MS);
  });
  const traffic = frame === undefined ? NO_TRAFFIC : await trafficOf(frame);
  const messages = traffic.messages - counted.messages;
  return { idle, growing, webview: { ...traffic, messages, bytes: traffic.bytes - counted.bytes, behind } };
}

const NO_TRAFFIC: Traffic = { messages: 0, bytes: 0, largest: 0 };

async function openExplorer({ workbench }: EditorWindow): Promise<void> {
  await workbench.openContainer('SpecKit');
  await workbench.treeRow('SPEC-001').first().waitFor();
}

async function openPanel({ workbench, host }: EditorWindow, folder: string, runId: string): Promise<Frame> {
  await host.command('speckitAuto.showRun', { folder, runId });
  return frameWith(workbench.page, 'h1 >> text=Greeting');
}

async function frameWith(page: Page, selector: string): Promise<Frame> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    for (const frame of page.frames()) {
      const count = await frame
        .locator(selector)
        .count()
        .catch(() => 0);
      if (count > 0) return frame;
    }
    await delay(20);
  }
  throw new Error(`no webview shows ${selector}`);
}

/** In the page, where the messages come. */
async function countTraffic(frame: Frame): Promise<void> {
  await frame.evaluate(() => {
    const traffic = { messages: 0, bytes: 0, largest: 0 };
    Object.assign(globalThis, { traffic });
    addEventListener('message', ({ data }) => {
      const bytes = JSON.stringify(data).length;
      traffic.messages += 1;
      traffic.bytes += bytes;
      traffic.largest = Math.max(traffic.largest, bytes);
    });
  });
}

const trafficOf = (frame: Frame): Promise<Traffic> =>
  frame.evaluate(() => (globalThis as unknown as { readonly traffic: Traffic }).traffic);

/** No message for so long, and what was written last has been sent. Milliseconds. */
const QUIET_MS = 250;

/** Resolves once what was written last has been sent. */
async function quiet(frame: Frame): Promise<void> {
  let before = await trafficOf(frame);
  for (;;) {
    await delay(QUIET_MS);
    const now = await trafficOf(frame);
    if (now.messages === before.messages) return;
    before = now;
  }
}

interface MemoryRow {
  readonly name: string;
  readonly rss: number;
  readonly heapUsed: number;
}

const N_RUNS = 50;
const N_PANELS = 20;

/** Memory of a host without SpecKit, of one whose explorer shows 50 runs, and after panels were opened and closed there. */
export async function measureMemory(): Promise<{ readonly rows: readonly MemoryRow[] }> {
  return { rows: [...(await memoryWithout()), ...(await memoryWith())] };
}

async function memoryWithout(): Promise<readonly MemoryRow[]> {
  await using editor = await editorUnderTest('no SpecKit');
  await using project = await finishedRun(editor.server);
  await using window = await editor.window(project.root);
  return [{ name: 'peer: a host without SpecKit', ...(await window.host.memory()) }];
}

async function memoryWith(): Promise<readonly MemoryRow[]> {
  await using editor = await editorUnderTest();
  await using project = await finishedRun(editor.server);
  await copyRuns(project.root, RUN, N_RUNS - 1, (folder) => mkdirSync(folder, { recursive: true }));
  await using window = await editor.window(project.root);
  await openExplorer(window);
  const rows: MemoryRow[] = [];
  const take = async (name: string): Promise<void> => {
    await delay(2_000);
    rows.push({ name, ...(await window.host.memory()) });
  };
  await take(`**with ${N_RUNS} runs in the explorer**`);
  const cycle = async (): Promise<void> => {
    for (let panel = 0; panel < N_PANELS; panel += 1) {
      await openPanel(window, project.root, RUN);
      await window.host.command('workbench.action.closeAllEditors');
    }
  };
  await cycle();
  await take(`after ${N_PANELS} panels were opened and closed`);
  await cycle();
  await take(`after ${N_PANELS} more`);
  return rows;
}
