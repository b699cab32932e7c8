/**
 * Does something that may fail. `wait` is handed in, so that nothing here knows a clock.
 */
export async function withAttempts(work, options) {
  if (options.attempts < 1) throw new RangeError('at least one attempt');
  return work(1);
}
