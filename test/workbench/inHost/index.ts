import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { RESULTS_VARIABLE, type HostReport, type HostTest } from './report.ts';

/**
 * Runs the suites that lie beside this file, bundled, inside an extension host. VS Code calls it and takes a rejection for a failure; what passed is
 * written, after each test, to the file the environment names.
 */
export async function run(): Promise<void> {
  const out = process.env[RESULTS_VARIABLE];
  if (out === undefined) throw new Error(`${RESULTS_VARIABLE} is not set`);
  const tests: HostTest[] = [];
  const save = (isFinished: boolean): void => {
    const report: HostReport = { isFinished, tests };
    writeFileSync(`${out}.partial`, JSON.stringify(report, null, 2));
    renameSync(`${out}.partial`, out);
  };
  const mocha = new Mocha({ timeout: 30_000, color: false });
  for (const file of readdirSync(__dirname)) if (file.endsWith('.test.cjs')) mocha.addFile(path.join(__dirname, file));
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', (test) => {
      tests.push({ kind: 'passed', title: test.fullTitle(), milliseconds: test.duration ?? 0 });
      save(false);
    });
    runner.on('fail', (test, problem: Error) => {
      tests.push({ kind: 'failed', title: test.fullTitle(), problem: problem.stack ?? problem.message });
      save(false);
    });
  });
  save(true);
  const nFailed = tests.filter(({ kind }) => kind === 'failed').length;
  if (nFailed > 0 || tests.length === 0) throw new Error(`${nFailed} of ${tests.length} tests failed`);
}
