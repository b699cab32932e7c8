import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { webviewPage } from '../../src/extension/webviewPage.ts';

/*
 * Puts every state of the panels into a plain browser: the shipped modules in the shipped pages under the shipped content policy, with a host in the page
 * (fakeHost.ts) and VS Code's colours (themes/). Needs the bundles of `npm run build`. A browser takes modules from a server only, so there is one.
 */

const here = import.meta.dirname;
const root = path.resolve(here, '../..');
const galleries = path.join(root, 'dist/gallery');
const NONCE = 'Z2FsbGVyeQ';

/** The pages by name, and what they are about. */
const PAGES = {
  runPanel: { folder: '/projects/api', 'run-id': '20261120T100000-1' },
  costPanel: { folder: '/projects/api', whose: 'repository', spec: '', period: 'month' },
  reflexPanel: { folder: '/projects/api' },
} as const;
export type PageName = keyof typeof PAGES;

export interface Gallery extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/`, the page to choose on. `<page name>.html#<state>/<theme>` below it is one panel alone. */
  readonly address: string;
}

/** Builds a folder below dist/gallery and serves it on this computer until it is disposed of: several can be open at once. */
export async function openGallery(): Promise<Gallery> {
  mkdirSync(galleries, { recursive: true });
  const out = mkdtempSync(path.join(galleries, 'open-'));
  cpSync(path.join(root, 'dist/webview'), out, { recursive: true });
  cpSync(path.join(here, 'themes'), path.join(out, 'themes'), { recursive: true });
  cpSync(path.join(root, 'webview/gallery.html'), path.join(out, 'index.html'));
  await esbuild.build({
    entryPoints: { fakeHost: path.join(here, 'fakeHost.ts') },
    bundle: true,
    format: 'iife',
    outdir: out,
    logLevel: 'warning',
  });
  for (const [name, data] of Object.entries(PAGES)) writeFileSync(path.join(out, `${name}.html`), pageOf(name, data));
  return serve(out);
}

function pageOf(name: string, data: Readonly<Record<string, string>>): string {
  const page = webviewPage({
    title: name,
    scriptUri: `${name}.js`,
    styleUris: ['parts.css', `${name}.css`],
    cspSource: "'self'",
    nonce: NONCE,
    data,
  });
  const script = `<script nonce="${NONCE}" src="fakeHost.js"></script>\n`;
  return page.replace('<script ', () => `${script}<script `);
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

function serve(out: string): Promise<Gallery> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://gallery').pathname;
    const file = path.join(out, name === '/' ? 'index.html' : path.normalize(name));
    const type = TYPES[path.extname(file)];
    try {
      if (type === undefined) throw new Error('it is no part of the gallery');
      const bytes = readFileSync(file);
      response.writeHead(200, { 'content-type': type }).end(bytes);
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('the server has no port'));
      resolve({
        address: `http://127.0.0.1:${address.port}/`,
        [Symbol.asyncDispose]: async () => {
          server.closeAllConnections();
          await new Promise((closed) => server.close(closed));
          rmSync(out, { recursive: true, force: true });
        },
      });
    });
  });
}

if (import.meta.main) process.stdout.write(`${(await openGallery()).address}\n`);
