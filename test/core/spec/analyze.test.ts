import assert from 'node:assert/strict';
import { analyzeDocuments } from '../../../src/core/spec/analyze.ts';
import { parseConstitution } from '../../../src/core/spec/constitution.ts';
import type { PlanDocument, TasksDocument } from '../../../src/core/spec/documents.ts';
import { parseSpec } from '../../../src/core/spec/parse.ts';

interface Documents {
  readonly spec: string;
  readonly plan?: PlanDocument;
  readonly tasks?: TasksDocument;
  readonly constitution?: string;
}

/** `file:line severity rule` of every problem. */
function check(documents: Documents, expected: readonly string[]): void {
  const { spec } = parseSpec({ path: 'specs/S-1-x/spec.md', text: documents.spec });
  const { plan, tasks } = documents;
  const { constitution } = parseConstitution({ path: 'c.md', text: documents.constitution ?? '' });
  const problems = analyzeDocuments({ spec, ...(plan && { plan }), ...(tasks && { tasks }), constitution });
  assert.deepEqual(
    problems.map((item) => `${item.path.replace('specs/S-1-x/', '')}:${item.line} ${item.severity} ${item.rule}`),
    expected,
  );
}

function step(title: string, ...requirements: readonly string[]): PlanDocument {
  return { steps: [{ id: 'S1', title, requirements, files: [] }] };
}

function task(title: string, ...requirements: readonly string[]): TasksDocument {
  return { tasks: [{ id: 'T1', title, requirements, files: [], depends_on: [] }] };
}

