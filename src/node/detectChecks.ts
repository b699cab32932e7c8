import type { RepositoryPath } from '../core/ports.ts';
import type { CheckSettings } from '../core/settings.ts';
import { detectGradle, detectMaven } from './checks/javaChecks.ts';
import { detectMake } from './checks/makeChecks.ts';
import { detectNode } from './checks/nodeChecks.ts';
import { detectPython } from './checks/pythonChecks.ts';

/** The files of a tree, as far as detection looks: the run's tree, or the user's. */
export interface ProjectFiles {
  list(): Promise<readonly RepositoryPath[]>;
  /** Text of a file; undefined when there is none or it is binary. */
  read(path: RepositoryPath): Promise<string | undefined>;
}

export type Ecosystem = 'npm' | 'pnpm' | 'yarn' | 'cargo' | 'go' | 'python' | 'maven' | 'gradle' | 'make';

export interface DetectedCheck {
  /** A key for `[checks.<name>]` in speckit.toml. */
  readonly name: string;
  readonly command: string;
  readonly kind: CheckSettings['kind'];
  /** What in the repository speaks for it, for a person to judge. */
  readonly why: string;
}

export interface DetectedSetup {
  readonly command: string;
  readonly why: string;
}

/** `checks` stand in the order in which they should run: quick ones first. */
export interface DetectedChecks {
  readonly ecosystem: Ecosystem;
  readonly setup?: DetectedSetup;
  readonly checks: readonly DetectedCheck[];
}

/** What a detector sees: the paths (as a set) and the texts of files. */
export interface Project {
  readonly paths: ReadonlySet<RepositoryPath>;
  readonly read: (path: RepositoryPath) => Promise<string | undefined>;
}

export type Detector = (project: Project) => Promise<DetectedChecks | undefined>;

/** The first that finds a check wins; make last, since a Makefile often only wraps another tool. */
const detectors: readonly Detector[] = [
  detectNode,
  detectCargo,
  detectGo,
  detectPython,
  detectMaven,
  detectGradle,
  detectMake,
];

/**
 * The commands by which a project tells whether it is sound, from what stands in its root: a suggestion for speckit.toml, for a person to
 * judge, never run unasked. Undefined when no check is found. Files that cannot be parsed count as not there; nothing is executed.
 */
export async function detectChecks(files: ProjectFiles): Promise<DetectedChecks | undefined> {
  const project: Project = { paths: new Set(await files.list()), read: (path) => files.read(path) };
  for (const detect of detectors) {
    const detected = await detect(project);
    if (detected !== undefined && detected.checks.length > 0) return detected;
  }
  return undefined;
}

async function detectCargo({ paths }: Project): Promise<DetectedChecks | undefined> {
  if (!paths.has('Cargo.toml')) return undefined;
  const locked = paths.has('Cargo.lock') ? ' --locked' : '';
  const why = 'Cargo.toml';
  const formatted = ['rustfmt.toml', '.rustfmt.toml'].find((path) => paths.has(path));
  const linted = ['clippy.toml', '.clippy.toml'].find((path) => paths.has(path));
  return {
    ecosystem: 'cargo',
    setup: { command: `cargo fetch${locked}`, why: locked === '' ? why : 'Cargo.lock' },
    checks: [
      ...(formatted === undefined
        ? []
        : [{ name: 'format', command: 'cargo fmt --all --check', kind: 'format', why: formatted } as const]),
      { name: 'compile', command: `cargo check --workspace --all-targets${locked}`, kind: 'compile', why },
      ...(linted === undefined
        ? []
        : [
            {
              name: 'lint',
              command: `cargo clippy --workspace --all-targets${locked}`,
              kind: 'lint',
              why: linted,
            } as const,
          ]),
      { name: 'test', command: `cargo test --workspace${locked}`, kind: 'test', why },
    ],
  };
}

async function detectGo({ paths }: Project): Promise<DetectedChecks | undefined> {
  if (!paths.has('go.mod')) return undefined;
  const why = 'go.mod';
  const linted = ['.golangci.yml', '.golangci.yaml', '.golangci.toml', '.golangci.json'].find((path) =>
    paths.has(path),
  );
  return {
    ecosystem: 'go',
    setup: { command: 'go mod download', why },
    checks: [
      { name: 'compile', command: 'go build ./...', kind: 'compile', why },
      { name: 'vet', command: 'go vet ./...', kind: 'lint', why },
      ...(linted === undefined
        ? []
        : [{ name: 'lint', command: 'golangci-lint run', kind: 'lint', why: linted } as const]),
      { name: 'test', command: 'go test ./...', kind: 'test', why },
    ],
  };
}
