import { watch } from 'node:fs';

/**
 * Calls `look` whenever something changes in a folder, and every `pollMs` milliseconds because watching brings nothing on some network file
 * systems. `names`, where given, are the only files whose change counts between the polls. The folder exists. Dispose to end it: until then it
 * keeps the process alive.
 */
export function watchFolder(folder: string, pollMs: number, look: () => void, names?: readonly string[]): Disposable {
  const watcher = watch(folder, { persistent: false }, (_, name) => {
    // Some systems do not tell the name.
    if (name === null || names === undefined || names.includes(name)) look();
  });
  // A watcher that breaks leaves the polling, which is enough.
  watcher.on('error', () => watcher.close());
  const timer = setInterval(look, pollMs);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      watcher.close();
    },
  };
}
