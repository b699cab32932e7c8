import type { CostChoice } from './costChoice.ts';
import { daysOfChoice } from './costChoice.ts';
import { shortName } from './costGroups.ts';

/** That a stronger worker was asked on evidence (`escalation`), or that another stood in for one whose server failed (`fallback`). `at` is ISO 8601 in UTC. */
export interface Climb {
  readonly at: string;
  readonly kind: 'escalation' | 'fallback';
  readonly spec: string;
  readonly stage: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export interface CostClimbs {
  readonly rows: readonly Climb[];
  readonly total: number;
  readonly stages: readonly { readonly stage: string; readonly escalations: number; readonly fallbacks: number }[];
  readonly runs: number;
  readonly runsLeft: number;
}

/** Climbs that are told one by one: the newest. */
const MOST_CLIMBS = 50;
const MOST_STAGES = 10;
/** Characters of a stage's name and of a text. */
const STAGE = 40;
const TEXT = 300;

/** What the logs that were read tell of climbs in the time of a choice. `runsLeft` counts the runs whose logs were not read. */
export function costClimbs(
  climbs: readonly Climb[],
  choice: CostChoice,
  { now, runs, runsLeft }: { readonly now: number; readonly runs: number; readonly runsLeft: number },
): CostClimbs {
  const days = daysOfChoice(choice, now);
  const chosen = climbs
    .filter(({ at }) => days === undefined || (at.slice(0, 10) >= days.first && at.slice(0, 10) <= days.last))
    .toSorted((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : 0));
  const stages = [...Map.groupBy(chosen, ({ stage }) => stage)].map(([stage, here]) => {
    const escalations = here.filter(({ kind }) => kind === 'escalation').length;
    return { stage: stage.slice(0, STAGE), escalations, fallbacks: here.length - escalations };
  });
  return {
    rows: chosen.slice(0, MOST_CLIMBS).map((climb) => ({
      ...climb,
      spec: shortName(climb.spec),
      stage: climb.stage.slice(0, STAGE),
      from: shortName(climb.from),
      to: shortName(climb.to),
      text: climb.text.slice(0, TEXT),
    })),
    total: chosen.length,
    stages: stages
      .toSorted((left, right) => right.escalations + right.fallbacks - left.escalations - left.fallbacks)
      .slice(0, MOST_STAGES),
    runs,
    runsLeft,
  };
}
