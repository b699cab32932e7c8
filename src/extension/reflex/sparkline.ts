const BARS = '▁▂▃▄▅▆▇█';
/** Stands where nothing was known. */
const GAP = '·';

/**
 * A line of bars, one a value, from 0 to `most`; without one up to the largest value. Empty where nothing is known at all, so that nothing looks
 * like a row of zeros.
 */
export function sparkline(values: readonly (number | undefined)[], most?: number): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return '';
  const top = most ?? Math.max(...known);
  return values.map((value) => (value === undefined ? GAP : barOf(value, top))).join('');
}

function barOf(value: number, top: number): string {
  const share = top > 0 ? Math.min(1, Math.max(0, value / top)) : 0;
  return BARS[Math.round(share * (BARS.length - 1))] ?? GAP;
}
