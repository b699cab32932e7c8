/** Rows as a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Smallest, middle and largest of some figures, as three cells. */
export function spread(figures: readonly number[], unit: (figure: number) => string = milliseconds): readonly string[] {
  const sorted = [...figures].sort((left, right) => left - right);
  return [sorted[0] ?? 0, median(sorted), sorted.at(-1) ?? 0].map(unit);
}

/** The middle figure; the upper one of two. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((left, right) => left - right)[Math.floor(figures.length / 2)] ?? 0;
}

export function milliseconds(figure: number): string {
  return `${Math.round(figure)} ms`;
}
