import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../../src/node/processStart.ts';
import { configuration } from '../support/scriptedProject.ts';
import { freePort, STAND_IN } from '../support/standIn.ts';
import { eventually } from './support/eventually.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { scriptedWorkspace, type ScriptedWorkspace } from './support/workspace.ts';

describe('the local server from the palette', () => {
  let project: ScriptedWorkspace;
  let port = 0;
  const shared = sharedWorkbench({
    folder: async (server) => {
      port = await freePort();
      const worker = `[workers.gpu]\nprovider = "openai-chat"\nmodel = "qwen"\nbase_url = "http://127.0.0.1:${port}/v1"\nlocal = true\n`;
      project = await scriptedWorkspace(server, { toml: (url) => `${configuration(url)}${worker}` });
      project.setUserConfiguration(
        `[trusted]\nurls = ["${project.server.url}/v1"]\n[reflex_server]\ncommand = '''${process.execPath} ${STAND_IN} --port ${port} --served-model-name qwen --ready-after 500'''\n`,
      );
      return project.root;
    },
  });
  after(async () => {
    await project.speckit('reflex', 'stop');
    await project[Symbol.asyncDispose]();
  });

  it('starts, is checked, shows its log, and stops', async () => {
    const { workbench, server } = shared();
    const stateFile = path.join(server.speckitHome, 'state/reflex-server/state.json');
    const state = (): { readonly kind: string; readonly pid: number } | undefined =>
      existsSync(stateFile)
        ? (JSON.parse(readFileSync(stateFile, 'utf8')) as { readonly kind: string; readonly pid: number })
        : undefined;
    await workbench.runCommand('SpecKit: Start Local Server');
    const told = workbench.notifications();
    await told.filter({ hasText: `The server at 127.0.0.1:${port} is ready after` }).waitFor();
    const pid = state()?.pid ?? 0;
    assert.ok(state()?.kind === 'ready' && isAlive(pid));
    await workbench.picture('local-server-ready', ['is ready after', 'it serves qwen']);
    await workbench.runCommand('SpecKit: Check Local Server Health');
    await told.filter({ hasText: `SGLang at 127.0.0.1:${port} answers in` }).waitFor();
    await workbench.runCommand('SpecKit: Show Local Server Log');
    await workbench.page.locator('.view-line', { hasText: 'ready to roll' }).waitFor();
    await workbench.picture('local-server-log', ['ready to roll']);
    await workbench.runCommand('SpecKit: Stop Local Server');
    await told.filter({ hasText: 'The server is stopped.' }).waitFor();
    await workbench.page.locator('.view-line', { hasText: 'stopped' }).first().waitFor();
    await eventually('the end of the server', () => (state()?.kind === 'stopped' && !isAlive(pid) ? true : undefined));
  });
});
