import { appendFileSync } from 'node:fs';
import path from 'node:path';

/*
 * Required into each of mocha's workers by test/run.ts: writes the name of a failed test's file, a line each, to the file that SPECKIT_FAILED_FILES names.
 * A hook that fails outside of a test is in no file's name: such a run is not repeated.
 */

const record = process.env['SPECKIT_FAILED_FILES'];

export const mochaHooks = {
  afterEach(this: Mocha.Context): void {
    const { state, file } = this.currentTest ?? {};
    if (record === undefined || state !== 'failed') return;
    appendFileSync(record, `${file === undefined ? '' : path.relative(process.cwd(), file)}\n`);
  },
};
