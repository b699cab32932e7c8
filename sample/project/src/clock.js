/**
 * The only place that reads the machine's time. Everything else is handed a clock, so that tests decide what
 * time it is.
 *
 * @typedef {{ now: () => number }} Clock `now` gives whole milliseconds since 1970-01-01T00:00:00Z. It
 * follows the machine's wall clock, so one reading can be earlier than the reading before it.
 */

/**
 * The clock of the machine.
 *
 * @returns {Clock}
 */
export function systemClock() {
  return { now: () => Date.now() };
}

/**
 * Writes a moment the way the API shows it, for example `2025-03-01T09:30:00.000Z`.
 *
 * @param {number} milliseconds since 1970-01-01T00:00:00Z
 * @returns {string}
 */
export function toIsoTime(milliseconds) {
  return new Date(milliseconds).toISOString();
}
