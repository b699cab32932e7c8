import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { RUN } from '../support/killedRun.ts';
import type { WorkbenchPage } from '../workbench/support/workbenchPage.ts';
import { NOTHINGS, ONE_COMMAND, WORD } from './beside/manifest.ts';
import { editorUnderTest, type HostDelay, type HostWatch } from './editorUnderTest.ts';
import { finishedRun } from './finishedRun.ts';

const SPECKIT = 'speckit-auto.speckit-auto';
/** How long the host is watched after an activation. Milliseconds. */
const AFTER_MS = 1_000;
/** How often the page is looked at. Milliseconds. */
const LOOK_MS = 4;
const SIGHT_DEADLINE_MS = 30_000;

interface Activation extends HostDelay {
  /** Milliseconds. */
  readonly took: number;
  readonly work: number;
}

interface ActivationRound {
  readonly speckit: Activation;
  readonly nothing: Activation;
  readonly oneCommand: Activation;
}

/** Activations in fresh hosts on an empty folder, SpecKit and its peers in turn before and after each other. The first round only warms up. */
export async function measureActivations(nRounds: number): Promise<readonly ActivationRound[]> {
  await using editor = await editorUnderTest();
  const folder = path.join(editor.server.folder, 'empty');
  mkdirSync(folder);
  const [first, peer] = NOTHINGS;
  const names = { speckit: SPECKIT, nothing: peer, oneCommand: ONE_COMMAND } as const;
  const rounds: ActivationRound[] = [];
  for (let round = 0; round < nRounds; round += 1) {
    await using window = await editor.window(folder);
    const { host } = window;
    // The first extension in line pays for what all need.
    await activation(host, first);
    const order = Object.entries(names);
    const measured: Partial<Record<string, Activation>> = {};
    for (const [name, id] of [...order.slice(round % 3), ...order.slice(0, round % 3)])
      measured[name] = await activation(host, id);
    rounds.push(measured as unknown as ActivationRound);
  }
  return rounds.slice(1);
}

async function activation(host: HostWatch, id: string): Promise<Activation> {
  let times = { took: 0, work: 0 };
  const late = await host.during(async () => {
    times = await host.activate(id);
    await delay(AFTER_MS);
  });
  return { ...times, ...late };
}

interface Sights {
  readonly tree: number;
  readonly besideTree: number;
  readonly panel: number;
  readonly besidePanel: number;
}

/** From what a person does to what is seen, in milliseconds, in fresh windows on a repository with a finished run. The first round only warms up. */
export async function measureFirstSights(nRounds: number): Promise<readonly Sights[]> {
  await using editor = await editorUnderTest();
  await using project = await finishedRun(editor.server);
  const rounds: Sights[] = [];
  for (let round = 0; round < nRounds; round += 1) {
    await using window = await editor.window(project.root);
    const { workbench, host } = window;
    const { page } = workbench;
    const treeOf = (title: string, text: string): Promise<number> => treeTime(workbench, title, text);
    const show = (command: string, ...words: readonly unknown[]) => host.command(command, ...words);
    const ours = async () => ({
      tree: await treeOf('SpecKit', 'SPEC-001'),
      panel: await sightTime(page, 'h1 >> text=Greeting', () =>
        show('speckitAuto.showRun', { folder: project.root, runId: RUN }),
      ),
    });
    const beside = async () => ({
      besideTree: await treeOf('Beside', WORD),
      besidePanel: await sightTime(page, `h1 >> text=${WORD}`, () => show('beside.show')),
    });
    rounds.push(
      round % 2 === 0 ? { ...(await ours()), ...(await beside()) } : { ...(await beside()), ...(await ours()) },
    );
  }
  return rounds.slice(1);
}

async function treeTime({ page }: WorkbenchPage, title: string, text: string): Promise<number> {
  // A badge lies over the label and takes its clicks: the whole item is clicked.
  const label = page.locator(`a.action-label[aria-label^="${title}"]`);
  const item = page.locator('.activitybar .action-item', { has: label });
  await item.waitFor();
  const row = page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
  const began = performance.now();
  await item.click();
  await row.waitFor();
  return performance.now() - began;
}

/** A webview's document is in a frame of a frame, which comes and goes while it is made. */
async function sightTime(page: Page, selector: string, act: () => Promise<void>): Promise<number> {
  const began = performance.now();
  const acted = act();
  while (performance.now() - began < SIGHT_DEADLINE_MS) {
    for (const frame of page.frames()) {
      const count = await frame
        .locator(selector)
        .count()
        .catch(() => 0);
      if (count > 0) {
        const took = performance.now() - began;
        await acted;
        return took;
      }
    }
    await delay(LOOK_MS);
  }
  throw new Error(`${selector} was not seen`);
}
