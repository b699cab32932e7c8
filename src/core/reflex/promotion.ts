import { countedVerdict, reflexIdentitySchema, type BakeoffReport, type ReflexIdentity } from './bakeoffReport.ts';

/** A report as it was found; `file` from the repository's root. */
export interface FoundReport {
  readonly file: string;
  readonly report: BakeoffReport;
}

/** Whether a reflex may take work, and why. `until` is when the promotion expires, in milliseconds since 1970. */
export type Promotion =
  | { readonly kind: 'promoted'; readonly file: string; readonly until: number; readonly text: string }
  | { readonly kind: 'notPromoted'; readonly rule: PromotionRule; readonly text: string };

export type PromotionRule =
  | 'no-report'
  | 'other-identity'
  | 'report-in-the-future'
  | 'report-expired'
  | 'report-not-passed';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A proof is good for so long. */
export const PROMOTION_DAYS = 30;
/** Clocks of one machine may be put back by so much. */
const CLOCK_MS = 5 * 60 * 1000;

/**
 * Whether the reports promote exactly this reflex now. The newest one about it decides, and its figures are counted again from its trials; every doubt is
 * a no. `now` is milliseconds since 1970. Pure and fast: each call goes once over one report.
 */
export function promotionOf(reports: readonly FoundReport[], identity: ReflexIdentity, now: number): Promotion {
  const newestFirst = reports.toSorted((left, right) => timeOf(right) - timeOf(left));
  const [newest] = newestFirst;
  if (newest === undefined)
    return no('no-report', 'There is no readable report of a bake-off: `speckit reflex bakeoff` makes one.');
  const about = newestFirst.find(({ report }) => differencesOf(report.identity, identity).length === 0);
  if (about === undefined) {
    const other = differencesOf(newest.report.identity, identity).join(' and ');
    return no(
      'other-identity',
      `The newest report, ${newest.file}, is about another ${other}: \`speckit reflex bakeoff\` proves this one.`,
    );
  }
  const { file, report } = about;
  const made = timeOf(about);
  const until = made + PROMOTION_DAYS * DAY_MS;
  if (made > now + CLOCK_MS)
    return no(
      'report-in-the-future',
      `${file} is dated in the future (${report.at}), so its age is not known. Check the clock of this computer; \`speckit reflex bakeoff\` makes a new report.`,
    );
  if (now >= until)
    return no(
      'report-expired',
      `${file} is older than ${PROMOTION_DAYS} days: \`speckit reflex bakeoff\` proves it anew.`,
    );
  const verdict = countedVerdict(report);
  if (!verdict.passed || !report.verdict.passed)
    return no('report-not-passed', `${file} did not pass: ${verdict.reasons.map(({ text }) => text).join(' ')}`);
  const [day] = new Date(until).toISOString().split('T');
  return { kind: 'promoted', file, until, text: `${file} passed, which holds until ${day}.` };
}

const no = (rule: PromotionRule, text: string): Promotion => ({ kind: 'notPromoted', rule, text });

const timeOf = ({ report }: FoundReport): number => Date.parse(report.at);

const WORDS: Readonly<Record<keyof ReflexIdentity, string>> = {
  endpoint: 'endpoint',
  model: 'model',
  prompts: 'version of the prompts',
  server: 'server or server version',
  policy: 'set of values in [reflex] (timeout_ms, json_schema, thresholds)',
};

/** The members in which two identities differ, in words. */
function differencesOf(one: ReflexIdentity, other: ReflexIdentity): readonly string[] {
  return reflexIdentitySchema
    .keyof()
    .options.flatMap((member) => (one[member] === other[member] ? [] : [WORDS[member]]));
}
