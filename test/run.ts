import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/*
 * Runs one of three sets of tests: `node test/run.ts unit|end-to-end|workbench [FILES]`.
 *
 * On a busy computer a process is late, and an editor in a browser loses a click or a frame now and then. So the files of the latter two that failed are run once
 * more, alone, when the others are through, and the end says so in words: what passed only then is worth a look. When more than three files fail nothing is
 * repeated: that is no chance. Unit tests start nothing that could be late, and are never repeated.
 */

const MOST_REPEATED = 3;

/** What would be unit tests by their folder, but starts many processes, tries thousands of cases or waits for seconds: too long to wait for after every change. */
const LONG: readonly string[] = [
  'test/app/reflexHealth.test.ts',
  'test/app/reflexPlan.test.ts',
  'test/app/reflexStanding.test.ts',
  'test/core/patch/hunks.test.ts',
  'test/core/patch/properties.test.ts',
  'test/core/patch/unifiedDiff.test.ts',
  'test/extension/runPanel/monstrousRun.test.ts',
  'test/core/run/steps.test.ts',
  'test/node/composeTree.test.ts',
  'test/node/plainRepository.test.ts',
  'test/node/processes.test.ts',
  'test/node/repository.test.ts',
  'test/node/userTreeKill.test.ts',
  'test/node/ledgerProcesses.test.ts',
  'test/node/runTree.test.ts',
  'test/node/runTreeSnapshots.test.ts',
  'test/node/reflex/supervisor.test.ts',
  'test/node/reflex/bakeoffSuite.test.ts',
  'test/core/patch/gitDiff.test.ts',
];

interface TestSet {
  readonly files: () => readonly string[];
  /** All files in one mocha with two workers, or each in a mocha of its own. */
  readonly together: boolean;
  readonly isRepeated: boolean;
  readonly words: readonly string[];
}

const SETS: Readonly<Record<string, TestSet>> = {
  unit: {
    files: () =>
      globSync('test/{*.test.ts,{base,core,node,app,protocol,extension,support}/**/*.test.ts}').filter(
        (file) => !LONG.includes(file),
      ),
    together: true,
    isRepeated: false,
    words: [],
  },
  'end-to-end': {
    files: () => [...globSync('test/{cli,sample,webview}/**/*.test.ts'), ...LONG],
    together: true,
    isRepeated: true,
    words: [],
  },
  workbench: {
    files: () => globSync('test/workbench/*.test.ts'),
    together: false,
    isRepeated: true,
    words: ['--timeout', '120000'],
  },
};

const [name = '', ...named] = process.argv.slice(2);
const set = SETS[name];
if (set === undefined) {
  process.stderr.write(`node test/run.ts ${Object.keys(SETS).join('|')} [FILES]\n`);
  process.exit(2);
}
const files = named.length > 0 ? named : set.files().toSorted();
const first = set.together ? failedTogether(set, files) : failedAlone(set, files);
if (first.length > 0) tellRepeats(set, first);

/** Ends with 0 only when every file that failed passed alone. A failure outside of any file (`files` empty) is none that could be repeated. */
function tellRepeats({ isRepeated, words }: TestSet, failed: readonly string[]): void {
  const canRepeat = isRepeated && named.length !== 1 && !failed.includes('') && failed.length <= MOST_REPEATED;
  const failedTwice = canRepeat ? failed.filter((file) => mocha(words, [file]) !== 0) : failed;
  const outcome = (file: string): string => {
    if (!canRepeat) return 'failed';
    return failedTwice.includes(file) ? 'failed twice' : 'FAILED, passed the second time';
  };
  const lines = failed.map((file) => `${outcome(file).padEnd(32)} ${file === '' ? '(outside of a test)' : file}`);
  process.stdout.write(`\n${lines.join('\n')}\n`);
  process.exitCode = failedTwice.length > 0 ? 1 : 0;
}

function failedAlone({ words }: TestSet, all: readonly string[]): readonly string[] {
  return all.filter((file) => mocha(words, [file]) !== 0);
}

function failedTogether({ words }: TestSet, all: readonly string[]): readonly string[] {
  const record = path.join(tmpdir(), `speckit-failed-files-${process.pid}`);
  const told = ['--require', './test/support/failedFiles.ts'];
  const status = mocha([...words, ...told, '--parallel', '--jobs', '2'], all, { SPECKIT_FAILED_FILES: record });
  const failed = existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : [];
  rmSync(record, { force: true });
  if (status === 0) return [];
  return failed.length === 0 ? [''] : [...new Set(failed)].toSorted();
}

function mocha(words: readonly string[], which: readonly string[], environment: NodeJS.ProcessEnv = {}): number | null {
  const program = path.join(import.meta.dirname, '../node_modules/mocha/bin/mocha.js');
  return spawnSync(process.execPath, [program, ...words, ...which], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  }).status;
}
