import type { ReflexTrend } from '../../app/reflexTrend.ts';
import { FIGURES } from '../../protocol/reflexFigures.ts';
import { sparkline } from './sparkline.ts';

/** One figure of the local server: what it is now, in words, and its last readings as a line of bars; empty where none is known. */
export interface FigureRow {
  readonly name: string;
  readonly now: string;
  readonly trend: string;
}

/** Readings in a line of bars: more do not fit a tooltip. */
const BARS = 30;

/** The readings that a line of bars is drawn of. */
export const barsOf = ({ points }: ReflexTrend): ReflexTrend['points'][number][] => points.slice(-BARS);

/** All figures that are watched, always the same and in the same order: what is not known says so. */
export function figureRows(trend: ReflexTrend): readonly FigureRow[] {
  const points = barsOf(trend);
  const now = points.at(-1) ?? { at: 0 };
  return FIGURES.map(({ name, of, most, text }) => ({
    name,
    now: text(now),
    trend: sparkline(points.map(of), most?.(now)),
  }));
}
