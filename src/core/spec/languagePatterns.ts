import type { Severity } from './problem.ts';

/**
 * One wording to look for. `where` says which text counts: what states a requirement, criterion or story, or all prose.
 * `unlessMeasured` holds the finding back when the same passage gives a number with a unit.
 * `match` and `notMatch` are the pattern's own examples; a test runs every one of them through the whole lint.
 */
export interface LanguagePattern {
  readonly rule: string;
  readonly severity: Severity;
  readonly advice: string;
  readonly pattern: RegExp;
  readonly where: 'items' | 'everywhere';
  readonly unlessMeasured: boolean;
  readonly match: readonly string[];
  readonly notMatch: readonly string[];
}

/** Words in any letter case, with nothing that belongs to a word (letters of any script, digits, `_`, `-`) on either side. */
function words(...alternatives: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}_-])`, 'giu');
}

export const LANGUAGE_PATTERNS: readonly LanguagePattern[] = [
  {
    rule: 'vague-language',
    severity: 'warning',
    advice: 'say MUST, or leave it out',
    // SHOULD in capitals is the keyword of RFC 2119: a stated choice, not a hedge.
    pattern:
      /(?<![\p{L}\p{N}_-])(?:[Ss]hould|[Mm]ight|[Cc]ould|[Mm]aybe|[Pp]erhaps|[Pp]robably|[Cc]onsider|[Pp]referably|[Ii]deally)(?![\p{L}\p{N}_-])/gu,
    where: 'items',
    unlessMeasured: false,
    match: [
      'It should work',
      'Maybe show a hint',
      'Users might log in',
      'Consider a cache',
      'This could fail.',
      'Probably (later)',
    ],
    notMatch: [
      'It SHOULD work',
      'The might-have-been list',
      'All things considered',
      'A `should` helper',
      'She shouldered it',
    ],
  },
  {
    rule: 'incomplete-marker',
    severity: 'error',
    advice: 'decide it, or ask with [NEEDS CLARIFICATION: …]',
    // A question mark is no letter, so a word boundary would never be found beside it: the marks are matched as they stand.
    pattern:
      /(?<![\p{L}\p{N}_-])(?:TBD|TBA|TBC)(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}_-])(?:TODO|FIXME|XXX)(?=\s*[:：()[\]*]|\s*$)|(?<=^[\s>#*+\d.)-]{0,12}(?:\[[ xX]\]\s)?)(?:TODO|FIXME|XXX)(?![\p{L}\p{N}_-])|[?？]{3,}|\bto be (?:determined|decided|defined|confirmed)\b|\[(?:[Pp]laceholder|[Ii]nsert|[Dd]escribe|[Ss]pecify|[Yy]our|[Aa]dd|[Ff]ill|[Bb]rief|DATE|FEATURE|PROJECT|NAME)(?![\p{L}\p{N}_])[^\]]{0,200}\](?!\()/gu,
    where: 'everywhere',
    unlessMeasured: false,
    match: [
      'Limit: TBD',
      'TBD.',
      'TODO: name it',
      '- TODO name it',
      '[TODO]',
      'size is ???',
      '???',
      'Is it so???',
      'XXX',
      'x (FIXME)',
      '- [placeholder]',
      'Name: [FEATURE NAME]',
      'The rest is to be decided',
    ],
    notMatch: [
      'A TODO list app',
      'Size XXXL',
      'Really?',
      'See [describe](#d)',
      'The `TODO` marker',
      'TBDs are gone',
      'a todo list',
      '- [x] done',
    ],
  },
  {
    rule: 'unmeasured-quantifier',
    severity: 'warning',
    advice: 'give a number and a unit',
    pattern: words(
      'fast(?:er)?',
      'slow(?:er|ly)?',
      'quick(?:er|ly)?',
      'scal(?:able|es well)',
      'responsive',
      'perform(?:ant|s well)',
      'efficient(?:ly)?',
      'secure(?:ly)?',
      'robust(?:ly)?',
      'simple',
      'simply',
      'complex',
      'eas(?:y|ily)',
      'intuitive(?:ly)?',
      'user-friendly',
      'seamless(?:ly)?',
      'lightweight',
      'many',
      'several',
      'large',
      'huge',
      'reasonabl[ey]',
      'acceptable',
      'appropriate(?:ly)?',
      'sufficient(?:ly)?',
      'minimal',
    ),
    where: 'items',
    unlessMeasured: true,
    match: [
      'Search is fast',
      'A fast answer (FR-001)',
      'Robust against many users',
      'It is user-friendly.',
      'SIMPLE setup',
      'version 2 is fast',
    ],
    notMatch: [
      'Search is fast: 200 ms at p95',
      'Within 2,5 seconds, quickly',
      'fast-forward merges',
      'Breakfast is served',
      'Use `fast` mode',
      'at most 10% slower',
      'Simplex noise',
    ],
  },
  {
    rule: 'scope-gap',
    severity: 'info',
    advice: 'list what is meant',
    // "etc." ends in a full stop, after which there is no word boundary.
    pattern:
      /(?<![\p{L}\p{N}_-])(?:etc\.?|et cetera|and so (?:on|forth)|and more|and the like|(?:and|or) (?:similar|others?)|various|and\/or|(?:including|such as),? but not limited to|as needed|if necessary|where applicable)(?![\p{L}\p{N}_-])/giu,
    where: 'items',
    unlessMeasured: false,
    match: [
      'PNG, JPG, etc.',
      'Etc. and more',
      'names, and so on',
      'Various formats',
      'CSV or similar',
      'CSV and other formats',
      'etc',
    ],
    notMatch: ['Users see each other', 'A similar list', 'The fetch call', 'An etching of a house', 'Every other row'],
  },
  {
    rule: 'time-ambiguity',
    severity: 'warning',
    advice: 'give a time, an order or an event',
    pattern:
      /(?<![\p{L}\p{N}_-])(?:(?<!as )soon|(?<!or )(?<!no )later(?! than)|eventually(?! consistent)|ASAP|as soon as possible|when(?:ever)? possible|at some point|in the (?:near )?future|periodically|regularly|from time to time|in a timely (?:manner|fashion)|immediately|instantly|promptly)(?![\p{L}\p{N}_-])/giu,
    where: 'items',
    unlessMeasured: true,
    match: [
      'Mail it soon',
      'It is sent later.',
      'Eventually it ends',
      'Do it asap',
      'Save as soon as possible',
      'It syncs periodically',
      'when possible',
    ],
    notMatch: [
      'As soon as the file is saved',
      'Node 20 or later',
      'no later than noon',
      'eventually consistent reads',
      'It syncs periodically, every 5 minutes',
      'sooner',
      'Collateral',
    ],
  },
];

const UNITS =
  'ns|µs|us|ms|milliseconds?|s|secs?|seconds?|min|mins|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?|%|percent|bytes?|[kKMGT]i?B|bits?|[kMG]?bps|[kMG]?Hz|fps|rps|qps|px|pt|em|rem|dpi|°C|characters?|chars?|words?|lines?|rows?|columns?|pages?|files?|items?|entries|records?|results?|elements?|tokens?|requests?|calls?|queries|messages?|events?|users?|accounts?|sessions?|connections?|clients?|nodes?|servers?|threads?|cores?|processes|attempts?|retries|times|clicks?|steps?|taps?|keys?|concurrent|simultaneous|transactions?|dollars?|euros?|cents?|USD|EUR|m|km|cm|mm|kg|g|W|kW|V';

const MEASURE = new RegExp(
  `(?<![\\p{L}\\p{N}_])\\d[\\d.,_]{0,20}\\s?(?:[a-z]{1,20}\\s)?(?:${UNITS})(?![\\p{L}\\p{N}_])|[$€£]\\s?\\d|\\d\\s?%|\\d+(?:th)?[ -]percentile`,
  'u',
);

/** Whether a text gives a number with a unit: `200 ms`, `10%`, `3 failed attempts`, `$5`. A bare number, or one in an id, is none. */
export function isMeasured(text: string): boolean {
  return MEASURE.test(text);
}
