import { readFileSync } from 'node:fs';
import { zipEntries } from '../support/zipEntries.ts';
import { packagedSpecKit } from '../workbench/support/extensionsUnderTest.ts';
import { table } from './table.ts';

/** Parts of the package by the beginning of their names in it. */
const PARTS = [
  ['what the extension host reads at the start: `dist/extension.cjs`', 'dist/extension.cjs'],
  ['what it reads when it is wanted: `dist/editor.cjs`', 'dist/editor.cjs'],
  ['what it reads with the first message of a panel: `dist/panelActions.cjs`', 'dist/panelActions.cjs'],
  ['the command line and the engine: `dist/cli`', 'dist/cli/'],
  ['what it reads when costs are shown: `dist/costPanel.cjs`', 'dist/costPanel.cjs'],
  ['what all panels share: `dist/webview/shared-*.js`', 'dist/webview/shared-'],
  ['the run panel’s own script: `dist/webview/runPanel.js`', 'dist/webview/runPanel.js'],
  ['the cost panel’s own script: `dist/webview/costPanel.js`', 'dist/webview/costPanel.js'],
  ['all of the webviews: `dist/webview`', 'dist/webview/'],
] as const;

/** Sizes of the packaged extension and of its parts. */
export function installedTable(): string {
  const vsix = readFileSync(packagedSpecKit());
  const entries = zipEntries(vsix);
  const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;
  const sum = (sizes: readonly number[]): string => kilobytes(sizes.reduce((total, size) => total + size, 0));
  const parts = PARTS.map(([title, prefix]) => {
    const own = entries.filter(({ name }) => name.startsWith(`extension/${prefix}`));
    return [title, sum(own.map(({ packedSize }) => packedSize)), sum(own.map(({ size }) => size))];
  });
  const whole = ['**speckit-auto.vsix**', kilobytes(vsix.length), sum(entries.map(({ size }) => size))];
  return table(['Part', 'packed', 'unpacked'], [whole, ...parts]);
}
