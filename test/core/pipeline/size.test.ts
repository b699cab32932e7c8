import assert from 'node:assert/strict';
import { type ChangeFacts, planSize, riskOf } from '../../../src/core/pipeline/size.ts';
import { riskAreasOf } from '../../../src/core/pipeline/riskArea.ts';

const files = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `src/page${index}.ts`);

const riskWith = (facts: Omit<ChangeFacts, 'filesThreshold'>, filesThreshold = 4): ReturnType<typeof riskOf> =>
  riskOf({ ...facts, filesThreshold });

function check(facts: Omit<ChangeFacts, 'filesThreshold'>, expected: string, filesThreshold?: number): void {
  const { level, reasons } = riskWith(facts, filesThreshold);
  assert.equal(`${level}: ${reasons.map(({ rule }) => rule).join(', ')}`, expected);
}

describe('the risk of a change', () => {
  it('grows with its files', () => {
    check({ files: files(1) }, 'low: small-change');
    check({ files: files(2) }, 'low: small-change');
    check({ files: files(3) }, 'medium: many-files');
    check({ files: files(4) }, 'medium: many-files');
    check({ files: files(5) }, 'high: many-files');
    check({ files: ['src/a.ts', 'src/a.ts', 'src/a.ts', 'src/a.ts', 'src/a.ts'] }, 'low: small-change');
  });

  const edges: readonly (readonly [threshold: number, nFiles: number, expected: string])[] = [
    [1, 1, 'low: small-change'],
    [1, 2, 'high: many-files'],
    [2, 2, 'low: small-change'],
    [2, 3, 'high: many-files'],
    [3, 3, 'medium: many-files'],
    [3, 4, 'high: many-files'],
    [4, 4, 'medium: many-files'],
    [4, 5, 'high: many-files'],
    [5, 5, 'medium: many-files'],
    [5, 6, 'high: many-files'],
    [1_000, 1_000, 'medium: many-files'],
    [1_000, 1_001, 'high: many-files'],
    [Number.NaN, 1, 'high: many-files'],
  ];
  for (const [threshold, nFiles, expected] of edges)
    it(`of ${nFiles} files is ${expected} where more than ${threshold} are high`, () =>
      check({ files: files(nFiles) }, expected, threshold));

  it('grows with its lines', () => {
    check({ files: files(1), changedLines: 100 }, 'low: small-change');
    check({ files: files(1), changedLines: 101 }, 'medium: many-lines');
    check({ files: files(1), changedLines: 500 }, 'medium: many-lines');
    check({ files: files(1), changedLines: 501 }, 'high: many-lines');
    check({ files: files(1), changedLines: Number.NaN }, 'high: many-lines');
    check({ files: files(1), changedLines: -1 }, 'high: many-lines');
    check({ files: files(9), changedLines: 501 }, 'high: many-files, many-lines');
  });

  it('is high in a risky area, however small, and names the files', () => {
    assert.deepEqual(riskWith({ files: ['src/login.ts', 'src/a.ts'], changedLines: 1 }), {
      level: 'high',
      reasons: [{ rule: 'touches-authentication', text: 'It touches authentication: src/login.ts.' }],
    });
  });

  it('takes an area named by a reader of the change', () => {
    check({ files: files(1), areas: ['unsafe'] }, 'high: touches-unsafe');
  });
});

describe('the risky areas of a path', () => {
  const cases: readonly (readonly [path: string, ...areas: string[]])[] = [
    ['src/page.ts'],
    ['src/author.ts'],
    ['src/block.ts'],
    ['src/capital.ts'],
    ['src/circle.ts'],
    ['docs/readme.md'],
    ['src/auth/token.ts', 'authentication'],
    ['src/OAuth2Client.ts', 'authentication'],
    ['lib/session_store.rb', 'authentication'],
    ['src/Permissions.java', 'authentication'],
    ['src/encryption.py', 'crypto'],
    ['certs/server.pem', 'crypto'],
    ['.env', 'secrets'],
    ['config/.env.production', 'secrets'],
    ['config/credentials.json', 'secrets'],
    ['deploy/id_ed25519', 'secrets'],
    ['db/migrations/0001_add.py', 'migrations'],
    ['db/V1__create.SQL', 'migrations'],
    ['src/api/users.ts', 'public-api'],
    ['types/index.d.ts', 'public-api'],
    ['proto/user.proto', 'public-api'],
    ['src/GraphQL.ts', 'public-api'],
    ['src/fileLock.ts', 'concurrency'],
    ['src/threads/pool.cc', 'concurrency'],
    ['src/unsafe_buffer.rs', 'unsafe'],
    ['src/ffi.rs', 'unsafe'],
    ['.github/workflows/test.yml', 'build-and-ci'],
    ['package.json', 'build-and-ci'],
    ['package-lock.json', 'build-and-ci'],
    ['web/yarn.lock', 'build-and-ci'],
    ['Cargo.toml', 'build-and-ci'],
    ['Cargo.lock', 'build-and-ci'],
    ['go.mod', 'build-and-ci'],
    ['Dockerfile', 'build-and-ci'],
    ['docker/Dockerfile.test', 'build-and-ci'],
    ['app/build.gradle.kts', 'build-and-ci'],
    ['tsconfig.build.json', 'build-and-ci'],
    ['src/api/auth.ts', 'authentication', 'public-api'],
  ];
  for (const [path, ...areas] of cases) {
    it(`${path}: ${areas.join(', ') || 'none'}`, () => assert.deepEqual(riskAreasOf(path), areas));
  }
});

describe('the size of a piece of work', () => {
  const size = (specSize: 'hotfix' | 'standard', paths: readonly string[]): string => {
    const planned = planSize(specSize, paths, riskWith({ files: paths }));
    return `${planned.size}: ${planned.reasons.map(({ rule }) => rule).join(', ')}`;
  };
  const cases: readonly (readonly ['hotfix' | 'standard', readonly string[], string])[] = [
    ['hotfix', ['src/a.ts'], 'hotfix: one-file-low-risk'],
    ['hotfix', ['src/a.ts', 'src/a.ts'], 'hotfix: one-file-low-risk'],
    ['hotfix', [], 'standard: hotfix-names-one-file'],
    ['hotfix', ['src/a.ts', 'src/b.ts'], 'standard: hotfix-names-one-file'],
    ['hotfix', ['src/login.ts'], 'standard: hotfix-is-low-risk, touches-authentication'],
    ['hotfix', files(5), 'standard: hotfix-names-one-file, hotfix-is-low-risk, many-files'],
    ['standard', ['src/a.ts'], 'standard: spec-says-standard'],
  ];
  for (const [specSize, paths, expected] of cases) {
    it(`${specSize} of ${paths.length} files is ${expected}`, () => assert.equal(size(specSize, paths), expected));
  }
});

describe('the risk of what a constitution names', () => {
  it('is high, with the files', () => {
    const constitution = '- G1: whoever changes `src/billing/` MUST be two.';
    assert.deepEqual(riskWith({ files: ['src/billing/tax.ts', 'src/a.ts'], constitution }), {
      level: 'high',
      reasons: [{ rule: 'named-by-constitution', text: 'It touches what the constitution names: src/billing/tax.ts.' }],
    });
    check({ files: ['src/a.ts'], constitution }, 'low: small-change');
  });
});
