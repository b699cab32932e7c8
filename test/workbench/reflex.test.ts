import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { reflexIdentity } from '../../src/core/reflex/bakeoffReport.ts';
import { DEFAULT_THRESHOLDS } from '../../src/core/reflex/bakeoffStatistics.ts';
import { reflexWorker } from '../../src/core/reflex/worker.ts';
import { configurationSchema } from '../../src/core/settings.ts';
import { loadPrompts } from '../../src/node/prompts.ts';
import { pairsOf, reportOf } from '../support/bakeoffReport.ts';
import { configuration, installation } from '../support/scriptedProject.ts';
import { sglangStandIn, type SglangStandIn } from '../support/sglangStandIn.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { reloadWindow } from './support/reloadWindow.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import type { Theme } from './support/workbenchPage.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from './support/workspace.ts';

const MODEL = 'qwen2.5-coder-7b-instruct';
const THEMES: readonly Theme[] = ['light', 'high-contrast', 'dark'];

/** A GPU whose memory fills and empties, as nvidia-smi tells it. */
const NVIDIA_SMI = `#!/bin/sh
echo "$((14000 + $(date +%s) % 20 * 300)), 32607, 37, 61, 320.15, 575.00, NVIDIA GeForce RTX 5090"
`;

describe('the local server in the status bar and in its panel', () => {
  const tools = temporaryFolder();
  const nvidiaSmi = tools.join('nvidia-smi');
  writeFileSync(nvidiaSmi, NVIDIA_SMI);
  chmodSync(nvidiaSmi, 0o755);
  let standIn: SglangStandIn;
  let project: ScriptedWorkspace;
  const shared = sharedWorkbench({
    viewport: { width: 1400, height: 1300 },
    settings: { 'speckitAuto.reflex.pollSeconds': 1 },
    machineSettings: { 'speckitAuto.reflex.nvidiaSmi': nvidiaSmi },
    folder: async (server) => {
      standIn = await sglangStandIn(MODEL);
      const reflex = `\n[reflex]\nenabled = true\nendpoint = "${standIn.url}/v1"\n`;
      project = await scriptedWorkspace(server, { toml: (url) => `${configuration(url)}${reflex}` });
      project.setUserConfiguration(`[trusted]\nurls = ["${project.server.url}/v1", "${standIn.url}/v1"]\n`);
      return project.root;
    },
  });
  after(async () => {
    await project[Symbol.asyncDispose]();
    await standIn[Symbol.asyncDispose]();
    tools[Symbol.dispose]();
  });

  /** The report by which exactly this server is promoted, made now. */
  async function writeReport(): Promise<void> {
    const { reflex } = configurationSchema.parse({ reflex: { enabled: true, endpoint: `${standIn.url}/v1` } });
    const { templates } = await loadPrompts(path.join(installation, 'prompts'));
    const about = { prompts: templates, server: 'sglang 0.5.23', thresholds: DEFAULT_THRESHOLDS };
    const trials = pairsOf(24, (index, side) => ({
      completion_ms: side === 'reflex' ? 600 + index * 40 : 2_500,
      outcome: side === 'reflex' && index === 3 ? 'failed' : 'passed',
    }));
    const identity = reflexIdentity(reflexWorker(reflex), about);
    const report = reportOf(trials, { at: new Date().toISOString(), identity });
    const folder = path.join(project.root, '.speckit/eval');
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, 'reflex-bakeoff-20261121T120000');
    writeFileSync(`${file}.md`, '# Bake-off of the local server\n\nreflex beside strong: passed\n');
    writeFileSync(`${file}.json`, JSON.stringify({ ...report, reflex: { worker: 'reflex', model: MODEL } }));
  }

  it('is told as it is, from not promoted over promoted to degraded, down and well again, and its history with it', async () => {
    const { workbench } = shared();
    const { page } = workbench;
    const item = workbench.statusBarItem('speckit-auto.speckit-auto.speckitAuto.reflex');
    const shows = (text: string | RegExp): Promise<void> => item.filter({ hasText: text }).waitFor({ timeout: 40_000 });
    await shows(/Reflex not promoted \d+\.\d\/32 GB · KV \d+ % · \d+ tok\/s/);
    assert.equal(await hasColour(item), false);

    await item.hover();
    const tooltip = page.locator('.monaco-hover', { hasText: 'Cache hit rate' });
    await tooltip.waitFor();
    const words = (await tooltip.innerText()).replaceAll(/\s+/g, ' ');
    for (const said of [
      `Reflex: reflex (${MODEL})`,
      'Not promoted: there is no readable report of a bake-off: "SpecKit: Run a Bake-Off of the Local Server..." makes one.',
      'GPU memory',
      'Cache hit rate 75 %',
      'Power 320 of 575 W',
      'NVIDIA GeForce RTX 5090, 37 % busy',
      'Machine: this computer',
      'Actions · History · Log',
    ])
      assert.ok(words.includes(said), `${said} is not in: ${words}`);
    await workbench.picture('reflex-tooltip', ['Cache hit rate']);
    await tooltip.getByText('History', { exact: true }).click();

    const panel = await workbench.panel('SpecKit Reflex');
    await panel.getByText('Not promoted', { exact: true }).waitFor();
    await panel.getByRole('heading', { name: 'Nothing proves it now' }).waitFor();
    await panel.getByText('None yet.').waitFor();
    await panel.getByText(/^([5-9]|[1-9]\d+) readings in /).waitFor();
    await panel.getByText(`Endpoint: ${standIn.url}/v1`).waitFor();
    await workbench.picture('reflex-not-promoted', ['Nothing proves it now', 'History', 'under 2000 ms']);

    await writeReport();
    await panel.getByRole('heading', { name: /^passed/ }).waitFor();
    await panel.getByRole('row', { name: /Success parity .* 95\.8 %, 95 % interval .* reached/ }).waitFor();
    // The person looks, and what was proved counts at once.
    await workbench.runCommand('SpecKit: Check Local Server Health');
    const told = workbench.notifications().filter({ hasText: `SGLang at ${new URL(standIn.url).host} answers in` });
    await told.filter({ hasText: `serves ${MODEL}` }).waitFor();
    await workbench.picture('reflex-health', ['Show Status', 'answers in']);
    await panel.getByText('Promoted: it makes the first attempts.').waitFor();
    await panel.getByRole('heading', { name: 'Nothing proves it now' }).waitFor({ state: 'detached' });
    await shows(/Reflex \d+\.\d\/32 GB · KV/);
    assert.doesNotMatch(await item.innerText(), /not promoted/);

    await standIn.become('slow');
    await shows('Reflex degraded');
    assert.equal(await hasColour(item), true);
    await panel.getByText('Degraded', { exact: true }).waitFor();
    await workbench.picture('reflex-degraded', ['Reflex degraded']);
    await standIn.become('down');
    await shows('Reflex down');
    await panel.getByText('Down', { exact: true }).waitFor();
    await panel.getByRole('button', { name: 'Start', exact: true }).waitFor();
    const newest = panel.getByRole('row').filter({ hasText: 'unknown' }).first();
    await newest.waitFor();
    await workbench.picture('reflex-down', ['Reflex down', 'nothing listens on its port']);
    await workbench.runCommand('SpecKit: Check Local Server Health');
    await workbench.notifications().filter({ hasText: 'No server answers at' }).filter({ hasText: 'Plan' }).waitFor();
    await standIn.become('healthy');
    await shows(/Reflex \d+\.\d\/32 GB · KV/);
    await panel.getByText('Healthy', { exact: true }).waitFor();
    assert.equal(await hasColour(item), false);
  });

  it('is shown in every theme, after a reload as well, and leads to its report', async () => {
    const { workbench } = shared();
    await workbench.runCommand('SpecKit: Show Local Server');
    const panel = await workbench.panel('SpecKit Reflex');
    await panel.getByText('Promoted: it makes the first attempts.').waitFor();
    for (const theme of THEMES) {
      await workbench.setTheme(theme);
      await workbench.picture(`reflex-panel-${theme}`, ['What it has to reach', 'Why passed']);
    }
    await reloadWindow(workbench);
    const again = await workbench.panel('SpecKit Reflex');
    await again.getByText('Promoted: it makes the first attempts.').waitFor();
    await again.getByText(/^\d+ readings in /).waitFor();
    await again.getByRole('button', { name: /^Open Report of / }).click();
    await workbench.editorTabs().filter({ hasText: 'Preview reflex-bakeoff-20261121T120000.md' }).waitFor();
  });

  it('shows what it serves, with what its worker asks for', async () => {
    const { workbench } = shared();
    await workbench.runCommand('SpecKit: Show Local Server Models');
    await workbench.quickPick().row(MODEL).filter({ hasText: 'asked for by its worker' }).waitFor();
    await workbench.picture('reflex-models', [MODEL]);
    await workbench.page.keyboard.press('Escape');
  });
});

/** Whether the item calls for attention: then it has a background. */
async function hasColour(item: Locator): Promise<boolean> {
  return /warning-kind|error-kind/.test((await item.getAttribute('class')) ?? '');
}