describe('analyzeDocuments', () => {
  it('says nothing of documents that agree', () => {
    check(
      {
        spec: '- FR-1: a',
        plan: step('a', 'FR-1'),
        tasks: task('a', 'FR-1'),
        constitution: '- G1: MUST NOT use `eval`',
      },
      [],
    );
  });
  it('says nothing of documents that do not exist yet', () => check({ spec: '- FR-1: a' }, []));

  describe('coverage', () => {
    it('misses a requirement in plan and tasks, once each', () => {
      const spec = '- FR-1: a\n- FR-2: b\n- FR-2: c';
      check({ spec, plan: step('a', 'FR-1'), tasks: task('a', 'FR-1') }, [
        'spec.md:3 error plan-coverage',
        'spec.md:3 error tasks-coverage',
      ]);
    });
    it('counts a criterion and a story for their requirements', () => {
      const spec = '- FR-1: a\n- FR-2: b\n- AC-1 (FR-1): c\n\n## US1: s\n\n- Given d, when e, then f (FR-2)';
      check({ spec, plan: step('a', 'AC-1', 'US1'), tasks: task('a', 'AC-1', 'US1.1') }, []);
    });
    it('takes a success criterion for measured afterwards', () =>
      check({ spec: '- SC-1: a', plan: step('a', 'SC-1'), tasks: task('a', 'SC-1') }, []));
    it('notes a success criterion no task names', () =>
      check({ spec: '- FR-1: b\n- SC-1: a', plan: step('a', 'FR-1') }, ['spec.md:2 info plan-coverage']));
    it('finds ids the spec does not have, and what was meant', () => {
      const { spec } = parseSpec({ path: 'spec.md', text: '- FR-001: a' });
      const problems = analyzeDocuments({ spec, plan: step('a', 'FR-001', 'FR-1', 'FR-9') });
      const messages = problems.map((problem) => problem.message);
      const named = 'In plan, step S1 names';
      assert.deepEqual(messages, [
        `${named} FR-1, which the spec does not define. Did it mean FR-001?`,
        `${named} FR-9, which the spec does not define.`,
      ]);
    });
    it('finds orphans and unknown dependencies', () => {
      const tasks = { tasks: [{ id: 'T1', title: 'a', requirements: [], files: [], depends_on: ['T2'] }] };
      check({ spec: '', plan: step('a'), tasks }, [
        'plan.json:1 info orphan-step',
        'tasks.json:1 error unknown-dependency',
        'tasks.json:1 warning orphan-task',
      ]);
    });
    it('finds an id two entries share', () => {
      const steps = [...step('a', 'FR-1').steps, ...step('b', 'FR-1').steps];
      check({ spec: '- FR-1: a', plan: { steps } }, ['plan.json:1 error duplicate-id']);
    });
  });

  describe('contradictions', () => {
    const opposed: readonly [string, string][] = [
      ['The field MUST be filled', 'The field is optional'],
      ['Data arrive in real time', 'A nightly run loads them'],
      ['The call is synchronous', 'Call it asynchronously'],
    ];
    for (const [one, other] of opposed) {
      it(`${one} / ${other}`, () =>
        check({ spec: `- FR-1: ${one}`, plan: step(other, 'FR-1') }, ['plan.json:1 error contradiction']));
      it(`${other} / ${one}`, () =>
        check({ spec: `- FR-1: ${other}\n- AC-1 (FR-1): ${one}` }, ['spec.md:2 error contradiction']));
    }
    const agreeing: readonly [string, string][] = [
      ['The list MUST take an optional label', 'An optional label'],
      ['Data arrive in real-time, not in batches', 'A real-time feed'],
      ['The call is synchronous', 'No async code'],
      ['Files MUST be kept in sync', 'An async queue'],
      ['The call is synchronous', 'Wait for `async` code'],
    ];
    for (const [one, other] of agreeing)
      it(`none: ${one} / ${other}`, () => check({ spec: `- FR-1: ${one}`, plan: step(other, 'FR-1') }, []));
    it('compares only what is about the same id', () => {
      check({ spec: '- FR-1: in real time\n- FR-2: in a batch', plan: step('x', 'FR-1', 'FR-2') }, []);
    });
  });

  describe('duplicated requirements', () => {
    it('finds the same words', () =>
      check({ spec: '- FR-1: The **list** is sorted.\n- FR-2: the list  is sorted' }, [
        'spec.md:2 warning duplicate-requirement',
      ]));
    it('leaves what differs in a word', () =>
      check({ spec: '- FR-1: The list is sorted\n- FR-2: The list is shown' }, []));
    it('leaves requirements without text', () => check({ spec: '- **FR-1**:\n- **FR-2**:' }, []));
  });

  describe('constitution', () => {
    const conflicts: readonly [string, string][] = [
      ['- G1: MUST NOT use eval', 'The page MUST call eval'],
      ['- G1: MUST NOT use `eval` or `exec`', 'Run it with `exec`'],
      ['- G1: Never store "plain passwords"', 'It MUST store plain passwords'],
      ['- G1: `innerHTML` is forbidden', 'It MUST set `innerHTML`'],
      ['- G1: MUST NOT use `c++`', 'Written in C++'],
      ['- MUST NOT depend on global mutable state', 'It keeps global mutable state'],
    ];
    for (const [constitution, demand] of conflicts) {
      it(`${constitution} / ${demand}`, () =>
        check({ spec: `- FR-1: ${demand}`, constitution }, ['spec.md:1 error constitution-conflict']));
    }
    const peace: readonly [string, string][] = [
      ['- G1: MUST NOT use eval', 'The page MUST evaluate the medieval retrieval'],
      ['- G1: MUST NOT use eval', 'The page MUST NOT use eval'],
      ['- G1: MUST NOT use `eval`; use `parse`', 'It MUST use `parse`'],
      ['- G1: MUST use `eval`', 'It MUST use `eval`'],
      ['- G1: MUST NOT lose data of users', 'It MUST show data of users'],
      ['- G1: MUST NOT use `eval`', 'It MUST reject input with `eval`'],
      ['- G1: MUST NOT use `eval`', 'a\n  - Given `eval`, when it is read, then an error is shown'],
    ];
    for (const [constitution, demand] of peace)
      it(`none: ${constitution} / ${demand}`, () => check({ spec: `- FR-1: ${demand}`, constitution }, []));
    it('reads plan and tasks too', () => {
      check({ spec: '- FR-1: a', constitution: '- G1: MUST NOT use `eval`', tasks: task('Use `eval`', 'FR-1') }, [
        'tasks.json:1 error constitution-conflict',
      ]);
    });
  });

  describe('terms', () => {
    it('finds one term in three forms, at the rarest', () => {
      check({ spec: 'The rate limit. A rate limit.\n\nThe rate-limit.\nTwo rate-limits.\n\nA ratelimit.' }, [
        'spec.md:6 info terminology-drift',
      ]);
    });
    it('finds identifiers that differ in case', () =>
      check({ spec: '`userId` and `userId`\n\n`userID`' }, ['spec.md:3 info terminology-drift']));
    it('finds drift between spec and tasks', () =>
      check({ spec: '- FR-1: the rate limit', tasks: task('The ratelimit', 'FR-1') }, [
        'tasks.json:1 info terminology-drift',
      ]));
    const same = [
      'Log in with the login page',
      'Set up the setup',
      'Rate limits and a Rate limit',
      '`a` `b`',
      'may be, maybe',
      '```\nrate-limit\n```\nrate limit',
    ];
    for (const text of same) it(`none: ${JSON.stringify(text)}`, () => check({ spec: text }, []));
  });

  it('gives the same twice and is bounded', () => {
    const text = Array.from({ length: 700 }, (_, index) => `- FR-${index}: text ${index}`).join('\n');
    const { spec } = parseSpec({ path: 'spec.md', text });
    const problems = analyzeDocuments({ spec, plan: { steps: [] }, tasks: { tasks: [] } });
    assert.equal(problems.length, 501);
    assert.deepEqual(analyzeDocuments({ spec, plan: { steps: [] }, tasks: { tasks: [] } }), problems);
  });
});
