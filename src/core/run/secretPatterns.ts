/*
 * What a secret looks like, beside the recommended rules of secretlint (node/secretScanner.ts): the one list of patterns of this product. A pattern errs
 * on the side of ordinary text, because a line of source code that is taken for a secret cannot be patched.
 */

/**
 * One kind of secret. `hint` is looked for first: a text without it costs nothing more. The secret is the group `secret`, or else the whole match.
 * Values never hold quotes or backslashes (private keys aside), so that a match in JSON text never reaches out of its string.
 */
export interface SecretPattern {
  readonly name: string;
  readonly hint: RegExp | string;
  readonly pattern: RegExp;
  readonly accept?: (value: string) => boolean;
}

/** Fixed forms: a prefix that nothing else has, and a tail of known letters and length. */
const TOKENS: readonly (readonly [name: string, hint: string, pattern: string])[] = [
  ['aws-access-key', 'A', '(?:AKIA|ASIA|A3T[A-Z0-9])[A-Z0-9]{16}'],
  ['google-api-key', 'AIza', 'AIza[0-9A-Za-z_-]{35}'],
  ['google-oauth-secret', 'GOCSPX-', 'GOCSPX-[0-9A-Za-z_-]{28}'],
  ['google-oauth-token', 'ya29.', 'ya29\\.[0-9A-Za-z_-]{20,400}'],
  ['anthropic-key', 'sk-ant-', 'sk-ant-[a-z0-9]{2,10}-[A-Za-z0-9_-]{32,200}'],
  ['openrouter-key', 'sk-or-v1-', 'sk-or-v1-[0-9a-f]{64}'],
  ['xai-key', 'xai-', 'xai-[A-Za-z0-9]{60,100}'],
  ['perplexity-key', 'pplx-', 'pplx-[A-Za-z0-9]{40,64}'],
  ['replicate-token', 'r8_', 'r8_[A-Za-z0-9]{37,40}'],
  ['pypi-token', 'pypi-AgE', 'pypi-AgE[A-Za-z0-9_-]{50,400}'],
  ['rubygems-key', 'rubygems_', 'rubygems_[0-9a-f]{48}'],
  ['digitalocean-token', '_v1_', 'do[opr]_v1_[0-9a-f]{64}'],
  ['telegram-token', ':AA', '[0-9]{8,10}:AA[A-Za-z0-9_-]{32,35}'],
  ['twilio-key', 'SK', 'SK[0-9a-f]{32}'],
  ['mailgun-key', 'key-', 'key-[0-9a-f]{32}'],
  ['mailchimp-key', '-us', '[0-9a-f]{32}-us[0-9]{1,2}'],
  ['square-token', 'sq0', 'sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,60}'],
  ['stripe-webhook-secret', 'whsec_', 'whsec_[A-Za-z0-9+/]{32,64}'],
  ['sentry-token', 'sntry', 'sntry[su]_[A-Za-z0-9+/=_-]{40,300}'],
  ['atlassian-token', 'ATATT3', 'ATATT3[A-Za-z0-9_=-]{60,300}'],
  ['doppler-token', 'dp.', 'dp\\.(?:pt|st|ct|sa)\\.[A-Za-z0-9.]{40,60}'],
  ['supabase-token', 'sbp_', 'sbp_[0-9a-f]{40}'],
  ['planetscale-token', 'pscale_', 'pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,64}'],
  ['postman-key', 'PMAK-', 'PMAK-[0-9a-f]{24}-[0-9a-f]{34}'],
  ['newrelic-key', 'NRAK-', 'NRAK-[A-Z0-9]{27}'],
  ['pulumi-token', 'pul-', 'pul-[0-9a-f]{40}'],
  ['gitlab-token', 'gl', 'gl(?:rt|dt|cbt|ptt|soat|ft|imt|agent)-[A-Za-z0-9_-]{20,128}'],
  ['age-key', 'AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-1[0-9A-Z]{58}'],
  ['jwt', 'eyJ', 'eyJ[A-Za-z0-9_-]{10,4000}\\.eyJ[A-Za-z0-9_-]{10,8000}\\.[A-Za-z0-9_-]{10,2000}'],
];

