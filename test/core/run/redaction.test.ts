import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { createRedaction, REDACTION_MARK, type Redaction, type SecretScan } from '../../../src/core/run/redaction.ts';
import { configuredPatterns, isSecretName, isSecretValue } from '../../../src/core/run/secretPatterns.ts';
import { loadSecretScan } from '../../../src/node/secretScanner.ts';
import { KINDS, plantedSecrets } from '../../support/plantedSecrets.ts';

let scan: SecretScan;
let redaction: Redaction;

before(async () => {
  scan = await loadSecretScan();
  redaction = createRedaction({ known: new Map(), scan });
});

function check(text: string, expected: string): void {
  const result = redaction.text(text);
  assert.equal(result, expected);
  assert.equal(redaction.text(result), expected, 'a redacted text stays as it is');
}

/** Everything that a stream hands on, for these pieces. */
function streamed(pieces: readonly string[]): readonly string[] {
  const out: string[] = [];
  const stream = redaction.stream((text) => out.push(text));
  for (const piece of pieces) stream.push(piece);
  stream.end();
  return out;
}

/** In two parts, so that no scanner takes this file for a leak. */
const AWS = ['AKIA', 'Q3EGUZ5N7PRT2WXY'].join('');
const PLANTED = plantedSecrets(20_261_121, 92);

