import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GOOD, SPEC } from '../support/scriptedProject.ts';
import { ALL, leaksIn, SECRET_ENVIRONMENT, SECRET_PROJECT, writeDotenv } from '../support/secretProject.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from './support/eventually.ts';
import { ownProjects } from './support/ownProjects.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { startAuto } from './support/startedRun.ts';

describe('what the run panel is sent', () => {
  const folder: TemporaryFolder = temporaryFolder();
  after(() => folder[Symbol.dispose]());
  const log = folder.join('messages.ndjson');
  const shared = sharedWorkbench({
    environment: { ...SECRET_ENVIRONMENT, SPECKIT_WEBVIEW_LOG: log },
    viewport: { width: 1400, height: 1200 },
  });
  const opened = ownProjects(shared);
  const messages = () => readFileSync(log, 'utf8').trimEnd().split('\n');

  it('is kept as one object a line where somebody asks for it, and of two hundred secrets none is in it or on the page', async () => {
    const project = await opened(SECRET_PROJECT);
    writeDotenv(project);
    const { workbench } = shared();
    const { panel, state } = await startAuto(workbench);
    // Its tests print two hundred lines with each run of a check.
    await state('Waits for your review').waitFor({ timeout: 90_000 });
    await panel.getByRole('button', { name: /^Specify/ }).click();
    await panel.getByText('[redacted:').first().waitFor();
    await workbench.picture('panel-secrets', ['[redacted:']);
    const kinds = messages().map((line) => {
      const { feed, message } = JSON.parse(line) as {
        readonly feed: string;
        readonly message: { readonly kind: string };
      };
      return `${typeof feed} ${message.kind}`;
    });
    assert.deepEqual([...new Set(kinds)], ['string first', 'string next']);
    assert.equal(ALL.length, 200);
    assert.deepEqual(leaksIn(messages().join('\n'), 'messages'), []);
    assert.deepEqual(leaksIn(await panel.locator('body').innerText(), 'page'), []);
    // They did come by: marks stand in their places, of answers and of variables alike.
    for (const mark of ['github', 'SERVICE_1_TOKEN'])
      assert.ok(messages().join('\n').includes(`[redacted:${mark}]`), mark);
    assert.deepEqual(leaksIn(outputOf(), 'output channel'), []);
  });

  /** What the editor has kept of SpecKit's output channel. */
  const outputOf = (): string => shared().server.logTail();

  it('has what a call had said before its panel was open', async () => {
    const [plan] = GOOD.plan;
    const summary = 'This was said early on. ';
    const text = JSON.stringify({ ...(JSON.parse(plan?.text ?? '{}') as object), summary: summary.repeat(12) });
    const project = await opened({ answers: { plan: [{ text, chunkSize: 20, chunkDelayMs: 700 }] } });
    const { workbench } = shared();
    const early = await startAuto(workbench);
    await early.panel.getByText('This was said early on.').first().waitFor();
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('SpecKit: Show Run');
    const panel = await workbench.panel('SPEC-001 Greeting');
    const stream = panel.locator('.stream');
    await stream.first().waitFor();
    assert.match(await stream.first().innerText(), /\{"summary":"This was said early on/);
    await workbench.runCommand('SpecKit: Stop Run');
    await panel.locator('.head .chip', { hasText: 'Stopped' }).waitFor();
    assert.deepEqual(project.calls, ['brief', 'plan']);
  });

  it('offers to go on from a proposal that is stale, which makes another', async () => {
    const project = await opened({ answers: { implement: [...GOOD.implement, ...GOOD.implement] } });
    const { workbench } = shared();
    const { panel, state, button } = await startAuto(workbench);
    await state('Waits for your review').waitFor();
    const nCalls = project.calls.length;
    writeFileSync(
      path.join(project.root, 'specs/SPEC-001-greeting/spec.md'),
      SPEC.replace('Hello, stranger!', 'Hello, you!'),
    );
    await panel.getByText('Stale: spec.md has changed since').waitFor();
    await workbench.picture('panel-stale-proposal', [
      'Waits for your review',
      'Continue',
      'Review Changes',
      'Stale: spec.md',
    ]);
    await button('Continue').click();
    await eventually('it is asked again', () => (project.calls.length > nCalls ? true : undefined));
    await state('Waits for your review').waitFor();
    assert.equal(project.calls[nCalls], 'brief');
  });
});
