import { z } from 'zod';
import type { Configuration } from '../settings.ts';
import { COMPARED_STAGES, type ComparedStage } from '../settings.ts';
import { agreementOf, type Scorecard } from './scorecard.ts';

/** What a demotion has to show, and under what it is taken back. Shares of compared specs; see `agreementOf`. */
export const NEEDED_AGREEMENT = 0.9;
export const NEEDED_SPECS = 10;
export const KEPT_AGREEMENT = 0.85;

/** Whether a cheaper worker takes a stage, decided once at a run's beginning and frozen in its policy. `evidence` are files of `.speckit/eval`. */
export const standingSchema = z.strictObject({
  stage: z.enum(COMPARED_STAGES),
  from: z.string(),
  to: z.string(),
  rule: z.enum(['demoted', 'demotion-unproven', 'demotion-rolled-back', 'demotions-off']),
  text: z.string(),
  evidence: z.array(z.strictObject({ file: z.string(), sha256: z.string() })).max(200),
});
export type Standing = z.infer<typeof standingSchema>;

/** A policy with what was decided about its demotions. Where nothing was, none holds. */
export type RoutedPolicy = Configuration & { readonly standings?: readonly Standing[] };

/** A scorecard as it was found. */
export interface FoundScorecard {
  readonly file: string;
  readonly sha256: string;
  readonly card: Scorecard;
}

/** What a demotion is about, exactly: the two workers as they are configured now, and what they are told. */
export interface Demotion {
  readonly stage: ComparedStage;
  readonly from: { readonly worker: string; readonly identity: string };
  readonly to: { readonly worker: string; readonly identity: string };
  readonly prompts: string;
}

/**
 * Whether the scorecards prove a demotion. Those of other workers, prompts or stages count for nothing. In the order of their times: agreement of at
 * least 90 % over at least ten different specs lets it hold, and a later one under 85 %, over however few, takes it back until it is proven anew; what
 * lies between changes nothing. Their figures are counted again from their rows.
 */
export function standingOf(demotion: Demotion, found: readonly FoundScorecard[], isEnabled: boolean): Standing {
  const { stage, from, to } = demotion;
  const about = { stage, from: from.worker, to: to.worker };
  const who = `${to.worker} does not take ${stage} in the place of ${from.worker}`;
  if (!isEnabled) return { ...about, rule: 'demotions-off', text: `${who}: demotions.enabled is false.`, evidence: [] };
  const cards = found
    .filter(({ card }) => isAbout(card, demotion))
    .toSorted((left, right) => (left.card.at < right.card.at ? -1 : left.card.at > right.card.at ? 1 : 0));
  const evidence = cards.map(({ file, sha256 }) => ({ file, sha256 }));
  const verdict = weigh(cards);
  switch (verdict.kind) {
    case 'holds':
      return {
        ...about,
        rule: 'demoted',
        text: `${to.worker} takes ${stage} in the place of ${from.worker}: ${verdict.why}.`,
        evidence,
      };
    case 'back':
      return { ...about, rule: 'demotion-rolled-back', text: `${who} any more: ${verdict.why}.`, evidence };
    case 'unproven': {
      const how = `speckit eval ab --stage ${stage} --a ${from.worker} --b ${to.worker}`;
      return { ...about, rule: 'demotion-unproven', text: `${who}: ${verdict.why} (\`${how}\`).`, evidence };
    }
  }
}

type Weighed = { readonly kind: 'holds' | 'back' | 'unproven'; readonly why: string };

function weigh(cards: readonly FoundScorecard[]): Weighed {
  const needed = `${percent(NEEDED_AGREEMENT)} over ${NEEDED_SPECS} different specs are needed`;
  let state: Weighed = {
    kind: 'unproven',
    why: `no scorecard is about exactly these two and these prompts; ${needed}`,
  };
  for (const { file, card } of cards) {
    const { agreement, compared } = agreementOf(card.specs);
    if (agreement === null) continue;
    const said = `${file} found an agreement of ${percent(agreement)} over ${compared} specs`;
    if (agreement >= NEEDED_AGREEMENT && nDifferent(card) >= NEEDED_SPECS && blocksAny(card))
      state = { kind: 'holds', why: said };
    else if (agreement < KEPT_AGREEMENT && state.kind !== 'unproven')
      state = { kind: 'back', why: `${said}, less than ${percent(KEPT_AGREEMENT)}` };
    else if (state.kind === 'unproven')
      state = { kind: 'unproven', why: `${said}; ${needed}${blocksAny(card) ? '' : NOTHING_BLOCKED}` };
  }
  return state;
}

const isAbout = (card: Scorecard, { stage, from, to, prompts }: Demotion): boolean =>
  card.stage === stage &&
  card.a.identity === from.identity &&
  card.b.identity === to.identity &&
  card.versions.stage_prompts === prompts;

/** Whoever lets everything pass agrees with an auditor that had nothing to block: of an audit that proves nothing. */
const blocksAny = ({ stage, specs }: Scorecard): boolean =>
  stage !== 'audit' ||
  specs.some(({ outcome, a }) => outcome === 'equal' && a.kind === 'done' && a.verdict === 'block');

const NOTHING_BLOCKED = ', and of an audit at least one change that both block';

const nDifferent = ({ specs }: Scorecard): number =>
  new Set(specs.flatMap(({ outcome, text }) => (outcome === 'not-compared' ? [] : [text]))).size;

/** Cut and not rounded: 89.9 % is not 90 %. */
const percent = (share: number): string => `${Math.floor(share * 1_000 + 1e-9) / 10} %`;
