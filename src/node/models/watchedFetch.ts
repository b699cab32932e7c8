/** Bytes read of the body of an error response: enough for any message, too few to fill the memory. */
const ERROR_BODY_CAP_BYTES = 64 * 1024;

/** A fetch for one call whose response is watched while it comes in. */
export interface WatchedFetch {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** True once a line was longer than the cap; the response body ends with an error then. */
  lineTooLong(): boolean;
}

/**
 * Calls `onBytes` for every piece of the body, also for keep-alives that an SDK hides (comments, `ping` events). An SDK gathers a
 * whole line before it shows it, so a line longer than `lineCapBytes` ends the response. Redirects are not followed: one call is one
 * request, and a key goes to no other host.
 */
export function watchFetch(onBytes: () => void, lineCapBytes: number): WatchedFetch {
  let tooLong = false;
  const capLines = (): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> => {
    let lineBytes = 0;
    return new TransformStream({
      transform(chunk, controller) {
        onBytes();
        const newline = chunk.lastIndexOf(10);
        lineBytes = newline === -1 ? lineBytes + chunk.length : chunk.length - newline - 1;
        if (lineBytes <= lineCapBytes) return controller.enqueue(chunk);
        tooLong = true;
        return controller.error(new Error(`a line of the answer is longer than ${lineCapBytes} bytes`));
      },
    });
  };
  return {
    async fetch(input, init) {
      const response = await fetch(input, { ...init, redirect: 'manual' });
      if (response.body === null) return response;
      const body = response.body.pipeThrough(response.ok ? capLines() : capBytes());
      return new Response(body, {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
      });
    },
    lineTooLong: () => tooLong,
  };
}

function capBytes(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let left = ERROR_BODY_CAP_BYTES;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) controller.terminate();
    },
  });
}
