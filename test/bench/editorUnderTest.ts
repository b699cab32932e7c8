import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { installation } from '../support/scriptedProject.ts';
import { launchChromium } from '../workbench/support/chromium.ts';
import { startCodeServer, type CodeServer } from '../workbench/support/codeServer.ts';
import { packagedSpecKit, packageFolder } from '../workbench/support/extensionsUnderTest.ts';
import { openWorkbenchPage, type WorkbenchPage } from '../workbench/support/workbenchPage.ts';
import { BESIDE_MANIFEST, nothingManifest, PORT_VARIABLE, SMALL_EXTENSIONS } from './beside/manifest.ts';

/** One server on which every window has a fresh extension host. */
export interface EditorUnderTest extends AsyncDisposable {
  readonly server: CodeServer;
  /** Opens a folder in a fresh window and waits until its extension host has nothing to do any more. */
  window(folder: string): Promise<EditorWindow>;
}

export interface EditorWindow extends AsyncDisposable {
  readonly workbench: WorkbenchPage;
  readonly host: HostWatch;
}

/** The stop-watch in the extension host: beside/beside.ts. Milliseconds and bytes. */
export interface HostWatch {
  /** `work` is the processor time of the host's main thread meanwhile, whoever needed it. */
  activate(id: string): Promise<{ readonly took: number; readonly work: number }>;
  command(id: string, ...words: readonly unknown[]): Promise<void>;
  /** By how much the host's event loop came late while the work was done. */
  during(work: () => Promise<void>): Promise<HostDelay>;
  /** After the garbage is collected. */
  memory(): Promise<{ readonly rss: number; readonly heapUsed: number }>;
}

export interface HostDelay {
  readonly longest: number;
  readonly p99: number;
  /** The most processor time the host's main thread took at a stretch: what is its own of the longest delay. */
  readonly busiest: number;
  /** The longest that the host came late when the time is taken off in which its thread was ready and no processor was free. */
  readonly blocked: number;
}

/** A host that came no more than this late for this long counts as idle. Milliseconds. */
const IDLE_MS = 1_500;
const LATE_MS = 25;
const IDLE_DEADLINE_MS = 45_000;

/** Starts a server with the extensions to compare and, unless told otherwise, SpecKit. */
export async function editorUnderTest(has: 'SpecKit' | 'no SpecKit' = 'SpecKit'): Promise<EditorUnderTest> {
  const beside = await packagedBeside();
  const portFile = path.join(installation, `dist/bench-port-${process.pid}`);
  const server = await startCodeServer({
    vsixes: has === 'SpecKit' ? [packagedSpecKit(), ...beside] : beside,
    environment: { [PORT_VARIABLE]: portFile },
  });
  const browser = await launchChromium();
  return {
    server,
    window: (folder) => openWindow(browser, server, { folder, portFile }),
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await server.stop();
      rmSync(portFile, { force: true });
    },
  };
}

async function openWindow(
  browser: Browser,
  server: CodeServer,
  { folder, portFile }: { readonly folder: string; readonly portFile: string },
): Promise<EditorWindow> {
  rmSync(portFile, { force: true });
  const workbench = await openWorkbenchPage(browser, server, folder);
  const deadline = performance.now() + IDLE_DEADLINE_MS;
  while (!existsSync(portFile) || readFileSync(portFile, 'utf8') === '') {
    if (performance.now() > deadline) throw new Error(`no extension host began\n${server.logTail()}`);
    await delay(50);
  }
  const host = hostWatch(Number(readFileSync(portFile, 'utf8')));
  while (performance.now() < deadline) {
    const { longest } = await host.during(() => delay(IDLE_MS));
    if (longest < LATE_MS) break;
  }
  return { workbench, host, [Symbol.asyncDispose]: () => workbench.page.close() };
}

function hostWatch(port: number): HostWatch {
  const ask = async (what: string, word = ''): Promise<Readonly<Record<string, number>>> => {
    const response = await fetch(`http://127.0.0.1:${port}/${what}?${new URLSearchParams({ word }).toString()}`);
    if (!response.ok) throw new Error(`${what} ${word}: ${await response.text()}`);
    return ((await response.json()) as Record<string, number> | null) ?? {};
  };
  return {
    activate: async (id) => (await ask('activate', id)) as { readonly took: number; readonly work: number },
    command: async (...words) => void (await ask('command', JSON.stringify(words))),
    during: async (work) => {
      await ask('begin');
      await work();
      return (await ask('end')) as unknown as HostDelay;
    },
    memory: async () => (await ask('memory')) as { readonly rss: number; readonly heapUsed: number },
  };
}

async function packagedBeside(): Promise<readonly string[]> {
  const folder = path.join(installation, 'dist/beside');
  await build({
    entryPoints: [path.join(installation, 'test/bench/beside/beside.ts')],
    outfile: path.join(folder, 'beside.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  writeFileSync(path.join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"/>');
  const vsixes = [await packageFolder(folder, BESIDE_MANIFEST)];
  for (const [id, code] of Object.entries(SMALL_EXTENSIONS)) {
    const own = path.join(installation, 'dist', id);
    mkdirSync(own, { recursive: true });
    writeFileSync(path.join(own, 'nothing.cjs'), code);
    vsixes.push(await packageFolder(own, nothingManifest(id)));
  }
  return vsixes;
}
