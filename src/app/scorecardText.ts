import { NEEDED_AGREEMENT, NEEDED_SPECS } from '../core/router/demotion.ts';
import { OUTCOMES, type Scorecard, type ScoredSpec } from '../core/router/scorecard.ts';

const SCORED = 'a judge scored\ntheir work twice, each order once, without knowing whose it was';
const PLANNED = `Both ran the pipeline up to the stage from the same answers before it; ${SCORED}`;

/** How the work at each stage was compared. */
const MEASURES: Readonly<Record<Scorecard['stage'], string>> = {
  specify: PLANNED,
  plan: PLANNED,
  tasks: PLANNED,
  implement: `Both did the same tasks from the same commit, each in a tree of its own. Who does not get
the project's own checks and gates to pass is worse; where both do, ${SCORED}`,
  audit: `Both judged the same change, with the same evidence and advice. The same
verdict is equal, another one worse, whichever way it goes; an audit is taken over only where both also blocked a change`,
};

/** A scorecard for a person, as Markdown. */
export function scorecardText(card: Scorecard): string {
  const { stage, at, a, b, versions, compared, outcomes, failures, dollars, seconds, seed } = card;
  const share = agreementText(card);
  const each = (values: Readonly<Record<'a' | 'b' | 'judge', number>>, text: (value: number) => string) =>
    `${text(values.a)} | ${text(values.b)} | ${text(values.judge)}`;
  return `# ${a.worker} and ${b.worker} at ${stage}

${at}. a is ${a.worker} (${a.model}), b is ${b.worker} (${b.model}). ${MEASURES[stage]} (seed ${seed}).

**Agreement ${share}** = (better + equal) / (better + equal + split + worse), over ${compared} compared specs. A split is a tie that the order of reading
made: it is no proof. A demotion needs ${NEEDED_AGREEMENT * 100} % over at least ${NEEDED_SPECS} different specs.

| ${OUTCOMES.join(' | ')} |
|${OUTCOMES.map(() => '---').join('|')}|
| ${OUTCOMES.map((outcome) => outcomes[outcome] ?? 0).join(' | ')} |

| | a | b | judge |
|---|---|---|---|
| failures | ${failures.a} | ${failures.b} | |
| dollars | ${each(dollars, (value) => value.toFixed(4))} |
| seconds of calls | ${each(seconds, String)} |

| spec | b is | scores a, b (first order; second) | a | b |
|---|---|---|---|---|
${card.specs.map(rowOf).join('\n')}

Prices ${versions.prices}, prompts ${versions.prompts.slice(0, 12)} (of this stage ${versions.stage_prompts.slice(0, 12)}), ${versions.program}. The answers
themselves lie under their hashes beside the logs of the runs that the JSON names, in ${card.runs_in} of the git folder, unless the capture mode keeps none.
`;
}

/** Cut and not rounded: 89.9 % is not 90 %. */
export const agreementText = ({ agreement }: Pick<Scorecard, 'agreement'>): string =>
  agreement === null ? 'not known' : `${Math.floor(agreement * 1_000 + 1e-9) / 10} %`;

function rowOf({ spec, outcome, why, orders, a, b }: ScoredSpec): string {
  const scores = orders.map(({ scores: { a: one, b: other } }) => `${one}, ${other}`).join('; ');
  return `| ${spec} | ${outcome}${why === '' ? '' : ` (${why})`} | ${scores} | ${sideText(a)} | ${sideText(b)} |`;
}

/** Why a side failed may hold what a model wrote: on one line, without what Markdown would read. */
function sideText(side: ScoredSpec['a']): string {
  if (side.kind === 'done')
    return `${side.verdict === undefined ? '' : `${side.verdict}s, `}${side.answer.slice(0, 12)}`;
  return `failed at ${side.at}: ${side.why.replaceAll(/[\s|`<>*_[\]]+/g, ' ').slice(0, 160)}`;
}
