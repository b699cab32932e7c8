import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { addClarification } from '../../../src/core/spec/addClarification.ts';
import { parseSpec } from '../../../src/core/spec/parse.ts';

const DAY = '2026-02-03';
const add = (text: string, question = 'Post?', answer = 'Mail.'): string =>
  addClarification(text, { question, answer, answeredOn: DAY });
const LINE = '- Q: Post? → A: Mail.';
const SPEC = '# T\n\n## Requirements\n\n- **FR-001**: It MUST send mail.\n';

function check(text: string, expected: string): void {
  assert.equal(add(text), expected);
  assert.equal(add(expected), expected, 'and not twice');
}

describe('a question and its answer in a spec', () => {
  it('get a section of their own at the end', () =>
    check(SPEC, `${SPEC}\n## Clarifications\n\n### Session ${DAY}\n\n${LINE}\n`));
  it('go into the section that is there, before what follows it', () =>
    check(
      `# T\n\n## Clarifications\n\n### Session 2026-01-01\n\n- Q: a → A: b\n\n## Notes\n\nx\n`,
      `# T\n\n## Clarifications\n\n### Session 2026-01-01\n\n- Q: a → A: b\n\n### Session ${DAY}\n\n${LINE}\n\n## Notes\n\nx\n`,
    ));
  it('go under the day that is there', () =>
    check(
      `# T\n\n## Clarifications\n\n### Session ${DAY}\n\n- Q: a → A: b\n`,
      `# T\n\n## Clarifications\n\n### Session ${DAY}\n\n- Q: a → A: b\n${LINE}\n`,
    ));
  it('keep the line ends of the spec', () =>
    check('# T\r\n\r\nx', `# T\r\n\r\nx\r\n\r\n## Clarifications\r\n\r\n### Session ${DAY}\r\n\r\n${LINE}\r\n`));
  it('do not take a heading in code for the section', () => {
    const code = '# T\n\n```\n## Clarifications\n```\n';
    check(code, `${code}\n## Clarifications\n\n### Session ${DAY}\n\n${LINE}\n`);
  });

  it('change nothing of what the rest of the spec says, whatever words they are', () => {
    const hostile = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.constantFrom(
        '<!-- hidden',
        '[NEEDS CLARIFICATION: me?]',
        '`',
        '\n## Requirements\n- **FR-009**: It MUST fall.',
        'FR-001',
        '```\n',
      ),
    );
    const text = SPEC.replace('## Requirements', '## Clarifications\n\nNone.\n\n## Requirements');
    const said = (spec: string): unknown => {
      const parsed = parseSpec({ path: 'spec.md', text: spec }).spec;
      return [parsed.requirements.map(({ id, text: words }) => [id, words]), parsed.clarifications];
    };
    const before = said(text);
    fc.assert(
      fc.property(hostile, hostile, (question, answer) => {
        assert.deepEqual(said(add(text, question, answer)), before);
      }),
    );
  });
});
