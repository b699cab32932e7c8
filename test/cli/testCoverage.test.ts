import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  auto,
  goodTest,
  OLD_CODE,
  patchCall,
  payloads,
  requestText,
  said,
  type Facts,
} from '../support/pipelineScript.ts';
import { configuration, GOOD_CODE, GOOD_TEST, scriptedProject } from '../support/scriptedProject.ts';

const PROPOSED: Facts = { exit: 11, outcome: 'proposed', stage: 'unlock', verdict: 'proceed', rule: undefined };
const WITH_COVERAGE = 'node --test --experimental-test-coverage';
const toml =
  (command: string, more = '\n[gates]\nmin_test_coverage = 90\n') =>
  (url: string): string =>
    configuration(url, more).replace('command = "node --test"', `command = ${JSON.stringify(command)}`);

/** Does what is asked, and has a way that no test goes. */
const UNTESTED_CODE = `${GOOD_CODE}\nexport function greetAll(names) {\n  const greetings = [];\n  for (const name of names) {\n    greetings.push(greet(name));\n  }\n  return greetings.join(' ');\n}\n`;
const MORE_TEST = GOOD_TEST.replace('import { greet }', 'import { greet, greetAll }').concat(
  "\ntest('greets all', () => {\n  assert.equal(greetAll(['Ada', '']), 'Hello, Ada! Hello, stranger!');\n});\n",
);
const untested = () => [patchCall('src/greet.js', OLD_CODE, UNTESTED_CODE), goodTest(), said('Done.')];

const signals = (project: Parameters<typeof payloads>[0]) =>
  payloads(project, 'Signal').flatMap(({ signal }) =>
    signal['kind'] === 'testCoverage' ? [signal['measured'] as { readonly percent: number } | null] : [],
  );

/** A check that writes a report with that many lines of a hundred. */
const reporting = (percent: number): string =>
  `node --test && mkdir -p coverage && printf 'SF:src/greet.js\\nLF:100\\nLH:${percent}\\nend_of_record\\n' > coverage/lcov.info`;