/** Words that the names of secret settings end with. */
const WORD =
  'passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|account|auth|encryption|master|private|secret|shared|signing)[_-]?key|credentials?';
const WORD_HINT = /passw|passphrase|pwd|secret|token|[a-z][_-]?key|credential/i;
/** A character that may stand in a value that has no quotes around it. */
const PLAIN = '[^\\s"\'`\\\\;,&|<>(){}\\[\\]]';

/** The list. Patterns of speckit.toml are added to it: see `configuredPatterns`. */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    name: 'private-key',
    hint: 'PRIVATE KEY',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[^"'`-]{40,12000}-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g,
    accept: (value) => /[A-Za-z0-9+/]{40}/.test(value),
  },
  {
    // One whose end was cut off, or whose lines carry marks of their own (a diff, numbers).
    name: 'private-key',
    hint: 'PRIVATE KEY',
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?:\s|\\[nr]|[+-] ?|[0-9]{1,6}:)*[A-Za-z0-9+/=]{16,}){1,300}(?:(?:\s|\\[nr]|[+-] ?|[0-9]{1,6}:)*[A-Za-z0-9+/=]{1,15}(?=\s|\\|$))?/g,
    accept: (value) => /[A-Za-z0-9+/]{40}/.test(value),
  },
  ...TOKENS.map(([name, hint, pattern]) => ({
    name,
    hint,
    pattern: new RegExp(`(?<![A-Za-z0-9_-])${pattern}(?![A-Za-z0-9_-])`, 'g'),
  })),
  {
    name: 'api-key',
    hint: 'sk-',
    pattern: /(?<![A-Za-z0-9_-])sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,200}(?![A-Za-z0-9_-])/g,
    accept: looksRandom,
  },
  {
    name: 'authorization',
    hint: /bearer|authorization/i,
    pattern:
      /\b(?:bearer\s{1,3}|authorization(?:\s{0,4}["'`])?\s{0,3}[:=,]\s{0,4}["'`]?(?:basic|bearer|token|apikey)\s{1,3})(?<secret>[A-Za-z0-9+/=_.~-]{12,2000})/gi,
    accept: looksRandom,
  },
  {
    name: 'url-password',
    hint: '://',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'`<>\\]{0,100}:(?<secret>[^\s/@"'`<>\\]{4,200})@(?=[^\s"'`<>\\])/gi,
    accept: looksSecret,
  },
  {
    // In quotes. White space may stand where an escape stood: see `withoutEscapes` in redaction.ts.
    name: 'secret',
    hint: WORD_HINT,
    pattern: new RegExp(
      `(?:${WORD})(?:\\s{0,4}["'\`])?\\]?\\s{0,20}(?:=>|:=|[:=])\\s{0,20}(?<open>["'\`])(?<secret>[^\\s"'\`\\\\]{8,400})\\s{0,4}\\k<open>`,
      'gi',
    ),
    accept: looksSecret,
  },
  {
    // As in .env files and what sets the environment of a command.
    name: 'secret',
    hint: /(?:PASS|PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|TOKEN|KEY|CREDENTIALS?)=/,
    pattern: new RegExp(
      `\\b[A-Z0-9_]{0,60}(?:PASS|PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|TOKEN|KEY|CREDENTIALS?)=(?<secret>${PLAIN}{8,400})`,
      'g',
    ),
    accept: (value) => looksSecret(value) && !/^[./~=]/.test(value),
  },
  {
    // As in query strings, connection strings and options of commands.
    name: 'secret',
    hint: WORD_HINT,
    pattern: new RegExp(
      `(?:${WORD})=(?!=)(?<secret>${PLAIN}{8,400})(?=[\\s"'\`\\\\;,&|)}\\]]|$)|--[a-z-]{0,30}(?:${WORD})\\s(?<other>${PLAIN}{8,400})(?=[\\s"'\`\\\\;,&|)]|$)`,
      'gim',
    ),
    accept: looksTyped,
  },
  {
    // As in YAML and properties files, and in what programs print: a line of its own.
    name: 'secret',
    hint: WORD_HINT,
    pattern: new RegExp(
      `^(?:[+-]|[0-9]{1,6}:)?[^\\S\\n]{0,40}(?:- )?[\\w.-]{0,60}(?:${WORD})\\s{0,3}[:=][^\\S\\n]{1,3}(?<secret>${PLAIN}{8,400})[^\\S\\n]*\\r?$`,
      'gim',
    ),
    accept: looksTyped,
  },
  {
    // The same in the middle of a line, and in JSON, where lines are not lines: only what a program drew.
    name: 'secret',
    hint: WORD_HINT,
    pattern: new RegExp(`(?:${WORD})\\s{0,3}[:=]\\s{1,3}(?<secret>${PLAIN}{12,400})(?=[\\s"'\`\\\\;,&|)}\\]]|$)`, 'gi'),
    accept: (value) => looksTyped(value) && looksRandom(value),
  },
];

