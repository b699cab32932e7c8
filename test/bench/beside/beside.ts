import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { commands, extensions, TreeItem, ViewColumn, window, type ExtensionContext } from 'vscode';
import { PORT_VARIABLE, WORD } from './manifest.ts';

/**
 * A tree of one row, an almost empty webview, and the stop-watch: a server on the loopback that times what happens in this host. A GET names what is
 * wanted, and the answer is JSON.
 */
export function activate({ subscriptions }: ExtensionContext): void {
  const tree = { getChildren: () => [WORD], getTreeItem: (word: string) => new TreeItem(word) };
  subscriptions.push(
    window.registerTreeDataProvider('beside.tree', tree),
    commands.registerCommand('beside.show', () => {
      const panel = window.createWebviewPanel('beside', 'Beside', ViewColumn.Active, { enableScripts: true });
      panel.webview.html = `<!DOCTYPE html><html><body><h1>${WORD}</h1></body></html>`;
    }),
  );
  const watch = createStopWatch();
  const server = createServer((request, response) => {
    watch(request).then(
      (answer) => response.end(JSON.stringify(answer ?? null)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.stack : String(error)),
    );
  }).listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    writeFileSync(process.env[PORT_VARIABLE] ?? '', String(port));
  });
  subscriptions.push({ dispose: () => server.close() });
}

function threadMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** How long the host's thread was ready to run and no processor was free, as Linux counts it; 0 elsewhere. Milliseconds. */
function waitedMilliseconds(): number {
  if (process.platform !== 'linux') return 0;
  const [, waited = '0'] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ');
  return Number(waited) / 1e6;
}

type Answer = Readonly<Record<string, number>> | undefined;

/** How often the processor's time is looked at. Milliseconds. */
const LOOK_MS = 2;

/**
 * Times are milliseconds, sizes bytes. `longest` is by how much the host's event loop came late at most, which other programs can have done; `busiest` is
 * the most processor time that the host's thread itself took between two looks; `blocked` by how much a look came late at most when the time is taken
 * off in which the thread waited for a processor.
 */
function createStopWatch(): (request: IncomingMessage) => Promise<Answer> {
  let delay = monitorEventLoopDelay({ resolution: 1 });
  let looking: NodeJS.Timeout | undefined;
  let busiest = 0;
  let blocked = 0;
  const wanted: Readonly<Record<string, (word: string) => Promise<Answer>>> = {
    activate: async (id) => {
      const extension = extensions.getExtension(id);
      if (extension === undefined || extension.isActive) throw new Error(`${id} is not there, or awake already`);
      const began = performance.now();
      const before = threadMilliseconds();
      await extension.activate();
      return { took: performance.now() - began, work: threadMilliseconds() - before };
    },
    command: async (words) => {
      const [id = '', ...rest] = JSON.parse(words) as readonly string[];
      await commands.executeCommand(id, ...rest);
      return undefined;
    },
    begin: async () => {
      delay.disable();
      delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      busiest = 0;
      blocked = 0;
      const look = () => ({ at: performance.now(), worked: threadMilliseconds(), waited: waitedMilliseconds() });
      let before = look();
      looking = setInterval(() => {
        const now = look();
        busiest = Math.max(busiest, now.worked - before.worked);
        blocked = Math.max(blocked, now.at - before.at - LOOK_MS - (now.waited - before.waited));
        before = now;
      }, LOOK_MS);
      return undefined;
    },
    end: async () => {
      delay.disable();
      clearInterval(looking);
      const inMilliseconds = (nanoseconds: number): number => nanoseconds / 1e6;
      return { longest: inMilliseconds(delay.max), p99: inMilliseconds(delay.percentile(99)), busiest, blocked };
    },
    memory: async () => {
      setFlagsFromString('--expose-gc');
      (runInNewContext('gc') as () => void)();
      const { rss, heapUsed } = process.memoryUsage();
      return { rss, heapUsed };
    },
  };
  return async ({ url = '/' }) => {
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    const answer = wanted[pathname.slice(1)];
    if (answer === undefined) throw new Error(`nothing is known of ${pathname}`);
    return answer(searchParams.get('word') ?? '');
  };
}