describe('redaction', () => {
  it('finds every kind, wherever in a text it stands', () => {
    assert.ok(Object.keys(KINDS).length >= 20);
    for (const { kind, value, line } of PLANTED) {
      for (const text of [line, `first line\n${line}\nlast line`, `{\n${line}\n}`]) {
        const result = redaction.text(text);
        assert.ok(!result.includes(value), `${kind}: ${result}`);
        assert.ok(result.includes(REDACTION_MARK), kind);
        assert.equal(redaction.text(result), result, `${kind}: redacting twice is redacting once`);
        assert.equal(result.split('\n').length, text.split('\n').length, `${kind}: lines stay lines`);
      }
    }
  });

  it('leaves JSON what it was, and finds secrets in its strings', () => {
    for (const { kind, value, line } of PLANTED) {
      const written = JSON.stringify({ text: `a "quoted" word, then ${line}`, next: ['b', 'c\\'] });
      const result = redaction.text(written);
      assert.ok(!result.includes(value), `${kind}: ${result}`);
      assert.deepEqual(JSON.parse(result)['next'], ['b', 'c\\'], kind);
      assert.ok(!JSON.stringify(redaction.json({ deep: [{ text: line }] })).includes(value), kind);
    }
  });

  it('marks the same in pieces as in one, however the pieces are cut', () => {
    const text = PLANTED.map(({ line }) => `Some words come first, as in a log.\n${line}\n`).join('');
    const expected = redaction.text(text);
    for (const length of [1, 7, 64, 1_000]) {
      const pieces = text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
      assert.equal(streamed(pieces).join(''), expected, `pieces of ${length}`);
    }
  });

  it('hands on early what can be no part of a secret, and holds back what may be', () => {
    const out: string[] = [];
    const stream = redaction.stream((text) => out.push(text));
    const words = Array.from({ length: 20 }, (_, index) => `word-${index} `);
    stream.push(words.join(''));
    assert.deepEqual(out, [words.slice(0, 14).join('')]);
    stream.push('ghp_aB3dE6gH9jK2mN5pQ8');
    assert.equal(out.join('').includes('ghp_'), false);
    stream.push('sT1vW4yZ7bC0eF3hI6');
    stream.end();
    assert.equal(out.join(''), `${words.join('')}[redacted:github]`);
  });

  it('hands on a word without end too', () => {
    const out = streamed(Array.from({ length: 40 }, () => 'x'.repeat(1_000)));
    assert.equal(out.join(''), 'x'.repeat(40_000));
    assert.ok(out.length > 1, 'not all of it at the end');
  });

  it('says what stood there, and nothing else of the line', () => {
    check(`key = ${AWS};`, 'key = [redacted:aws-access-key];');
    check('postgres://app:Zx81kQpw07@db.internal/shop', 'postgres://app:[redacted:url-password]@db.internal/shop');
    check('  "apiKey": "a8f5f167f44f4964e6c998dee827110c",', '  "apiKey": "[redacted:secret]",');
    check('DB_PASSWORD=Zx81-kQpw07 # staging', 'DB_PASSWORD=[redacted:secret] # staging');
  });

  it('lets no comment in the text switch it off', () => {
    check(`// secretlint-disable-next-line\n${AWS}`, '// secretlint-disable-next-line\n[redacted:aws-access-key]');
    check(`/* secretlint-disable */ ${AWS}`, '/* secretlint-disable */ [redacted:aws-access-key]');
  });

  it('marks known values by name, the longest first, in the forms they are written in', () => {
    const known = createRedaction({
      known: new Map([
        ['SHORT', 'abc'],
        ['A_KEY', 'alpha beta'],
        ['B_KEY', 'alpha beta "gamma"'],
      ]),
    });
    assert.equal(known.text('abc, alpha beta, alpha beta "gamma"'), 'abc, [redacted:A_KEY], [redacted:B_KEY]');
    assert.equal(known.text(JSON.stringify({ a: 'alpha beta "gamma"' })), '{"a":"[redacted:B_KEY]"}');
    assert.equal(known.text('q=alpha%20beta'), 'q=[redacted:A_KEY]');
    known.know('LATER', 'a value told later');
    assert.equal(known.text('it is a value told later.'), 'it is [redacted:LATER].');
  });

  it('takes configured patterns', () => {
    const own = createRedaction({ known: new Map(), patterns: configuredPatterns(['acme_[0-9]{6}']) });
    assert.equal(own.text('id acme_123456 and acme_12'), 'id [redacted:configured] and acme_12');
  });

  it('leaves ordinary text as it is', () => {
    for (const text of [
      'const password = process.env.DB_PASSWORD;',
      'password: string; token?: string; apiKey = options.apiKey',
      "const token = 'next-token'; // secret: 'keyboard cat'",
      'export const PASSWORD_FIELD = "password-field-2";',
      'https://user:password@example.com and http://localhost:8080/@scope/name@1.2.3',
      'Authorization: Bearer YOUR_TOKEN, or `Bearer ${token}`',
      'password: "Password123!", secret: "changeme", token: "<your token>"',
      'sha512-Zx81kQpw07aaaa== integrity, commit 72f1e2d0c5b6a7f8e9d0c1b2a3f4e5d6c7b8a9f0',
      '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
      'token = tokens[index + 1]; if (token === other.token12) secret=hash256(value)',
      '"token": "64 hexadecimal digits", private_key_path = "/etc/ssl/private.key"',
      'GET /tokens?token=abc&password=short',
      'the secret: something only two people know',
    ])
      check(text, text);
  });

  it('takes no line of real source files for a secret', function () {
    this.timeout(20_000);
    const root = path.resolve(import.meta.dirname, '../../../node_modules');
    const all = globSync(
      '{@types,zod,commander,diff,mocha,openai,react-dom,markdown-it,@anthropic-ai}/**/*.{js,mjs,cjs,ts,md,json}',
      {
        cwd: root,
      },
    ).sort();
    const step = Math.max(1, Math.floor(all.length / 300));
    const files = all.filter((_, index) => index % step === 0).slice(0, 300);
    assert.ok(files.length >= 250, `${files.length} files`);
    const taken = files.flatMap((file) => {
      const text = readFileSync(path.join(root, file), 'utf8').slice(0, 60_000);
      const lines = text.split('\n');
      const result = redaction.text(text).split('\n');
      return lines.flatMap((line, index) => (line === result[index] ? [] : [`${file}:${index + 1}`]));
    });
    assert.deepEqual(taken, []);
  });

  it('reads a long value without end in one go, whatever it is made of', () => {
    for (const piece of ['a', 'aB', 'a-', 'A', '/a', 'a.', '9a'])
      for (const name of ['password: ', 'token=', 'https://user:'])
        assert.equal(typeof redaction.text(`${name}"${piece.repeat(60)}9%${piece.repeat(60)}"@host`), 'string');
  });

  it('is the same once and twice, for any text around any secret', () => {
    const piece = fc.oneof(
      fc.constantFrom(...PLANTED.map(({ line }) => line)),
      fc.string({ maxLength: 30 }),
      fc.constantFrom('\n', ' ', '=', '"', 'password: ', 'token='),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const once = redaction.text(pieces.join(''));
        assert.equal(redaction.text(once), once);
      }),
      { numRuns: 60 },
    );
  });

  it('knows which variables hold secrets', () => {
    const names = [
      'OPENAI_API_KEY',
      'GITHUB_TOKEN',
      'DB_PASSWORD',
      'AWS_SECRET_ACCESS_KEY',
      'client_secret',
      'PGPASS',
      'npm_config__auth',
    ];
    assert.deepEqual(
      names.filter((name) => !isSecretName(name)),
      [],
    );
    const others = ['PATH', 'HOME', 'MONKEY', 'TOKEN_FILE', 'KEYBOARD', 'PASSWORD_MIN_LENGTH', 'SSH_AUTH_SOCK'];
    assert.deepEqual(
      others.filter((name) => isSecretName(name)),
      [],
    );
    assert.deepEqual(
      ['true', 'short', '/run/secrets/key', '12345678901', 'development', 'Zx81-kQpw07'].filter(isSecretValue),
      ['Zx81-kQpw07'],
    );
  });
});
