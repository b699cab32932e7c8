import { unreachable } from '../../base/unreachable.ts';
import type { MoneyScope } from './budget.ts';
import type { LedgerScope } from './ledger.ts';

/** A call's place among the rows of the ledger. `run` begins with its repository's key and a `/`; `time` is wall-clock milliseconds. */
export interface CallPlace {
  readonly run: string;
  readonly spec: string;
  readonly stage: string;
  readonly time: number;
}

/** The rows that a limit of this kind counts for a call at this place. Days and months are those of UTC. */
export function scopeOf(scope: MoneyScope, place: CallPlace): LedgerScope {
  switch (scope) {
    case 'run':
      return { kind: 'run', run: place.run };
    case 'stage':
      return { kind: 'stage', run: place.run, stage: place.stage };
    case 'spec':
      return { kind: 'spec', repository: place.run.slice(0, place.run.lastIndexOf('/') + 1), spec: place.spec };
    case 'day':
      return { kind: 'day', day: isoTime(place.time).slice(0, 10) };
    case 'month':
      return { kind: 'month', month: isoTime(place.time).slice(0, 7) };
  }
  return unreachable(scope);
}

const isoTime = (time: number): string => new Date(time).toISOString();
