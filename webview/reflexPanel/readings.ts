import { useCells, type Keyed } from '../panel.ts';

/** The readings, oldest first; drawn again with each new one. */
export function useReadings(): readonly Keyed<'reflexReading'>[] {
  return useCells('reflexReading');
}
