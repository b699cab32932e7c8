/** A longer wish is cut to a day. Nobody waits so long for a call: the endpoint is left alone meanwhile. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/** An HTTP date begins with a day's name. Without this test `Date.parse('-5')` would be a date in 2001. */
const HTTP_DATE = /^[A-Za-z]{3,9},? /;

/**
 * Milliseconds a server asks to wait: `retry-after-ms` (OpenAI), else `retry-after` as seconds or as an HTTP date (RFC 9110, 10.2.3).
 * Between 0 and a day; a date in the past is 0. Undefined when there is no header or it says nothing sensible.
 * `now` is milliseconds since 1970.
 */
export function retryAfterMs(headers: Headers | undefined, now: number): number | undefined {
  const milliseconds = decimal(headers?.get('retry-after-ms'));
  if (milliseconds !== undefined) return clamp(milliseconds);
  const text = headers?.get('retry-after')?.trim();
  if (text === undefined) return undefined;
  const seconds = decimal(text);
  if (seconds !== undefined) return clamp(seconds * 1000);
  const date = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : clamp(date - now);
}

function decimal(text: string | null | undefined): number | undefined {
  return text !== null && text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

function clamp(milliseconds: number): number {
  return Math.round(Math.min(Math.max(milliseconds, 0), LONGEST_WAIT_MS));
}
