import type { SecretLintRuleCreator } from '@secretlint/types';
import type { SecretPlace, SecretScan } from '../core/run/redaction.ts';

/**
 * What a text must hold before a rule of secretlint looks at it. A rule that has no line here is not asked: its secrets are in the list of patterns
 * (core/run/secretPatterns.ts), or it is not about secrets. A test holds this table against the rules of the installed version.
 */
export const HINTS: Readonly<Record<string, RegExp>> = {
  privatekey: /PRIVATE KEY/,
  npm: /npm_|_authToken|x-oauth-basic/,
  basicauth: /:\/\/[^\s/]{1,300}@/,
  slack: /xox[abopr]-|xapp-|hooks\.slack/i,
  sendgrid: /SG\./,
  shopify: /shp(?:pa|ca|at|ss)_/,
  stripe: /[rs]k_(?:live|test)_/,
  github: /gh[opsur]_|github_pat_/,
  gitlab: /glpat-/,
  grafana: /glc_|glsa_|eyJ/,
  openai: /sk-/,
  anthropic: /sk-ant-/,
  groq: /gsk_/,
  huggingface: /hf_/,
  linear: /lin_api_/,
  notion: /ntn_/,
  '1password': /ops_ey/,
  'database-connection-string': /(?:mongodb|mysqlx?|postgres)[^:\s]{0,6}:\/\//i,
  'hashicorp-vault': /hv[bsr]\./,
  vercel: /vc[acikpr]_/,
  databricks: /dapi/,
  docker: /dckr_pat_/,
  figma: /figd_/,
  cloudflare: /cf(?:k|ut|at)_/,
  tailscale: /tskey-/,
};

/** Rules that are not asked, each with the reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  aws: 'it tells the wrong place of a secret access key, and passes over key ids; the list finds both',
  gcp: 'it reports the whole of a file and reads others from the disk; the key in it is a private key, which the list finds',
  'filter-comments': 'it lets a comment in the text switch the rules off, and text is data here',
};

const PREFIX = '@secretlint/secretlint-rule-';

/**
 * The recommended rules of secretlint as a scan that answers at once. Loaded when a run begins: the rules are a quarter of a megabyte. The rules that
 * are asked report before they first wait, so that their reports are there when `lintSource` returns; its promise only tells of a rule that failed.
 */
export async function loadSecretScan(): Promise<SecretScan> {
  const [{ lintSource }, { rules }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  let found: SecretPlace[] = [];
  let failure: Error | undefined;
  const asked = rules.flatMap((rule) => {
    const name = rule.meta.id.slice(PREFIX.length);
    const hint = HINTS[name];
    if (hint === undefined) return [];
    const create: SecretLintRuleCreator['create'] = (context, options) => {
      const report: typeof context.report = ({ range }) => {
        found.push({ start: range[0], end: range[1], name });
      };
      return rule.create({ ...context, report }, options);
    };
    return [{ hint, descriptor: { id: rule.meta.id, rule: { ...rule, create } } }];
  });
  return (text) => {
    if (failure !== undefined) throw failure;
    const wanted = asked.filter(({ hint }) => hint.test(text)).map(({ descriptor }) => descriptor);
    if (wanted.length === 0) return [];
    found = [];
    lintSource({
      source: { filePath: 'text', content: text, contentType: 'text' },
      options: { noPhysicFilePath: true, config: { rules: wanted } },
    }).catch((error: unknown) => {
      // A rule that fails has found nothing: from here on nothing is written.
      failure = error instanceof Error ? error : new Error(String(error));
    });
    const shift = text.startsWith('\uFEFF') ? 1 : 0;
    return found.map((place) => withinString(text, { ...place, start: place.start + shift, end: place.end + shift }));
  };
}

/** Some rules go on to the end of a line: a quote, a backslash or white space is no part of a secret, and cutting it away would break JSON. */
function withinString(text: string, place: SecretPlace): SecretPlace {
  if (place.name === 'privatekey') return place;
  const length = text.slice(place.start, place.end).search(/["'`\\\s<>]/);
  return length < 0 ? place : { ...place, end: place.start + length };
}
