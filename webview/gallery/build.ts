import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { runPanelHtml } from '../../src/extension/runPanel/html.ts';

/*
 * Puts every state of the panel into a plain browser: the shipped bundle in the shipped page under the shipped content policy, with a host in the page
 * (fakeHost.ts) and VS Code's colours (themes/). Needs the bundle of `npm run build`.
 */

const here = import.meta.dirname;
const root = path.resolve(here, '../..');

/** Builds dist/gallery and answers the path of its gallery.html. `panel.html#<state>/<theme>` is one panel alone. */
export async function buildGallery(): Promise<string> {
  const out = path.join(root, 'dist/gallery');
  mkdirSync(out, { recursive: true });
  for (const file of ['runPanel.js', 'runPanel.css', 'codicon.ttf']) {
    copyFileSync(path.join(root, 'dist/webview', file), path.join(out, file));
  }
  cpSync(path.join(here, 'themes'), path.join(out, 'themes'), { recursive: true });
  copyFileSync(path.join(root, 'webview/gallery.html'), path.join(out, 'gallery.html'));
  await esbuild.build({
    entryPoints: { fakeHost: path.join(here, 'fakeHost.ts') },
    bundle: true,
    format: 'iife',
    outdir: out,
    logLevel: 'warning',
  });
  const nonce = 'Z2FsbGVyeQ';
  const page = runPanelHtml({
    scriptUri: 'runPanel.js',
    styleUri: 'runPanel.css',
    cspSource: 'file:',
    nonce,
    folder: '/projects/api',
    runId: '20261120T100000-1',
  });
  const script = `<script nonce="${nonce}" src="fakeHost.js"></script>\n`;
  writeFileSync(
    path.join(out, 'panel.html'),
    page.replace('<script ', () => `${script}<script `),
  );
  return path.join(out, 'gallery.html');
}

if (import.meta.main) process.stdout.write(`${await buildGallery()}\n`);
