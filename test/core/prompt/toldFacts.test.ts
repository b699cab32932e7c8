import assert from 'node:assert/strict';
import path from 'node:path';
import { planSchema, tasksSchema } from '../../../src/core/pipeline/outputs.ts';
import { fileDifferenceText } from '../../../src/core/pipeline/prose.ts';
import { normaliseOutput } from '../../../src/core/run/normalise.ts';
import { loadPrompts } from '../../../src/node/prompts.ts';

/*
 * What prompts say of SpecKit itself is true: each figure and each promise beside the code that keeps it.
 */

const prompts = path.resolve(import.meta.dirname, '../../../prompts');
const texts = async (...ids: readonly string[]): Promise<readonly string[]> => {
  const { templates } = await loadPrompts(prompts);
  return ids.flatMap((id) => {
    const template = templates.get(id);
    return template === undefined ? [] : [template.text, ...Object.values(template.variants)];
  });
};

/** Every text of these prompts says it. */
async function check(said: RegExp, ...ids: readonly string[]): Promise<void> {
  const found = await texts(...ids);
  assert.ok(found.length >= ids.length, ids.join(' '));
  for (const text of found) assert.match(text, said);
}

describe('what prompts say', () => {
  it('of the lines around a change that a reviewer sees is what the change holds', async () => {
    const line = (number: number): string => `line ${number}\n`;
    const before = Array.from({ length: 60 }, (_, index) => line(index)).join('');
    const after = before.replace(line(30), 'another\n');
    const shown = fileDifferenceText({ path: 'a', change: 'modified', binary: false, before, after }).split('\n');
    assert.deepEqual(
      shown.filter((text) => text.startsWith(' ')),
      [
        ...Array.from({ length: 10 }, (_, index) => ` line ${index + 20}`),
        ...Array.from({ length: 10 }, (_, index) => ` line ${index + 31}`),
      ],
    );
    await check(/ten\sunchanged lines/, 'audit', 'critic-patch', 'security-reviewer', 'performance-reviewer');
  });

  it('of masked durations is what becomes of them', async () => {
    assert.equal(normaliseOutput('ok (12.5 ms) duration_ms: 812.4'), 'ok (<duration>) duration_ms: <duration>');
    await check(/[Dd]urations[^.]* are masked/, 'implement', 'plan', 'audit', 'critic-patch');
    await check(/exit code/, 'implement', 'plan', 'audit', 'critic-patch');
  });

  it('of the most files in a task is what its answer is held to, and of a step no limit is said', async () => {
    const task = (nFiles: number): object => ({
      tasks: [
        {
          id: 'T1',
          title: 'a',
          description: 'a',
          requirements: [],
          files: Array.from({ length: nFiles }, (_, index) => `src/${index}.js`),
          depends_on: [],
          criteria: [],
        },
      ],
      confidence: 1,
      open_questions: [],
    });
    assert.deepEqual(
      [15, 16].map((nFiles) => tasksSchema.safeParse(task(nFiles)).success),
      [true, false],
    );
    await check(/Aim at five files or fewer in a task; 15 is the most/, 'tasks');
    const step = { id: 'S1', title: 'a', requirements: [], success_signal: 'a' };
    const plan = planSchema.safeParse({
      summary: 'a',
      files: [{ path: 'a', action: 'modify', why: 'a' }],
      steps: [{ ...step, files: Array.from({ length: 12 }, (_, index) => `src/${index}.js`) }],
      tests: [{ requirement: 'FR-001', file: 'test/there.test.js', what: 'a' }],
      risks: [],
      confidence: 1,
      open_questions: [],
    });
    assert.equal(plan.data?.steps[0]?.files.length, 12);
    await check(/Aim at five files or fewer; more are allowed/, 'plan');
  });

  it('of the brief and the specification names the specification as the source', async () => {
    await check(/The specification is the source/, 'plan', 'audit');
    await check(/name the difference in `(?:risks|open_questions)`/, 'plan', 'audit');
    await check(/Where the plan differs from the specification, the specification counts/, 'tasks');
  });

  it('of tests is that they are named as those around them, and may stand in files that are there already', async () => {
    await check(/Name (?:tests|them) as (?:those|the tests) around them are named/, 'implement');
    await check(/a new one of `files`, or one that is there already/, 'plan');
    await check(/A test file that is there already may be one of them/, 'tasks');
  });
});
