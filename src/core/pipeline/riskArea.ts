import type { RepositoryPath } from '../ports.ts';

/** Parts of a project where a small mistake does much harm. */
export const RISK_AREAS = [
  'authentication',
  'crypto',
  'secrets',
  'migrations',
  'public-api',
  'concurrency',
  'unsafe',
  'build-and-ci',
] as const;
export type RiskArea = (typeof RISK_AREAS)[number];

/** How an area is known by a path: whole words of it, or the form of the whole path. */
interface AreaMarks {
  readonly words: readonly string[];
  readonly paths: readonly RegExp[];
}

/*
 * Words are compared whole (`lock` is in `src/file-lock.ts` and `src/FileLock.ts`, not in `src/block.ts`), in lower case, in singular and
 * plural. A path says where a change is, not what it does: this is a floor, and an area named by a reader of the change is added to it.
 */
const MARKS: Readonly<Record<RiskArea, AreaMarks>> = {
  authentication: {
    words: [
      'auth',
      'auth2',
      'authentication',
      'authenticate',
      'authenticator',
      'authorization',
      'authorisation',
      'authorize',
      'authorise',
      'login',
      'logout',
      'signin',
      'signup',
      'oauth',
      'oauth2',
      'oidc',
      'saml',
      'sso',
      'jwt',
      'session',
      'password',
      'passwd',
      'permission',
      'rbac',
      'acl',
      'csrf',
      'mfa',
      'totp',
    ],
    paths: [],
  },
  crypto: {
    words: [
      'crypto',
      'cryptography',
      'encrypt',
      'encryption',
      'decrypt',
      'decryption',
      'cipher',
      'hmac',
      'tls',
      'ssl',
      'x509',
      'certificate',
      'signature',
      'keystore',
      'pki',
    ],
    paths: [/\.(pem|crt|cer|p12|pfx|jks)$/],
  },
  secrets: {
    words: ['secret', 'credential', 'vault', 'apikey', 'keyring', 'keychain', 'htpasswd', 'netrc', 'npmrc', 'pypirc'],
    paths: [/(^|\/)\.env(\.|$)/, /\.(key|gpg|asc|kdbx)$/, /(^|\/)id_(rsa|dsa|ecdsa|ed25519)(\.pub)?$/],
  },
  migrations: {
    words: ['migration', 'migrate', 'alembic', 'flyway', 'liquibase'],
    paths: [/\.sql$/, /(^|\/)schema\.(rb|prisma|graphql)$/, /\.prisma$/],
  },
  'public-api': {
    words: ['api', 'openapi', 'swagger', 'graphql', 'grpc', 'protobuf'],
    paths: [/\.proto$/, /\.(graphql|graphqls)$/, /\.d\.[cm]?ts$/, /\.pyi$/, /(^|\/)include\/.*\.(h|hh|hpp)$/],
  },
  concurrency: {
    words: [
      'concurrency',
      'concurrent',
      'mutex',
      'semaphore',
      'lock',
      'locking',
      'thread',
      'threading',
      'threadpool',
      'atomic',
      'deadlock',
      'parallel',
      'scheduler',
      'coroutine',
      'goroutine',
    ],
    paths: [],
  },
  unsafe: {
    words: [
      'unsafe',
      'ffi',
      'jni',
      'sandbox',
      'seccomp',
      'eval',
      'deserialize',
      'deserialise',
      'deserialization',
      'subprocess',
    ],
    paths: [],
  },
  'build-and-ci': {
    words: [
      'ci',
      'workflow',
      'dockerfile',
      'makefile',
      'jenkinsfile',
      'rakefile',
      'webpack',
      'esbuild',
      'rollup',
      'vite',
    ],
    paths: [
      /^\.(github|gitlab|circleci|buildkite|husky|githooks|ci)\//,
      /^\.(gitlab-ci|travis|appveyor)\.yml$/,
      /^(azure-pipelines|bitbucket-pipelines|appveyor|cloudbuild)\.ya?ml$/,
      /(^|\/)(package|package-lock|npm-shrinkwrap|composer|deno)\.(json|jsonc|lock)$/,
      /(^|\/)tsconfig[^/]*\.json$/,
      /(^|\/)(yarn|pnpm-lock|bun|cargo|poetry|uv|gemfile|pipfile|go|flake|deno)\.(lock|lockb|sum|mod|yaml)$/,
      /(^|\/)(cargo|pyproject)\.toml$/,
      /(^|\/)(setup\.(py|cfg)|requirements[^/]*\.txt|tox\.ini|pipfile|gemfile|build\.rs|pom\.xml|cmakelists\.txt|meson\.build)$/,
      /\.(gradle|gradle\.kts|csproj|fsproj|vcxproj|sln|props|targets|gemspec|cmake|mk|bazel|bzl)$/,
      /(^|\/)(workspace|build)(\.bazel)?$/,
      /(^|\/)docker-compose[^/]*\.ya?ml$/,
    ],
  },
};

/** The risky areas a path lies in, in the order of RISK_AREAS. */
export function riskAreasOf(path: RepositoryPath): readonly RiskArea[] {
  const words = new Set(wordsOf(path));
  const lower = path.toLowerCase();
  return RISK_AREAS.filter((area) => {
    const marks = MARKS[area];
    return marks.words.some((word) => words.has(word)) || marks.paths.some((pattern) => pattern.test(lower));
  });
}

/**
 * Words of a path in lower case, split at punctuation, and once more at changes from small to capital letters; each in singular too.
 * The `lock` of a package manager's lock file is no lock.
 */
function wordsOf(path: RepositoryPath): readonly string[] {
  const named = path.replace(/[-.]lock(\.(json|ya?ml|hcl))?$/i, '');
  const spaced = named.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  const words = `${named} ${spaced}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return words.flatMap((word) => (word.endsWith('s') ? [word, word.slice(0, -1)] : [word]));
}
