import assert from 'node:assert/strict';
import { coverageRows, printedCoverage } from '../../../src/core/evidence/printedCoverage.ts';
import { lowestCoverage } from '../../../src/core/run/coverageFigure.ts';

/** Checks `percent of by` of every figure found. */
function check(name: string, output: string, ...expected: readonly string[]): void {
  it(name, () =>
    assert.deepEqual(
      printedCoverage(output).map(({ percent, of, by }) => `${percent} ${of} ${by}`),
      expected,
    ),
  );
}

/** As node 24.21 prints it to a pipe with `--test --experimental-test-coverage`. */
const NODE = `ℹ start of coverage report
ℹ ----------------------------------------------------------
ℹ file      | line % | branch % | funcs % | uncovered lines
ℹ ----------------------------------------------------------
ℹ src       |        |          |         | 
ℹ  a.js     |  55.56 |    66.67 |   50.00 | 3-4 8-9
ℹ ----------------------------------------------------------
ℹ all files |  55.56 |    66.67 |   50.00 | 
ℹ ----------------------------------------------------------
ℹ end of coverage report
`;

/** As node 20.20 prints it to a pipe (reporter tap). */
const TAP = `# start of coverage report
# ---------------------------------------------------------------
# file           | line % | branch % | funcs % | uncovered lines
# ---------------------------------------------------------------
# src/a.js       |  55.56 |    66.67 |   50.00 | 3-4 8-9
# test/a.test.js | 100.00 |   100.00 |  100.00 | 
# ---------------------------------------------------------------
# all files      |  69.23 |    80.00 |   66.67 |
# ---------------------------------------------------------------
# end of coverage report
`;

/** As c8 prints it with the reporters text and text-summary. */
const C8 = `----------|---------|----------|---------|---------|-------------------
File      | % Stmts | % Branch | % Funcs | % Lines | Uncovered Line #s 
----------|---------|----------|---------|---------|-------------------
All files |   55.55 |    66.66 |      50 |   54.44 |                   
 a.js     |   55.55 |    66.66 |      50 |   54.44 | 3-4,8-9           
----------|---------|----------|---------|---------|-------------------

=============================== Coverage summary ===============================
Statements   : 55.55% ( 5/9 )
Branches     : 66.66% ( 2/3 )
Functions    : 50% ( 1/2 )
Lines        : 55.55% ( 5/9 )
================================================================================
`;

/** As pytest-cov prints it with coverage.py 7.16, without and with branches. */
const PYTEST = `Name    Stmts   Miss  Cover
---------------------------
m.py        6      2    67%
---------------------------
TOTAL       6      2    67%
1 passed in 0.05s
`;
const BRANCHES = `Name    Stmts   Miss Branch BrPart  Cover   Missing
---------------------------------------------------
m.py        6      2      2      1    62%   3, 6
---------------------------------------------------
TOTAL       6      2      2      1    62%
`;

/** The columns of llvm-cov's report; its numbers are made up. */
const LLVM = `Filename                      Regions    Missed Regions     Cover   Functions  Missed Functions  Executed       Lines      Missed Lines     Cover    Branches   Missed Branches     Cover
-------------------------------------------------------------------------------------------------------------------------------
lib.rs                             42                 5    88.10%           9                 1    88.89%          60                 6    90.00%           0                 0         -
TOTAL                              42                 5    88.10%           9                 1    88.89%          60                 6    90.00%           0                 0         -
`;

describe('coverage as tools print it', () => {
  check('node --test, reporter spec', NODE, '55.56 lines node --test');
  check('node --test, reporter tap', TAP, '69.23 lines node --test');
  check(
    'in colours and with carriage returns',
    `\u001b[34mℹ all files |  55.56 |    66.67 |   50.00 | \u001b[39m\r\n`,
    '55.56 lines node --test',
  );
  check('c8', C8, '54.44 lines the table of istanbul', '55.55 lines the summary of istanbul');
  check('pytest-cov', PYTEST, '67 lines coverage.py');
  check('pytest-cov with branches', BRANCHES, '62 lines coverage.py');
  check('pytest-cov with a precision', 'TOTAL    1000    185   81.50%\n', '81.5 lines coverage.py');
  check(
    'go test, package by package',
    'ok  \texample.com/a\t0.003s\tcoverage: 81.2% of statements\n\texample.com/b\t\tcoverage: 0.0% of statements\n?   \texample.com/c\t[no test files]\nok  \texample.com/d\t0.1s\tcoverage: [no statements]\n',
    '81.2 statements go test',
    '0 statements go test',
  );
  check('go test over more packages', 'coverage: 64.0% of statements in ./...\n', '64 statements go test');
  check(
    'go tool cover, whose total stands for the packages',
    'ok  \texample.com/a\t0.003s\tcoverage: 41.2% of statements\nexample.com/a/a.go:3:\tGreet\t\t100.0%\ntotal:\t\t\t(statements)\t\t78.9%\n',
    '78.9 statements go tool cover',
  );
  check('cargo llvm-cov', LLVM, '90 lines llvm-cov');
  check(
    'cargo tarpaulin',
    '|| Tested/Total Lines:\n|| src/lib.rs: 13/16\n81.25% coverage, 13/16 lines covered\n',
    '81.25 lines cargo tarpaulin',
  );
  check('two packages of a workspace', `${NODE}${TAP}`, '55.56 lines node --test', '69.23 lines node --test');
});

describe('what is no coverage', () => {
  check('nothing', '');
  check('results of tests', '# tests 12\n# pass 12\nok 1 - all files are read\n');
  check('a total of something else', 'TOTAL   12\nTOTAL 4 passed 81%\ntotal: 81.2%\n');
  check('more than all', 'ℹ all files | 101.00 | 1 | 1 | \nTOTAL 6 2 670%\n');
  check(
    'a share of nothing',
    'TOTAL       0      0   100%\nLines        : Unknown% ( 0/0 )\n0.00% coverage, 0/0 lines covered\nAll files | Unknown | 0 | 0 | 0 |\n',
  );
  check('more covered than there is', '90.00% coverage, 17/16 lines covered\n');
  check('a very long line', `${'x'.repeat(3_000)} coverage: 81.2% of statements`);
});

describe('the lowest coverage', () => {
  it('is that of the figures told, whatever a test prints beside them', () => {
    const output = `All files | 100 | 100 | 100 | 100 |\n${NODE}`;
    assert.deepEqual(lowestCoverage(printedCoverage(output)), { percent: 55.56, of: 'lines', by: 'node --test' });
    assert.equal(lowestCoverage([]), undefined);
  });
});

describe('the rows about changed files', () => {
  it('are those of the table, by name', () => {
    assert.deepEqual(coverageRows(NODE, ['src/a.js', 'test/b.js']), [
      'ℹ  a.js     |  55.56 |    66.67 |   50.00 | 3-4 8-9',
    ]);
    assert.deepEqual(coverageRows(TAP, ['src/a.js']), ['# src/a.js       |  55.56 |    66.67 |   50.00 | 3-4 8-9']);
    assert.deepEqual(coverageRows(BRANCHES, ['m.py']), ['m.py        6      2      2      1    62%   3, 6']);
    assert.deepEqual(coverageRows('a.js is read\nb.js: 3 of 4\n', ['a.js', 'b.js']), []);
  });

  it('are at most 20', () => {
    assert.equal(coverageRows('a.js | 1 | 2 |\n'.repeat(50), ['a.js']).length, 20);
  });
});
