import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { RESULTS_VARIABLE, type HostReport } from './inHost/report.ts';
import { packagedSpecKit } from './support/extensionsUnderTest.ts';
import { bundleInHostSuite } from './support/inHostSuite.ts';

/*
 * The in-host suite in a desktop VS Code: VSCODE_EXECUTABLE=/usr/share/code/code node test/workbench/electron.ts
 * Nothing is downloaded. This has been written from the documentation of @vscode/test-electron and has NOT been run: where the project is built there is
 * no desktop VS Code.
 */
const executable = process.env['VSCODE_EXECUTABLE'];
if (executable === undefined) {
  process.stdout.write('VSCODE_EXECUTABLE is not set: the suite was not run in a desktop VS Code.\n');
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'vs-'));
  const places = [
    `--user-data-dir=${path.join(folder, 'user')}`,
    `--extensions-dir=${path.join(folder, 'extensions')}`,
  ];
  const results = path.join(folder, 'results.json');
  try {
    execFileSync(executable, [...places, '--install-extension', packagedSpecKit(), '--force'], { stdio: 'inherit' });
    const suite = await bundleInHostSuite();
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: suite.developmentFolder,
      extensionTestsPath: suite.entry,
      launchArgs: [...places, '--disable-workspace-trust'],
      extensionTestsEnv: { [RESULTS_VARIABLE]: results, SPECKIT_HOME: path.join(folder, 'speckit') },
    });
    const { tests } = JSON.parse(readFileSync(results, 'utf8')) as HostReport;
    for (const test of tests) process.stdout.write(`${test.kind}: ${test.title}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
