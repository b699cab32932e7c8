import assert from 'node:assert/strict';
import { REPORT_PATHS, reportedCoverage } from '../../../src/core/evidence/reportedCoverage.ts';

function check(name: string, path: string, text: string, percent: number | undefined): void {
  it(`${path}: ${name}`, () => {
    assert.ok(REPORT_PATHS.includes(path));
    assert.deepEqual(
      reportedCoverage(path, text),
      percent === undefined ? undefined : { percent, of: 'lines', by: path },
    );
  });
}

/** As node 20.20 writes it with `--test-reporter=lcov`, branches left out. */
const LCOV = `TN:
SF:src/a.js
FN:1,greet
FNDA:1,greet
FNF:2
FNH:1
DA:1,1
DA:2,1
DA:3,0
DA:4,0
DA:5,1
DA:6,1
DA:7,1
DA:8,0
DA:9,0
LH:5
LF:9
end_of_record
SF:test/a.test.js
DA:1,1
LH:1
LF:1
end_of_record
`;

/** As c8 writes it. */
const SUMMARY =
  '{"total": {"lines":{"total":9,"covered":5,"skipped":0,"pct":55.55},"statements":{"total":9,"covered":5,"skipped":0,"pct":55.55},"functions":{"total":2,"covered":1,"skipped":0,"pct":50},"branches":{"total":3,"covered":2,"skipped":0,"pct":66.66},"branchesTrue":{"total":0,"covered":0,"skipped":0,"pct":"Unknown"}}\n,"/tmp/cov/src/a.js": {"lines":{"total":9,"covered":5,"skipped":0,"pct":55.55}}\n}\n';

/** As c8 (istanbul's cobertura) and coverage.py 7.16 begin theirs. */
const COBERTURA = `<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage lines-valid="9" lines-covered="5" line-rate="0.5555" branches-valid="3" branches-covered="2" branch-rate="0.6666" timestamp="1795307757533" complexity="0" version="0.1">
  <packages><package name="main" line-rate="0.1" branch-rate="0.6666"/></packages>
</coverage>
`;
const COVERAGE_PY = `<?xml version="1.0" ?>
<coverage version="7.16.2" timestamp="1795307816722" lines-valid="6" lines-covered="4" line-rate="0.6667" branches-covered="0" branches-valid="0" branch-rate="0" complexity="0">
</coverage>
`;

/** The columns of JaCoCo's CSV; its rows are made up, one with a comma in its name. */
const JACOCO = `GROUP,PACKAGE,CLASS,INSTRUCTION_MISSED,INSTRUCTION_COVERED,BRANCH_MISSED,BRANCH_COVERED,LINE_MISSED,LINE_COVERED,COMPLEXITY_MISSED,COMPLEXITY_COVERED,METHOD_MISSED,METHOD_COVERED
shop,org.shop,Cart,10,90,1,3,2,18,1,5,0,4
shop,org.shop,Map.of(A,B),0,20,0,0,1,4,0,2,0,2
`;

describe('coverage as reports tell it', () => {
  check('two files', 'lcov.info', LCOV, 60);
  check('counted from the lines', 'coverage/lcov.info', 'SF:a.js\nDA:1,1\nDA:2,0\nDA:3,4\nend_of_record\n', 66.66);
  check('with carriage returns', 'coverage.lcov', 'SF:a\r\nLF:4\r\nLH:3\r\nend_of_record\r\n', 75);
  check('the lines of all files', 'coverage/coverage-summary.json', SUMMARY, 55.55);
  check('of istanbul', 'coverage/cobertura-coverage.xml', COBERTURA, 55.55);
  check('of coverage.py', 'coverage.xml', COVERAGE_PY, 66.66);
  check('with a rate alone', 'cobertura.xml', '<coverage line-rate="0.8125" branch-rate="1">', 81.25);
  check('all classes', 'target/site/jacoco/jacoco.csv', JACOCO, 88);
});

describe('what a report does not tell', () => {
  for (const path of REPORT_PATHS) {
    check('an empty file', path, '', undefined);
    check('something else', path, '{"total": 81}\n<html>81%</html>\nLF:x\n', undefined);
  }
  check('of nothing', 'lcov.info', 'SF:a.js\nLF:0\nLH:0\nend_of_record\n', undefined);
  check('more hit than found', 'lcov.info', 'SF:a.js\nLF:2\nLH:3\nend_of_record\n', undefined);
  check(
    'of nothing',
    'coverage/coverage-summary.json',
    '{"total":{"lines":{"total":0,"covered":0,"pct":"Unknown"}}}',
    undefined,
  );
  check('no numbers', 'coverage/coverage-summary.json', '{"total":{"lines":{"total":"9","covered":null}}}', undefined);
  check('cut in the middle', 'coverage/coverage-summary.json', SUMMARY.slice(0, 200), undefined);
  check("clover's root", 'coverage.xml', '<coverage generated="1" clover="3.2.0"><project/></coverage>', undefined);
  check('a rate above one', 'coverage.xml', '<coverage line-rate="81.25">', undefined);
  check('other columns', 'target/site/jacoco/jacoco.csv', 'GROUP,PACKAGE\na,b\n', undefined);
  check('a row of words', 'target/site/jacoco/jacoco.csv', `${JACOCO}a,b,c,d\n`, undefined);
  it('of a path that is none', () => assert.equal(reportedCoverage('src/lcov.info', LCOV), undefined));
});
