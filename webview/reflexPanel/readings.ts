import { useCells, type Keyed } from '../panel.ts';
import type { Reading } from '../../src/protocol/reflexPanel.ts';

/** The readings, oldest first; drawn again with each new one. */
export function useReadings(): readonly Keyed<'reflexReading'>[] {
  return useCells('reflexReading');
}

export function useLastReading(): Reading | undefined {
  return useReadings().at(-1)?.cell;
}
