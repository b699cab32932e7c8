import { writeSync } from 'node:fs';

const STDOUT = 1;

/** Node's own stream, once it was needed: what comes later has to wait behind what it holds. */
let stream: NodeJS.WriteStream | undefined;

/**
 * Writes `text` to stdout, whole and in order. Loading Node's own stream takes longer than all the rest of a short command, so the file itself is
 * written; the stream takes over where a pipe that does not wait is full (EAGAIN). Whoever reads may stop reading (`speckit show RUN | head`):
 * that is no fault. Throws what the disk says where stdout is a file that cannot grow.
 */
export function writeOut(text: string): void {
  const rest = stream === undefined ? writtenNow(Buffer.from(text)) : Buffer.from(text);
  if (rest.length === 0) return;
  stream ??= openStream();
  stream.write(rest);
}

/** Writes what stdout takes at once, and returns the rest; nothing where nobody reads any more. */
function writtenNow(bytes: Buffer): Buffer {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(STDOUT, bytes, written);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return bytes.subarray(bytes.length);
    if (code !== 'EAGAIN') throw error;
  }
  return bytes.subarray(written);
}

function openStream(): NodeJS.WriteStream {
  return process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
