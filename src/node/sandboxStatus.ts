import type { Readable, Writable } from 'node:stream';

/** What bubblewrap tells of a command while it runs. */
export interface SandboxStatus {
  /** The inode of the command's namespace of processes, once it is known. */
  namespace(): number | undefined;
  /** The command's own exit code; undefined while it runs, and for ever when bubblewrap failed before it began it. */
  exitCode(): number | undefined;
}

/** Bytes that are read of it: two short objects. */
const MOST = 10_000;

/** Reads bubblewrap's `--json-status-fd` (bwrap(1)): one JSON object when the command begins, one when it has ended. */
export function readSandboxStatus(stream: Readable | Writable | null | undefined): SandboxStatus {
  let text = '';
  stream?.on('data', (bytes: Buffer) => {
    if (text.length < MOST) text += bytes.toString('utf8');
  });
  stream?.on('error', () => undefined);
  const figure = (name: string): number | undefined => {
    const found = new RegExp(`"${name}": ?(\\d+)`).exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return { namespace: () => figure('pid-namespace'), exitCode: () => figure('exit-code') };
}
