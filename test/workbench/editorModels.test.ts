import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { SCRIPT_VARIABLE } from './driver/script.ts';
import { packagedDriver } from './support/extensionsUnderTest.ts';
import { runInHost } from './support/inHostRun.ts';
import { bundleInHostSuite } from './support/inHostSuite.ts';

describe('inside the extension host, beside a vendor of models', () => {
  it("the editor's own models are called as any other", async () => {
    await using folder = temporaryFolder();
    const script = folder.join('script.json');
    writeFileSync(script, JSON.stringify({ models: [{ id: 'scripted', toolCalling: true }] }));
    const suite = await bundleInHostSuite('test/workbench/inHostModels');
    const report = await runInHost(suite, {
      vsixes: [await packagedDriver()],
      environment: { [SCRIPT_VARIABLE]: script },
    });
    for (const test of report.tests) process.stdout.write(`      ${test.kind}: ${test.title}\n`);
    assert.deepEqual(
      report.tests.filter(({ kind }) => kind === 'failed'),
      [],
    );
    assert.ok(report.tests.length > 0, 'no test ran');
  });
});
