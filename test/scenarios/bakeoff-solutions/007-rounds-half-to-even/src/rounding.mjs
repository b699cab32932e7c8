/**
 * A number with so many digits after the point (0 to 10). Modes: `up` rounds half away from zero, `down` cuts, `even` rounds half to the even neighbour.
 */
export function roundTo(value, digits, mode = 'up') {
  if (!['up', 'down', 'even'].includes(mode)) throw new RangeError(`no mode ${mode}`);
  const sign = value < 0 ? -1 : 1;
  // The shortest decimal text moved by its exponent: 1.005 becomes 100.5 and not 100.49999999999999.
  const moved = Number(`${Math.abs(value)}e${digits}`);
  const whole = Math.floor(moved);
  const rest = moved - whole;
  const isUp = mode !== 'down' && (rest > 0.5 || (rest === 0.5 && (mode === 'up' || whole % 2 === 1)));
  const rounded = Number(`${isUp ? whole + 1 : whole}e-${digits}`);
  return rounded === 0 ? 0 : sign * rounded;
}
