import assert from 'node:assert/strict';
import {
  auto,
  modelsAsked,
  patchCall,
  goodCode,
  goodTest,
  OLD_CODE,
  payloads,
  said,
  WRONG_CODE,
} from '../support/pipelineScript.ts';
import { configuration, scriptedProject } from '../support/scriptedProject.ts';
import type { Step } from '../support/scriptedStep.ts';

const CHAINED = (url: string): string =>
  `${configuration(url).replace('implementer = ["cheap", "strong"]', 'implementer = ["first", "strong"]')}
[workers.stand]
provider = "openai-chat"
model = "small"
local = true
base_url = "${url}/v1"

[model_chains.first]
primary = "cheap"
fallbacks = ["stand"]

[tiers.C]
attempts_per_worker = 1
`;
const implementers = (project: Parameters<typeof payloads>[0]): readonly string[] => [
  ...new Set(payloads(project, 'LLMCall').flatMap(({ role, worker }) => (role === 'implementer' ? [worker] : []))),
];

describe('the way of a piece of work', () => {
  it('is explained: who would be called, by which rule, and why not the others', async () => {
    await using project = await scriptedProject({ toml: CHAINED });
    const shown = await project.speckit('route', 'explain', 'implementer', '--attempt', '2');
    assert.equal(shown.exit, 0, shown.stderr);
    assert.equal(
      shown.stdout,
      `implement   tier C (complex)   implementer, by routing.implementer
  -> strong           cheapest-first: strong is the first of routing.implementer that can take attempt 2 at implement.
                      climbed: 1 cheaper worker was passed over.
                      health-unknown: Whether strong answers is not known yet.
  no cheap            failed-before: cheap failed 1 time at this.
  no stand            fallback-only: stand stands in while cheap cannot be reached; cheap failed at the work itself.

implement   Implementer(mode=reflex), by [reflex]
  -> not by reflex    reflex_disabled: reflex.enabled is not true.
`,
    );
    const json = await project.speckit('--json', 'route', 'explain', 'audit');
    const { routes, exitCode } = JSON.parse(json.stdout) as { routes: { asked: { role: string } }[]; exitCode: number };
    assert.deepEqual(
      [routes.map(({ asked }) => asked.role), exitCode],
      [['judge', 'critic', 'security_reviewer', 'performance_reviewer'], 0],
    );
    const wrong = await project.speckit('route', 'explain', 'cook');
    assert.deepEqual([wrong.exit, /neither a command \(status, .*\) nor a role/.test(wrong.stderr)], [4, true]);
    assert.equal(project.server.requests.length, 0, 'nobody is asked');
  });

  it('leads past who cannot be reached to who stands in, and past both where the work is bad', async () => {
    const down: Step = { fault: { kind: 'status', status: 503 } };
    await using stoodIn = await scriptedProject({
      toml: CHAINED,
      answers: { implement: [down, down, down, goodCode(), goodTest(), said('Done.')] },
    });
    const first = await auto(stoodIn, '--pause', 'implement');
    assert.deepEqual([first.exit, implementers(stoodIn)], [0, ['cheap', 'stand']], first.result.text);
    await using bad = await scriptedProject({
      toml: CHAINED,
      answers: {
        implement: [
          patchCall('src/greet.js', OLD_CODE, WRONG_CODE),
          goodTest(),
          said('Done.'),
          goodCode(),
          goodTest(),
          said('Done.'),
        ],
      },
    });
    const second = await auto(bad, '--pause', 'implement');
    assert.deepEqual([second.exit, implementers(bad)], [0, ['cheap', 'strong']], second.result.text);
    assert.ok(modelsAsked(bad).length > 0);
  });

  it('is refused where a name stands for nothing, or for two things', async () => {
    await using project = await scriptedProject({
      more: '\n[model_chains.cheap]\nprimary = "strnog"\n\n[tiers.X]\njudge = ["stron"]\n',
    });
    const run = await project.speckit('auto', 'SPEC-001');
    assert.equal(run.exit, 4);
    assert.match(run.stderr, /model_chains\.cheap|\[workers\.cheap\] already/);
    assert.match(run.stderr, /Did you mean "strong"\?[\s\S]*tiers\.X\.judge names "stron"/);
  });
});

describe('a change of high risk', () => {
  const LOCAL_FIRST = (url: string): string =>
    configuration(url).replace('[workers.strong]', 'local = true\n\n[workers.strong]');
  const first = (project: Parameters<typeof payloads>[0]) =>
    payloads(project, 'RoutingDecision').find(({ role }) => role === 'implementer');

  it('skips the local implementer, and says what makes it so', async () => {
    const constitution =
      '# Constitution\n\n- **G1**: two people MUST look at each change of `src/greet.js` or `src/`.\n';
    const answers = { implement: [goodCode(), goodTest(), said('Done.')] };
    await using risky = await scriptedProject({
      toml: LOCAL_FIRST,
      files: { 'memory/constitution.md': constitution },
      answers,
    });
    const run = await auto(risky, '--pause', 'implement');
    assert.equal(run.exit, 0, run.result.text);
    assert.deepEqual(
      [implementers(risky), first(risky)?.refused],
      [
        ['strong'],
        [
          {
            worker: 'cheap',
            rule: 'high-risk',
            text: 'cheap is local, and the change is of high risk: It touches what the constitution names: src/greet.js.',
          },
        ],
      ],
    );
    await using plain = await scriptedProject({ toml: LOCAL_FIRST, answers });
    await auto(plain, '--pause', 'implement');
    assert.deepEqual(implementers(plain), ['cheap']);
  });
});