describe('the least test coverage', () => {
  it('sends a change back that its tests do not cover, with the figures, and lets it through when they do', async () => {
    await using project = await scriptedProject({
      toml: toml(WITH_COVERAGE),
      answers: {
        implement: [...untested(), patchCall('test/greet.test.js', GOOD_TEST, MORE_TEST), said('greetAll is tested.')],
      },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, PROPOSED, run.stderr);
    const [first, second, ...none] = signals(project);
    assert.deepEqual(second, { percent: 100, of: 'lines', by: 'node --test', check: 'test' });
    assert.ok(first && first.percent > 30 && first.percent < 90, JSON.stringify(first));
    assert.deepEqual(none, []);

    const verdicts = payloads(project, 'GateDecision').filter(({ stage }) => stage === 'validate');
    assert.deepEqual(
      verdicts.map(({ verdict, reasons }) => [
        verdict,
        ...reasons.filter(({ rule }) => rule.startsWith('coverage')).map(({ rule, text }) => `${rule}: ${text}`),
      ]),
      [
        [
          'retry',
          `coverage-below: Check test reports ${first.percent} % of lines covered by tests (node --test). gates.min_test_coverage asks for 90 %.`,
        ],
        [
          'proceed',
          'coverage-reached: Check test reports 100 % of lines covered by tests (node --test). gates.min_test_coverage asks for 90 %.',
        ],
      ],
    );
    const asked = requestText(project, 'implement', 4);
    assert.match(asked, new RegExp(`reports ${first.percent} % of lines covered .* asks for 90 %`));
    assert.match(asked, /What the checks say of the changed files: .*greet\.js +\| +\d/);
    const validation = readFileSync(path.join(project.root, 'specs/SPEC-001-greeting/validation.md'), 'utf8');
    assert.match(
      validation,
      /## Test coverage\n\nCheck test reports 100 % of lines covered by tests \(node --test\); 90 % is asked for\./,
    );
    const recorded = payloads(project, 'EvidenceRecord').filter(({ on }) => on === 'proposal');
    assert.deepEqual(recorded.at(-1)?.coverage, { percent: 100, of: 'lines', by: 'node --test' });

    const replayed = await project.speckit('replay', 'run-1');
    assert.equal(replayed.exit, 0, replayed.stdout + replayed.stderr);
    const verified = await project.speckit('log', 'verify', 'run-1');
    assert.equal(verified.exit, 0, verified.stderr);
  });

  it('goes to a person when what was sent back is no better', async () => {
    await using project = await scriptedProject({
      toml: toml(WITH_COVERAGE),
      answers: {
        implement: [
          ...untested(),
          patchCall('src/greet.js', UNTESTED_CODE, `${UNTESTED_CODE}\n// Joins with a blank.\n`),
          said('Commented.'),
        ],
      },
    });
    const run = await auto(project);
    assert.deepEqual(run.facts, {
      exit: 2,
      outcome: 'gateFailed',
      stage: 'validate',
      verdict: 'escalate',
      rule: 'coverage-below',
    });
    assert.deepEqual(payloads(project, 'ProposalCreate'), []);
  });

  it('ends the run where no check tells it, and says what to do; nothing is proposed', async () => {
    await using project = await scriptedProject({ toml: toml('node --test') });
    const run = await auto(project);
    assert.deepEqual([run.facts.stage, run.facts.verdict, run.facts.rule], ['validate', 'stop', 'coverage-unknown']);
    assert.notEqual(run.facts.exit, 0);
    assert.match(run.result.text, /no check reported its coverage on this tree\. Let one print it \(node --test /);
    assert.deepEqual(payloads(project, 'ProposalCreate'), []);
  });

  const places = [
    { name: 'that git ignores', files: { '.gitignore': 'coverage/\n' } },
    { name: 'that git would see as new', files: {} },
  ];
  for (const { name, files } of places)
    it(`is read from a report ${name}`, async () => {
      await using project = await scriptedProject({ toml: toml(reporting(91)), files });
      const run = await auto(project);
      assert.deepEqual(run.facts, PROPOSED, run.stderr);
      assert.deepEqual(signals(project), [{ percent: 91, of: 'lines', by: 'coverage/lcov.info', check: 'test' }]);
      assert.deepEqual(
        run.result.files.map((file) => file.path),
        ['src/greet.js', 'test/greet.test.js'],
        'the report is no part of the change',
      );
    });

  it('is the lowest of what a check tells', async () => {
    await using project = await scriptedProject({
      toml: toml(`${reporting(89)} && echo 'All files | 99 | 99 | 99 | 99 |'`),
    });
    await auto(project);
    assert.equal(signals(project)[0]?.percent, 89);
  });

  it('is not read from a report of an earlier tree, nor through a link out of the tree', async () => {
    // The first run of the check writes the report, which git ignores, so that it stays; later ones do not.
    const once = `node --test && { [ -e coverage/lcov.info ] || { ${reporting(50)}; }; }`;
    await using stale = await scriptedProject({
      toml: toml(once),
      files: { '.gitignore': 'coverage/\n' },
      answers: { implement: [...untested(), patchCall('test/greet.test.js', GOOD_TEST, MORE_TEST), said('Tested.')] },
    });
    assert.equal((await auto(stale)).facts.rule, 'coverage-unknown');
    assert.deepEqual(
      signals(stale).map((measured) => measured?.percent),
      [50, undefined],
      'the report of the first tree is none of the second',
    );

    const linked = `node --test && ln -sfn /etc coverage && ln -sf /etc/hostname lcov.info`;
    await using outside = await scriptedProject({
      toml: toml(linked),
      files: { '.gitignore': 'coverage\nlcov.info\n' },
    });
    assert.equal((await auto(outside)).facts.rule, 'coverage-unknown');
  });

  it('leaves no trace where nobody asks for it', async () => {
    await using project = await scriptedProject({ toml: toml(WITH_COVERAGE, '') });
    assert.deepEqual((await auto(project)).facts, PROPOSED);
    assert.deepEqual(signals(project), []);
    assert.ok(payloads(project, 'EvidenceRecord').every((record) => !('coverage' in record)));
  });
});
