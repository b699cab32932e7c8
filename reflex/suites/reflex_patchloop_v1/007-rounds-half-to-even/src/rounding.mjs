/**
 * A number with so many digits after the point (0 to 10). Modes: `up` rounds half away from zero, `down` cuts.
 */
export function roundTo(value, digits, mode = 'up') {
  const unit = 10 ** digits;
  if (mode === 'up') return Math.round(value * unit) / unit;
  if (mode === 'down') return Math.floor(value * unit) / unit;
  throw new RangeError(`no mode ${mode}`);
}
