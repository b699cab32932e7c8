import type { RepositoryPath } from '../ports.ts';

/** What is looked at of a repository as it was before the change: its paths, the texts of a few files, and the lines of its declared checks. */
export interface AnalysedProject {
  readonly paths: ReadonlySet<RepositoryPath>;
  readonly pyproject: string | undefined;
  readonly packageJson: string | undefined;
  readonly checks: Readonly<Record<string, { readonly command: string; readonly kind: string }>>;
}

/** A static analyser of a project: one that a declared check runs, or one that is only configured. `why` is the file that speaks for it. */
export type Analyser =
  | { readonly kind: 'check'; readonly name: string }
  | { readonly kind: 'configured'; readonly name: string; readonly line: string; readonly why: RepositoryPath };

interface Known {
  readonly name: string;
  /** Files by which it is configured, each with the line that runs it as the project has configured it. */
  readonly files: readonly (readonly [RegExp, (file: RepositoryPath) => string])[];
  /** The table of pyproject.toml that configures it, and its line. */
  readonly table?: readonly [RegExp, string];
}

const KNOWN: readonly Known[] = [
  {
    name: 'eslint',
    files: [[/^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\..+)?)$/, () => 'npx --no-install eslint .']],
  },
  { name: 'oxlint', files: [[/^\.?oxlintrc\.jsonc?$/, () => 'npx --no-install oxlint']] },
  { name: 'biome', files: [[/^biome\.jsonc?$/, () => 'npx --no-install biome lint .']] },
  {
    name: 'clippy',
    files: [[/^\.?clippy\.toml$/, () => 'cargo clippy --workspace --all-targets --locked --offline']],
  },
  {
    name: 'semgrep',
    files: [
      [/^\.semgrep\.ya?ml$/, (file) => `semgrep scan --metrics=off --disable-version-check --quiet --config ${file}`],
      [/^\.semgrep\/.+\.ya?ml$/, () => 'semgrep scan --metrics=off --disable-version-check --quiet --config .semgrep'],
    ],
  },
  {
    name: 'bandit',
    files: [
      [/^\.bandit$/, () => 'bandit -q -r . --ini .bandit'],
      [/^bandit\.ya?ml$/, (file) => `bandit -q -r . -c ${file}`],
    ],
    table: [/^\[tool\.bandit[\].]/m, 'bandit -q -r . -c pyproject.toml'],
  },
  {
    name: 'ruff',
    files: [[/^\.?ruff\.toml$/, () => 'ruff check --no-cache .']],
    table: [/^\[tool\.ruff[\].]/m, 'ruff check --no-cache .'],
  },
  { name: 'gosec', files: [[/^\.?gosec\.json$/, (file) => `gosec -quiet -conf ${file} ./...`]] },
  { name: 'golangci-lint', files: [[/^\.golangci\.(?:ya?ml|toml|json)$/, () => 'golangci-lint run']] },
];

/**
 * The static analysers a project has: each check of kind lint, each check whose line or npm script names a known analyser, then the known analysers that it
 * has a configuration of and no check runs. Nothing is executed; the first file that speaks for an analyser counts.
 */
export function analysersOf(project: AnalysedProject): readonly Analyser[] {
  const checks = Object.entries(project.checks).map(([name, { command, kind }]) => {
    const line = `${command}\n${scriptsNamed(command, project.packageJson)}`;
    return { name, kind, runs: KNOWN.filter((known) => names(line, known.name)) };
  });
  const run = new Set(checks.flatMap(({ runs }) => runs));
  return [
    ...checks.flatMap(({ name, kind, runs }): readonly Analyser[] =>
      kind === 'lint' || runs.length > 0 ? [{ kind: 'check', name }] : [],
    ),
    ...KNOWN.filter((known) => !run.has(known)).flatMap((known) => configured(known, project) ?? []),
  ];
}

const names = (text: string, analyser: string): boolean =>
  new RegExp(`(?<![\\w.-])${analyser}(?![\\w.-])`, 'u').test(text);

/** The texts of the scripts of package.json that a command runs by name. */
function scriptsNamed(command: string, packageJson: string | undefined): string {
  if (packageJson === undefined || !/^\s*(?:npm|pnpm|yarn|bun)\b/u.test(command)) return '';
  const words = new Set(command.split(/\s+/u));
  const scripts = [...packageJson.matchAll(/"([\w:.-]{1,100})"\s*:\s*"((?:[^"\\\n]|\\.){1,2000})"/gu)];
  return scripts.flatMap(([, name = '', text = '']) => (words.has(name) ? [text] : [])).join('\n');
}

function configured({ name, files, table }: Known, { paths, pyproject }: AnalysedProject): Analyser | undefined {
  for (const [pattern, line] of files) {
    const why = [...paths].find((path) => pattern.test(path));
    if (why !== undefined) return { kind: 'configured', name, line: line(why), why };
  }
  if (table === undefined || pyproject === undefined || !table[0].test(pyproject)) return undefined;
  return { kind: 'configured', name, line: table[1], why: 'pyproject.toml' };
}
