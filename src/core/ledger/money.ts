/** Whole microdollars as a person reads them: `$1.50`, and with four digits below ten cents (`$0.0123`), rounded up so that no cost reads as nothing. */
export function dollars(microdollars: number): string {
  const sign = microdollars < 0 ? '-' : '';
  const amount = Math.abs(microdollars);
  const digits = amount === 0 || amount >= 100_000 ? 2 : 4;
  const unit = 10 ** (6 - digits);
  return `${sign}$${((Math.ceil(amount / unit) * unit) / 1_000_000).toFixed(digits)}`;
}
