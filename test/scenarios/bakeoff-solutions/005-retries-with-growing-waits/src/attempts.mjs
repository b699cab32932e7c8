/**
 * Does something that may fail. `wait` is handed in, so that nothing here knows a clock.
 */
export async function withAttempts(work, options) {
  const { attempts, firstMs, longestMs, wait, isFinal = () => false } = options;
  if (attempts < 1) throw new RangeError('at least one attempt');
  for (let number = 1; ; number += 1) {
    try {
      return await work(number);
    } catch (error) {
      if (number >= attempts || isFinal(error)) throw error;
    }
    await wait(Math.min(longestMs, firstMs * 2 ** (number - 1)));
  }
}
