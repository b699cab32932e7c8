import { z } from 'zod';

/** How much of a project's code its tests run, as one tool told it: a percentage of its lines, or of its statements where it counts only those. */
export const coverageFigureSchema = z.strictObject({
  /** 0..100. */
  percent: z.number().min(0).max(100),
  of: z.enum(['lines', 'statements']),
  /** Who told it: a tool by what it prints, or the path of a report. */
  by: z.string(),
});
export type CoverageFigure = Readonly<z.infer<typeof coverageFigureSchema>>;

/**
 * The lowest of several figures; undefined of none. Where tools tell more than one (a workspace's packages, a table and a report of it) the lowest counts, so
 * that nothing a test prints makes it more.
 */
export function lowestCoverage<Figure extends CoverageFigure>(figures: readonly Figure[]): Figure | undefined {
  return figures.reduce<Figure | undefined>(
    (lowest, figure) => (lowest === undefined || figure.percent < lowest.percent ? figure : lowest),
    undefined,
  );
}

/** A share as a percentage with two decimals, rounded down: what is shown as 80 is 80. Undefined where nothing was counted, which shows nothing. */
export function percentOf(covered: number, total: number): number | undefined {
  if (!(total > 0) || !(covered >= 0) || !(covered <= total)) return undefined;
  return Math.floor((covered * 10_000) / total) / 100;
}

export const isPercent = (value: number): boolean => value >= 0 && value <= 100;
