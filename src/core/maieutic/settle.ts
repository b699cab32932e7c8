import type { QuestionFacts, SettledBy } from '../run/questionFacts.ts';
import type { ClarifyDepth } from '../gateSettings.ts';
import { checkCitation, type CitableTexts, type CitationCheck } from './citation.ts';
import { bandOf, settlerOf } from './matrix.ts';

/** One question of a stage, rated. */
export interface RaisedQuestion {
  readonly facts: QuestionFacts;
  /** The stage's owner said that no sensible default exists. */
  readonly isBlocking: boolean;
  /** The words of the spec it is about; empty where it is about none. */
  readonly inQuestion: string;
}

export interface SettlePolicy {
  readonly depth: ClarifyDepth;
  readonly minConfidence: number;
  readonly texts: CitableTexts;
}

/** Who settles a question, with the rule and its reason. An answer that is taken is the question's own suggestion. */
export type Settlement =
  | { readonly by: SettledBy; readonly answer: string; readonly rule: string; readonly why: string }
  | { readonly by: 'person'; readonly rule: string; readonly why: string };

/** What a question of a stage's owner is without a rating: what blocks is a person's, whatever else is not known. */
export const UNRATED: QuestionFacts = {
  magnitude: 'important',
  resolvability: 'need-human',
  confidence: 0,
  suggestion: null,
  citation: null,
  why: '',
};

/** Facts that hold whoever rated them: a blocking question is at least important and never settles itself. */
function floored({ facts, isBlocking }: Pick<RaisedQuestion, 'facts' | 'isBlocking'>): QuestionFacts {
  if (!isBlocking) return facts;
  return {
    ...facts,
    magnitude: facts.magnitude === 'minor' ? 'important' : facts.magnitude,
    resolvability: facts.resolvability === 'auto-fix' ? 'suggest-fix' : facts.resolvability,
  };
}

/** What is told of a question: floored, and with its citation only where that is really there. */
export function factsTold(question: RaisedQuestion, texts: CitableTexts): QuestionFacts {
  const facts = floored(question);
  const { citation } = facts;
  if (citation === null || checkCitation(citation, texts, question.inQuestion) === 'found') return facts;
  return { ...facts, citation: null };
}

/**
 * Settles a question, or says that a person has to. Whatever lacks its ground is a person's: a rule without a suggestion, a model without a citation
 * that is really there. The plan is a model's own work, so that it answers minor questions alone.
 */
export function settle(question: RaisedQuestion, policy: SettlePolicy): Settlement {
  const facts = floored(question);
  const band = bandOf(facts.confidence, policy.minConfidence);
  const { magnitude, resolvability, suggestion } = facts;
  const settler = settlerOf({ depth: policy.depth, magnitude, resolvability, band });
  const cell = `${magnitude}, ${resolvability}, ${band} confidence`;
  if (settler === 'person') return { by: 'person', rule: 'matrix', why: cell };
  if (settler === 'noted') return { by: 'noted', answer: suggestion ?? '', rule: 'matrix', why: cell };
  if (suggestion === null) return { by: 'person', rule: 'no-suggestion', why: `${cell}; no answer was suggested` };
  if (settler === 'rule') return { by: 'rule', answer: suggestion, rule: 'matrix', why: cell };
  const { citation } = facts;
  if (citation === null) return { by: 'person', rule: 'no-citation', why: `${cell}; no text was cited` };
  if (citation.document === 'plan' && magnitude !== 'minor')
    return { by: 'person', rule: 'own-work-cited', why: `${cell}; the plan cannot answer for itself` };
  const check = checkCitation(citation, policy.texts, question.inQuestion);
  if (check === 'found') return { by: 'model', answer: suggestion, rule: 'cited', why: cell };
  return { by: 'person', rule: `citation-${RULE[check]}`, why: `${cell}; ${WHY[check]} ${citation.document}` };
}

const RULE: Readonly<Record<Exclude<CitationCheck, 'found'>, string>> = {
  notFound: 'not-found',
  tooShort: 'too-short',
  itself: 'of-itself',
};
const WHY: Readonly<Record<Exclude<CitationCheck, 'found'>, string>> = {
  notFound: 'what was cited does not stand in the',
  tooShort: 'what was cited is too short to tell anything of the',
  itself: 'what was cited is only the question as it stands in the',
};
