import { globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Characters shown of each log. */
const TAIL = 4_000;

/** The ends of the logs in a server's folder that tell why an extension did not do what it should: the server's, the extension host's, SpecKit's own. */
export function tailOfLogs(folder: string): string {
  const files = ['code-server.log', 'user/logs/*/exthost*/remoteexthost.log', 'user/logs/*/exthost*/**/*SpecKit*.log'];
  return globSync(files, { cwd: folder })
    .map((file) => `--- ${file}\n${readFileSync(path.join(folder, file), 'utf8').slice(-TAIL)}`)
    .join('\n');
}

/** One activation of an extension, as the extension host logged it: what caused it. */
const ACTIVATED = /_doActivateExtension ([^,\s]+), startup: (?:true|false), activationEvent: '([^']*)'/g;
/** The host begins these when everything else has started. */
const STARTED = 'onStartupFinished';

/**
 * What activated the extension, by the log of the extension host that started last: `[]` while nothing did. `undefined` until the host has started
 * everything that starts by itself, so that an absence says something.
 */
export function activationsOf(folder: string, extensionId: string): readonly string[] | undefined {
  const files = globSync('user/logs/*/exthost*/remoteexthost.log', { cwd: folder }).map((file) =>
    path.join(folder, file),
  );
  const newest = files.sort((left, right) => statSync(left).mtimeMs - statSync(right).mtimeMs).at(-1);
  if (newest === undefined) return undefined;
  const all = [...readFileSync(newest, 'utf8').matchAll(ACTIVATED)].map(([, id = '', event = '']) => ({ id, event }));
  if (!all.some(({ event }) => event === STARTED)) return undefined;
  return all.filter(({ id }) => id === extensionId).map(({ event }) => event);
}
