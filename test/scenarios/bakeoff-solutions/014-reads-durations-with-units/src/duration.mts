const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const DURATION = new RegExp(
  `^\\s*${Object.keys(UNITS)
    .map((unit) => `(?:${NUMBER}\\s*${unit}\\s*)?`)
    .join('')}$`,
);

/** Milliseconds of a text like `1h30m`, or undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  const amounts = DURATION.exec(text)?.slice(1);
  if (amounts === undefined || amounts.every((amount) => amount === undefined)) return undefined;
  return Object.values(UNITS).reduce((total, size, index) => total + Number(amounts[index] ?? 0) * size, 0);
}

/** Whole milliseconds as a text like `1h30m`. */
export function formatDuration(milliseconds: number): string {
  let left = milliseconds;
  let text = '';
  for (const [unit, size] of Object.entries(UNITS)) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0) text += `${amount}${unit}`;
  }
  return text === '' ? '0ms' : text;
}