/** The patterns of speckit.toml as they are used. `sources` are regular expressions that the configuration's schema has compiled once already. */
export function configuredPatterns(sources: readonly string[]): readonly SecretPattern[] {
  return sources.map((source) => ({ name: 'configured', hint: '', pattern: new RegExp(source, 'gm') }));
}

/** Whether a variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return new RegExp(`(?:${WORD}|(?:^|[_.-])(?:key|auth|pass)|pgpass)$`, 'i').test(name);
}

/** Whether the value of such a variable is worth marking wherever it stands: not a switch, a path, or a word that ordinary text has too. */
export function isSecretValue(value: string): boolean {
  return (
    value.length >= 8 && !/^(?:[./~]|[a-z]:\\)/i.test(value) && !/^(?:[a-z]+|[0-9]+)$/i.test(value) && !isStandIn(value)
  );
}

/** What stands where a secret will be, or only talks of one: a place, a template, one character again and again, letters or digits
 * in their order, a path. */
function isStandIn(value: string): boolean {
  return (
    /example|sample|placeholder|change-?_?me|your|dummy|redacted|insert|replace|undefined|process\.env|environ|x{4,}|\*{3,}|\.{3}|1234567|7654321|abcdefg/i.test(
      value,
    ) ||
    /^[<%]|[$#]\{|\{\{|\$\(|\$[A-Za-z_]|%[a-z]$|%[A-Z_]+%|@@|^\{|\}$/.test(value) ||
    /^(.)\1+$/.test(value) ||
    /^(?:\/[a-z][\w.-]{0,30})+\/?$/i.test(value)
  );
}

/** Words with at most four digits and a mark at the end (`my-secret-token`, `Password123!`): names, and stand-ins in tests. */
const isWordLike = (value: string): boolean => /^[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)*[-_.]?\d{0,4}[!?.#$]{0,2}$/.test(value);

/** A value in quotes beside a name that says it is secret. */
function looksSecret(value: string): boolean {
  return (
    /[0-9]/.test(value) && /[A-Za-z]/.test(value) && !isStandIn(value) && !isWordLike(value) && entropy(value) >= 2.75
  );
}

/** The same without quotes, where code stands as well: no name, member, call or path. */
function looksTyped(value: string): boolean {
  if (!looksSecret(value) || /^[./~]|[*?]|=>|^[a-z]+:\/\//i.test(value)) return false;
  if (/^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/.test(value)) return false;
  return !/^[A-Za-z_$][\w$]*$/.test(value) || ((value.match(/[0-9]+/g) ?? []).length >= 2 && entropy(value) >= 3);
}

/** A value that a program drew: letters and digits mixed, and none of them often. */
function looksRandom(value: string): boolean {
  return looksSecret(value) && (value.match(/[0-9]/g) ?? []).length >= 2 && entropy(value) >= 3.2;
}

/** Shannon's, in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
