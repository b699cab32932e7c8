import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { startCodeServer, type CodeServer, type CodeServerOptions } from './codeServer.ts';
import { packagedSpecKit } from './extensionsUnderTest.ts';
import { openWorkbenchPage, pictures, type WorkbenchPage } from './workbenchPage.ts';

export interface Workbench {
  readonly server: CodeServer;
  readonly workbench: WorkbenchPage;
}

export interface SharedWorkbenchOptions extends CodeServerOptions {
  /** The folder that is opened first, made once the server's folder is there. An empty one when left out. */
  readonly folder?: (server: CodeServer) => string | Promise<string>;
  /** Size of the page; 1400 by 900 when left out. A page that is resized while the workbench starts is not always laid out anew. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/**
 * One server and one page for all tests of the `describe` it is called in, with the packaged SpecKit installed. After each test the workbench is
 * emptied; of one that failed there is a picture in dist/pictures/failures, and the end of the server's logs is printed.
 */
export function sharedWorkbench(options: SharedWorkbenchOptions = {}): () => Workbench {
  let server: CodeServer | undefined;
  let browser: Browser | undefined;
  let workbench: WorkbenchPage | undefined;

  before(async () => {
    server = await startCodeServer({ ...options, vsixes: [packagedSpecKit(), ...(options.vsixes ?? [])] });
    browser = await launchChromium();
    const folder = (await options.folder?.(server)) ?? emptyFolder(server);
    workbench = await openWorkbenchPage(browser, server, folder, options.viewport);
  });

  afterEach(async function () {
    const test = this.currentTest;
    if (server === undefined || workbench === undefined || test === undefined) return;
    if (test.state === 'failed') await keepTraces(test.fullTitle(), server, workbench);
    await workbench.reset();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  return () => {
    if (server === undefined || workbench === undefined) throw new Error('the workbench is there only while tests run');
    return { server, workbench };
  };
}

function emptyFolder(server: CodeServer): string {
  const folder = path.join(server.folder, 'empty');
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function keepTraces(title: string, server: CodeServer, { page }: WorkbenchPage): Promise<void> {
  const file = path.join(pictures, 'failures', `${title.replaceAll(/[^\w]+/g, '-').slice(0, 100)}.png`);
  mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file });
  process.stdout.write(`${server.logTail()}\nThe workbench when it failed: ${file}\n`);
}
