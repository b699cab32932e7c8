import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ProcessLimits, ProcessRequest, ProcessResult } from '../../src/core/ports.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { findSandbox, type FoundSandbox } from '../../src/node/sandbox.ts';
import { temporaryFolder, type TemporaryFolder } from './temporaryFolder.ts';

/*
 * A folder with what a person has: a home with keys, a repository, another one beside it, and a run's tree. Commands run in the real sandbox on it.
 */

export interface SandboxBench extends Disposable {
  readonly folder: TemporaryFolder;
  /** Where a command finds the tree: the repository's own path. */
  readonly root: string;
  readonly tree: string;
  run(line: string, options?: RunOptions): Promise<ProcessResult>;
}

export interface RunOptions {
  readonly network?: 'granted';
  readonly limits?: Partial<ProcessLimits>;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly readable?: readonly { readonly source: string; readonly at: string }[];
}

/** Whatever a secret is called, this is what it says: nothing a command prints may hold it. */
export const SECRET = 'PLANTED-SECRET';

export const GENEROUS: ProcessLimits = { processes: 200, memoryBytes: 2 ** 31, diskBytes: 2 ** 30 };

let looked: Promise<FoundSandbox> | undefined;

/** The sandbox of this computer, looked for once. */
export const thisSandbox = (): Promise<FoundSandbox> =>
  (looked ??= findSandbox({ platform: process.platform, environment: process.env }));

export function sandboxBench(): SandboxBench {
  const folder = temporaryFolder('speckit sandbox');
  const root = folder.join('home', 'work', 'repository');
  const tree = folder.join('state', 'run-1');
  for (const [file, text] of Object.entries({
    'home/.ssh/id_ed25519': SECRET,
    'home/.npmrc': `//registry/:_authToken=${SECRET}`,
    'home/.config/gh/hosts.yml': SECRET,
    'home/.cargo/credentials.toml': SECRET,
    'home/.cache/pip/marker': 'a cache',
    'home/work/repository/secret.txt': SECRET,
    'home/work/repository/.env': SECRET,
    'home/work/sibling/.env': SECRET,
    'state/run-1/file.txt': 'of the tree\n',
    'state/run-1/.git': 'gitdir: elsewhere\n',
  })) {
    mkdirSync(path.dirname(folder.join(file)), { recursive: true });
    writeFileSync(folder.join(file), text);
  }
  const secrets = { OPENAI_API_KEY: SECRET, NPM_TOKEN: SECRET, DATABASE_URL: SECRET, npm_config_password: SECRET };
  const inherited = { PATH: process.env['PATH'], HOME: folder.join('home'), LANG: 'C.UTF-8', ...secrets };
  const processes = createProcesses(inherited, thisSandbox);
  return {
    folder,
    root,
    tree,
    run: (line, options = {}) => {
      const request: ProcessRequest = {
        command: { kind: 'shell', line },
        cwd: tree,
        deadlineMs: options.deadlineMs ?? 20_000,
        outputCapBytes: 20_000,
        confinement: {
          kind: 'sandbox',
          tree,
          shownAt: root,
          readable: [{ source: path.join(tree, '.git'), at: path.join(root, '.git') }, ...(options.readable ?? [])],
          scratch: [],
          caches: folder.join('state', 'caches'),
          network: options.network ?? 'refused',
          limits: { ...GENEROUS, ...options.limits },
        },
      };
      return processes.run(request, () => undefined, options.signal ?? new AbortController().signal);
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}
