/*
 * Secrets that no one has: of every kind the product claims to find, drawn from a seed, each in a line as one stands in real files. They exist nowhere
 * as text, so that no scanner of this repository takes them for true ones.
 */

/** `value` is what must be found nowhere afterwards; `line` is the text it stands in, which may be several lines. */
export interface PlantedSecret {
  readonly kind: string;
  readonly value: string;
  readonly line: string;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const ALNUM = UPPER + LOWER + DIGITS;
const BASE64 = `${ALNUM}+/`;
const URL_SAFE = `${ALNUM}_-`;

type Draw = (letters: string, length: number) => string;

/** What a value looks like, and the line it stands in where it does not stand alone. */
type Kind = (draw: Draw) => string | readonly [value: string, line: string];

const key64 = (draw: Draw, length: number): string => (draw(BASE64, length).match(/.{1,64}/g) ?? []).join('\n');
/** A value that has letters of every sort, whatever is drawn. */
const strong = (draw: Draw, length: number): string =>
  `${draw(ALNUM, 3)}${draw(DIGITS, 1)}${draw(UPPER, 1)}${draw(ALNUM, length - 8)}${draw(LOWER, 1)}${draw(DIGITS, 1)}${draw(UPPER, 1)}`;

export const KINDS: Readonly<Record<string, Kind>> = {
  'aws access key': (draw) => `AKIA${draw(UPPER + DIGITS, 16)}`,
  'aws secret access key': (draw) => {
    const value = strong(draw, 40);
    return [value, `aws_secret_access_key = ${value}`];
  },
  'github token': (draw) => `ghp_${draw(ALNUM, 36)}`,
  'github fine-grained token': (draw) => `github_pat_${draw(ALNUM, 82)}`,
  'gitlab token': (draw) => `glpat-${draw(URL_SAFE, 19)}a`,
  'npm token': (draw) => `npm_${draw(ALNUM, 36)}`,
  'npm auth token': (draw) => {
    const value = strong(draw, 36);
    return [value, `//registry.npmjs.org/:_authToken=${value}`];
  },
  'slack token': (draw) => `xoxb-${draw(DIGITS, 12)}-${draw(DIGITS, 12)}-${draw(ALNUM, 24)}`,
  'slack webhook': (draw) =>
    `https://hooks.slack.com/services/T${draw(UPPER, 8)}/B${draw(UPPER, 8)}/${draw(ALNUM, 24)}`,
  'stripe key': (draw) => `sk_live_${draw(ALNUM, 24)}`,
  'sendgrid key': (draw) => `SG.${draw(ALNUM, 22)}.${draw(ALNUM, 43)}`,
  'openai key': (draw) => `sk-proj-${draw(URL_SAFE, 73)}aT3BlbkFJ${draw(URL_SAFE, 73)}b`,
  'openai key of another form': (draw) => `sk-${strong(draw, 48)}`,
  'anthropic key': (draw) => `sk-ant-api03-${draw(URL_SAFE, 93)}AA`,
  'groq key': (draw) => `gsk_${draw(ALNUM, 52)}`,
  'huggingface token': (draw) => `hf_${draw(UPPER + LOWER, 34)}`,
  'linear key': (draw) => `lin_api_${draw(ALNUM, 40)}`,
  'notion token': (draw) => `ntn_${draw(DIGITS, 11)}${draw(ALNUM, 35)}`,
  'shopify token': (draw) => `shpat_${draw(HEX, 32)}`,
  'vault token': (draw) => `hvs.${draw(URL_SAFE, 94)}a`,
  'databricks token': (draw) => `dapi${draw(HEX, 32)}`,
  'docker token': (draw) => `dckr_pat_${draw(ALNUM, 27)}`,
  'figma token': (draw) => `figd_${draw(ALNUM, 43)}`,
  'cloudflare token': (draw) => `cfut_${draw(ALNUM, 40)}${draw(HEX, 8)}`,
  'tailscale key': (draw) => `tskey-auth-${draw(ALNUM, 17)}-${draw(ALNUM, 32)}`,
  'google key': (draw) => `AIza${draw(ALNUM, 35)}`,
  'digitalocean token': (draw) => `dop_v1_${draw(HEX, 64)}`,
  'telegram token': (draw) => `${draw('123456789', 10)}:AA${draw(ALNUM, 33)}`,
  'twilio key': (draw) => `SK${draw(HEX, 32)}`,
  'pypi token': (draw) => `pypi-AgEIcHlwaS5vcmc${draw(URL_SAFE, 99)}a`,
  'json web token': (draw) => `eyJ${draw(ALNUM, 33)}.eyJ${draw(ALNUM, 60)}.${draw(URL_SAFE, 43)}`,
  'private key': (draw) => {
    const body = `MI${key64(draw, 700)}`;
    const value = body.split('\n')[3] ?? '';
    return [value, `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`];
  },
  'openssh key': (draw) => {
    const body = `b3BlbnNzaC1rZXktdjE${key64(draw, 360)}`;
    const value = body.split('\n')[1] ?? '';
    return [value, `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----`];
  },
  'password in an address': (draw) => {
    const value = strong(draw, 14);
    return [value, `https://deploy:${value}@git.internal.net/team/repo.git`];
  },
  'postgres password': (draw) => {
    const value = strong(draw, 18);
    return [value, `DATABASE_URL=postgres://app:${value}@db.internal:5432/shop?sslmode=require`];
  },
  'mongodb password': (draw) => {
    const value = strong(draw, 16);
    return [value, `uri: "mongodb+srv://svc:${value}@cluster0.abcde.mongodb.net/orders"`];
  },
  'bearer token': (draw) => {
    const value = strong(draw, 40);
    return [value, `Authorization: Bearer ${value}`];
  },
  'basic authorization': (draw) => {
    const value = strong(draw, 28);
    return [value, `headers = { 'Authorization': 'Basic ${value}' }`];
  },
  'password in an env file': (draw) => {
    const value = strong(draw, 16);
    return [value, `DB_PASSWORD=${value}`];
  },
  'api key in JSON': (draw) => {
    const value = strong(draw, 32);
    return [value, `{ "apiKey": "${value}", "region": "eu" }`];
  },
  'client secret in YAML': (draw) => {
    const value = `${strong(draw, 20)}+/=`;
    return [value, `  client_secret: ${value}`];
  },
  'password in code': (draw) => {
    const value = `${strong(draw, 12)}!`;
    return [value, `const dbPassword = '${value}';`];
  },
  'account key of a connection string': (draw) => {
    const value = `${strong(draw, 86)}==`;
    return [
      value,
      `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${value};EndpointSuffix=core.windows.net`,
    ];
  },
  'token as an option': (draw) => {
    const value = strong(draw, 30);
    return [value, `deploy --target staging --auth-token ${value} --verbose`];
  },
  'secret in a query': (draw) => {
    const value = strong(draw, 24);
    return [value, `GET /v1/items?client_secret=${value}&page=2`];
  },
};

/** `count` secrets from a seed: the kinds in turn, so that each comes about equally often. */
export function plantedSecrets(seed: number, count: number): readonly PlantedSecret[] {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x8000_0000;
  };
  const draw: Draw = (letters, length) =>
    Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
  const kinds = Object.entries(KINDS);
  return Array.from({ length: count }, (_, index) => {
    const [kind, make] = kinds[index % kinds.length] ?? ['', () => ''];
    const made = make(draw);
    return typeof made === 'string' ? { kind, value: made, line: made } : { kind, value: made[0], line: made[1] };
  });
}
