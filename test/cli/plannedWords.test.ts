import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { auto, changed, objection, requestText } from '../support/pipelineScript.ts';
import { GOOD, scriptedProject } from '../support/scriptedProject.ts';

const RISKS = [{ risk: 'a name may hold spaces', mitigation: 'test one that does' }];
const REMARK = { severity: 'advisory', message: 'name the tests by id', reference: 'FR-002' };

describe('what a plan says', () => {
  it('reaches those who come after it: its risks too', async () => {
    await using project = await scriptedProject({ answers: { plan: [changed('plan', { risks: RISKS })] } });
    assert.equal((await auto(project)).exit, 11);
    for (const name of ['critic-plan', 'tasks', 'implement'] as const)
      assert.match(
        requestText(project, name, 1),
        /Risks, and what to do about them:\\n|Risks, and what to do about them:\n/,
        name,
      );
    assert.match(requestText(project, 'tasks', 1), /- a name may hold spaces -> test one that does/);
  });

  it('stands before whoever makes it anew, with all the critic said of it', async () => {
    const { findings } = JSON.parse(objection('nobody tests a stranger').text ?? '{}') as { findings: object[] };
    const critique = changed('critic-plan', { findings: [...findings, REMARK] });
    await using project = await scriptedProject({
      answers: { plan: [changed('plan', { risks: RISKS })], 'critic-plan': [critique, ...GOOD['critic-plan']] },
    });
    assert.equal((await auto(project)).exit, 11);
    assert.match(requestText(project, 'plan', 1), /keep what is right in it\n```\n\(none\)\n```/);
    const again = requestText(project, 'plan', 2);
    assert.match(again, /- a name may hold spaces -> test one that does/);
    assert.match(again, /nobody tests a stranger/);
    assert.match(again, /- name the tests by id \(FR-002\)/);
  });

  it('names scenarios by their ids, which stand in its prompt, also in what a test shows', async () => {
    const tests = [
      { requirement: 'FR-001', file: 'test/greet.test.js', what: 'by name' },
      { requirement: 'FR-002, US1.1', file: 'test/greet.test.js', what: 'a stranger; US1.2 as well, and US7.9' },
    ];
    const spec = `# Greeting

## User Scenarios & Testing

### User Story 1 - Greet (Priority: P1)

**Acceptance Scenarios**:

1. **Given** no name, **When** greet is called, **Then** a stranger is greeted.
2. **Given** a name, **When** greet is called, **Then** it is in the greeting.
3. **Given** a name, **When** greet is called twice, **Then** both greetings are the same.

## Requirements

### Functional Requirements

- **FR-001**: \`greet(name)\` MUST return \`Hello, <name>!\` for any name that is not empty.
- **FR-002**: \`greet("")\` MUST return \`Hello, stranger!\`.
`;
    await using project = await scriptedProject({
      answers: { plan: [changed('plan', { tests })] },
      files: { 'specs/SPEC-001-greeting/spec.md': spec },
    });
    const run = await auto(project);
    assert.equal(run.exit, 11, run.result.text);
    assert.match(requestText(project, 'plan', 1), /Ids of acceptance scenarios: US1\.1, US1\.2, US1\.3\./);
    const shown = readFileSync(path.join(project.root, 'specs/SPEC-001-greeting/validation.md'), 'utf8');
    assert.match(requestText(project, 'audit', 1), /no test of their own is named for: US1\.3\n/, shown);
  });
});
