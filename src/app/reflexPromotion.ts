import { DEFAULT_THRESHOLDS, type BakeoffThresholds } from '../core/reflex/bakeoffStatistics.ts';
import { reflexIdentity } from '../core/reflex/bakeoffReport.ts';
import { promotionOf } from '../core/reflex/promotion.ts';
import type { Promotion, PromotionSubject } from '../core/reflex/subject.ts';
import { reflexWorker } from '../core/reflex/worker.ts';
import type { Configuration } from '../core/settings.ts';
import { readBakeoffReports } from './bakeoffReports.ts';

/** What a bake-off has to find: those of [reflex.thresholds], over as many trials as always. */
export function thresholdsOf({ reflex }: Pick<Configuration, 'reflex'>): BakeoffThresholds {
  return { ...DEFAULT_THRESHOLDS, ...reflex.thresholds };
}

/** Whether the reports of a repository promote exactly this local server now, milliseconds since 1970. */
export async function reflexPromotion(subject: PromotionSubject, now: number): Promise<Promotion> {
  const { root, reflex, server, prompts } = subject;
  const identity = reflexIdentity(reflexWorker(reflex), { prompts, server, thresholds: thresholdsOf({ reflex }) });
  const found = promotionOf(await readBakeoffReports(root), identity, now);
  return found.kind === 'promoted' ? { kind: 'promoted' } : { kind: 'none', why: clauseOf(found.text) };
}

/** A sentence as it stands behind a colon. */
const clauseOf = (sentence: string): string =>
  `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
