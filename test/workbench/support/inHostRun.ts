import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RESULTS_VARIABLE, type HostReport } from '../inHost/report.ts';
import { launchChromium } from './chromium.ts';
import { startCodeServer, type CodeServerOptions } from './codeServer.ts';
import type { InHostSuite } from './inHostSuite.ts';

const DEADLINE_MS = 110_000;

/**
 * Runs a suite inside code-server's extension host and returns what it came to; throws with the server's log when it did not come to an end. A built VS
 * Code takes the suite from the address only when its smoke-test driver is on; the workbench tells the end by `codeAutomationExit`.
 */
export async function runInHost(suite: InHostSuite, options: CodeServerOptions): Promise<HostReport> {
  const driven = ['--vscode-option', 'enable-smoke-test-driver'];
  const results = path.join(suite.developmentFolder, '..', 'results.json');
  const environment = { ...options.environment, [RESULTS_VARIABLE]: results };
  await using server = await startCodeServer({ ...options, environment, words: [...(options.words ?? []), ...driven] });
  await using browser = await launchChromium();
  const page = await browser.newPage();
  const ended = Promise.withResolvers<void>();
  await page.exposeFunction('codeAutomationExit', () => ended.resolve());
  await page.exposeFunction('codeAutomationLog', () => undefined);
  const folder = path.join(server.folder, 'empty');
  mkdirSync(folder);
  const remote = (file: string): string => `vscode-remote://${server.authority}${file}`;
  const payload = JSON.stringify([
    ['extensionDevelopmentPath', remote(suite.developmentFolder)],
    ['extensionTestsPath', remote(suite.entry)],
  ]);
  await page.goto(server.address(folder, { payload }), { waitUntil: 'domcontentloaded' });
  await Promise.race([ended.promise, delay(DEADLINE_MS, undefined, { ref: false })]);
  const report = existsSync(results) ? (JSON.parse(readFileSync(results, 'utf8')) as HostReport) : undefined;
  if (report?.isFinished !== true)
    throw new Error(`the suite did not end\n${JSON.stringify(report)}\n${server.logTail()}`);
  return report;
}
