/** A person asked the run to pause: thrown where the next step would begin, after the one in flight has ended and was recorded. */
export class PausedError extends Error {
  override readonly name = 'PausedError';
}
