/** What an aborted wait rejects with. `reason` tells a person's stop from a deadline. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';
}

/** Throws an AbortedError when the signal has been aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new AbortedError(String(signal.reason ?? 'stopped'));
}

/** The promise, or an AbortedError as soon as the signal aborts. The listener never outlives the promise. */
export async function withAbort<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  throwIfAborted(signal);
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new AbortedError(String(signal.reason ?? 'stopped')));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
