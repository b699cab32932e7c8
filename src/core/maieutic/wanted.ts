import type { ClarifyDepth } from '../gateSettings.ts';

/** What tells whether anything is open. */
export interface Openness {
  readonly nBlocking: number;
  readonly nVague: number;
  /** The owner's, in what it made. */
  readonly confidence: number;
  readonly minConfidence: number;
}

/** Whether the check is asked at all. Where nothing is open nobody is paid for saying so, but at depth high. */
export function isCheckWanted(
  depth: ClarifyDepth,
  { nBlocking, nVague, confidence, minConfidence }: Openness,
): boolean {
  switch (depth) {
    case 'low':
      return nBlocking > 0;
    case 'normal':
      return nBlocking > 0 || nVague > 0 || confidence < minConfidence;
    case 'high':
      return true;
  }
}
