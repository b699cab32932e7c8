const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Milliseconds of a text like `1h30m`, or undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([a-z]+)/g)) {
    total += Number(amount) * UNITS[unit as keyof typeof UNITS];
  }
  return total;
}

/** Whole milliseconds as a text like `1h30m`. */
export function formatDuration(milliseconds: number): string {
  let left = milliseconds;
  let text = '';
  for (const [unit, size] of Object.entries(UNITS)) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    text += `${amount}${unit}`;
  }
  return text;
}
