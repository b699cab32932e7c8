import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { lintSpec } from '../../../src/core/spec/lint.ts';
import { parseSpec, SPEC_TEXT_CAP } from '../../../src/core/spec/parse.ts';

/** What a text comes to, one line per item: `FR-001@3 text`, `AC-001@4 [FR-001] text`, `US1@5 P1 title`, `CLR-001@6 question`. */
function outlineOf(text: string): readonly string[] {
  const { spec } = parseSpec({ path: 'spec.md', text });
  return [
    ...spec.requirements.map((item) => `${item.id}@${item.line} ${item.text}`),
    ...spec.stories.map((item) => `${item.id}@${item.line} ${item.priority ?? '-'} ${item.title}`),
    ...spec.criteria.map((item) => `${item.id}@${item.line} [${item.requirements.join(' ')}] ${item.text}`),
    ...spec.clarifications.map((item) => `${item.id}@${item.line} ${item.question}`),
  ];
}

function check(text: string, expected: readonly string[]): void {
  assert.deepEqual(outlineOf(text), expected);
}

function rulesOf(text: string, path = 'spec.md'): readonly string[] {
  return parseSpec({ path, text }).problems.map((problem) => `${problem.line} ${problem.severity} ${problem.rule}`);
}

const SOUND = '# T\n\n- **FR-001**: a\n  - Given b, when c, then d\n';

describe('parseSpec', () => {
  describe('reads requirements however they are written', () => {
    const forms: readonly [string, string][] = [
      ['- **FR-001**: text', 'FR-001@1 text'],
      ['- FR-1: text', 'FR-1@1 text'],
      ['* **FR-001:** text', 'FR-001@1 text'],
      ['1. __NFR-2__ - text', 'NFR-2@1 text'],
      ['- [ ] SC-003 – text', 'SC-003@1 text'],
      ['**FR-001**: text', 'FR-001@1 text'],
      ['- **FR-001 (Must)**: text', 'FR-001@1 text'],
      ['- `REQ-PAY-12`: text', 'REQ-PAY-12@1 text'],
      ['- FR-001 The text', 'FR-001@1 The text'],
      ['##### FR-001: text', 'FR-001@1 text'],
      ['###### FR-001 ######', 'FR-001@1 '],
      ['| FR-001 | text | more |', 'FR-001@1 text – more'],
      ['- **FR-001**：テキスト', 'FR-001@1 テキスト'],
      ['- FR-001a: text', 'FR-001a@1 text'],
      ['- **FR-001**: text that\n  runs on', 'FR-001@1 text that runs on'],
      ['> quoted\n\n- FR-001: text', 'FR-001@3 text'],
    ];
    for (const [text, expected] of forms) it(JSON.stringify(text), () => check(text, [expected]));
  });

  describe('does not take for a requirement', () => {
    const texts = [
      'FR-001 is hard.',
      '> - **FR-001**: quoted',
      '- XFR-001: text',
      '- FR-: text',
      '- fr-001: text',
      '- see FR-001: text',
      '- FR-0012345678: text',
    ];
    for (const text of texts) it(JSON.stringify(text), () => check(text, []));
  });

  it('keeps an id that is set off and drops the line that only names it', () => {
    check('- FR-001 Named first\n- **FR-001**: Defined', ['FR-001@2 Defined']);
  });

  it('takes a dotted id below its requirement for its criterion', () => {
    check('- FR-1: a\n- FR-1.1: b\n- FR-1.2: c\n- FR-2.1: d', [
      'FR-1@1 a',
      'FR-2.1@4 d',
      'FR-1.1@2 [FR-1] b',
      'FR-1.2@3 [FR-1] c',
    ]);
  });

  it('derives ids in order and steps over those the author gave', () => {
    const text = '- FR-1: a\n  - Given b, when c, then d\n  - FR-1.1: own\n  - Given e, when f, then g';
    check(text, [
      'FR-1@1 a',
      'FR-1.2@2 [FR-1] Given b, when c, then d',
      'FR-1.1@3 [FR-1] own',
      'FR-1.3@4 [FR-1] Given e, when f, then g',
    ]);
  });

  it('ties a criterion to its story by place and by name', () => {
    const { spec } = parseSpec({
      path: 's',
      text: '## US-01: x\n\n- Given a, when b, then c\n\n## Rest\n\n- AC-1 (US1): d\n- AC-2: e',
    });
    assert.deepEqual(
      spec.criteria.map((item) => [item.id, item.story]),
      [
        ['US-01.1', 'US-01'],
        ['AC-1', 'US-01'],
        ['AC-2', undefined],
      ],
    );
  });

  it('splits a scenario where its words are set off, not where they merely occur', () => {
    const { spec } = parseSpec({
      path: 's',
      text: '## Story 1: x\n\n- **Given** a page when idle, **When** it opens then closes, **Then** it is gone',
    });
    const [criterion] = spec.criteria;
    assert.deepEqual(
      [criterion?.given, criterion?.when, criterion?.outcome],
      ['a page when idle', 'it opens then closes', 'it is gone'],
    );
  });

  it('reads prose that begins with "Given" as prose', () => {
    check('# T\n\nGiven the deadline, we keep this small.\n\n- Given names are shown', []);
  });

  describe('reads the header', () => {
    const headers: readonly [string, string, unknown][] = [
      ['# SPEC-001: A title', 'spec.md', { id: 'SPEC-001', title: 'A title', size: 'standard', files: [] }],
      [
        '# Feature Specification: A title',
        'specs/014-x/spec.md',
        { id: '014', title: 'A title', size: 'standard', files: [] },
      ],
      ['# A\n\n**Feature Branch**: `014-x`', 'spec.md', { id: '014', title: 'A', size: 'standard', files: [] }],
      [
        '# A\n**Size**: hotfix\n**Files**: `src/x.ts`',
        'spec.md',
        { title: 'A', size: 'hotfix', files: ['src/x.ts:3'] },
      ],
      ['# A\n\n- **Size:** small', 'spec.md', { title: 'A', size: 'small', files: [] }],
      [
        '---\nid: SPEC-2\ntitle: "B: c"\nsize: small # small\nfiles: [a.ts, \'b.ts\']\n---\n',
        'x',
        { id: 'SPEC-2', title: 'B: c', size: 'small', files: ['a.ts:5', 'b.ts:5'] },
      ],
      ['---\r\nfiles:\r\n- a.ts\r\n---\r\n# A', 'x', { title: 'A', size: 'standard', files: ['a.ts:3'] }],
      ['A\n===\n', 'x', { title: 'A', size: 'standard', files: [] }],
      ['# A\n\n## Data\n\n**Size**: 10 MB', 'x', { title: 'A', size: 'standard', files: [] }],
      ['---\n\nNo front matter here.\n\n---\n', 'x', { size: 'standard', files: [] }],
      ['## Only a second-level heading', 'x', { size: 'standard', files: [] }],
    ];
    for (const [text, path, expected] of headers) {
      it(JSON.stringify(text), () => {
        const { spec } = parseSpec({ path, text });
        const { id, title, size, files } = spec;
        const shown = files.map((file) => `${file.file}:${file.line}`);
        assert.deepEqual(
          { ...(id !== undefined && { id }), ...(title !== undefined && { title }), size, files: shown },
          expected,
        );
      });
    }
  });

  describe('reports', () => {
    const cases: readonly [string, string, readonly string[]][] = [
      ['nothing on a sound spec', SOUND, []],
      ['a missing title', SOUND.slice(4), ['1 error no-title']],
      ['a missing requirement', '# T\n\n- SC-001: a', ['1 error no-requirement']],
      ['a requirement without criterion', '# T\n\n- FR-1: a', ['3 warning requirement-without-criterion']],
      ['an id used twice', `${SOUND}- FR-001: b`, ['5 error duplicate-id']],
      ['an unclosed fence', `${SOUND}\n~~~~\n~~~`, ['6 error unclosed-fence']],
      ['an unclosed comment', `${SOUND}\n<!-- x`, ['6 error unclosed-comment']],
      ['no fence for three backticks in a line', `${SOUND}\n\`\`\` a \`\`\` b`, []],
      ['no comment for one in inline code', `${SOUND}\n\`<!--\` and on`, []],
      ['an open marker', `${SOUND}\nHow? [NEEDS CLARIFICATION: how?]`, ['6 error open-clarification']],
      ['an unknown size', SOUND.replace('\n', '\n**Size**: tiny\n'), ['2 error unknown-size']],
      [
        'a hotfix of two files',
        SOUND.replace('\n', '\n**Size**: hotfix\n**Files**: `a`, `b`\n'),
        ['3 warning hotfix-many-files'],
      ],
      ['an empty requirement', `${SOUND}- **FR-2**:\n  - Given a, when b, then c`, ['5 error empty-requirement']],
      ['an unknown id in a criterion', `${SOUND}- AC-1 (FR-9): b`, ['5 warning unknown-id']],
    ];
    for (const [name, text, expected] of cases) it(name, () => assert.deepEqual(rulesOf(text), expected));

    it('an id that differs from the folder', () => {
      assert.deepEqual(rulesOf(SOUND.replace('# T', '# SPEC-1: T'), 'specs/SPEC-10-t/spec.md'), [
        '1 warning id-mismatch',
      ]);
    });
  });

  it('reads the same from LF, CRLF, CR and with a byte order mark', () => {
    const text = '# T\n\n- **FR-001**: a\n  b\n\n```\n- FR-2: c\n```\n- FR-3: d [NEEDS CLARIFICATION: e]\n';
    const expected = outlineOf(text);
    assert.equal(expected.length, 3);
    for (const variant of [text.replaceAll('\n', '\r\n'), text.replaceAll('\n', '\r'), `\uFEFF${text}`])
      check(variant, expected);
  });

  it('reads a text above the cap up to its last whole line and says so', () => {
    const text = `# T\n${'- FR-1: 𠮷\n'.repeat(SPEC_TEXT_CAP / 10)}- FR-2: b\n`;
    const { spec, problems } = parseSpec({ path: 's', text });
    assert.ok(text.length > SPEC_TEXT_CAP && !spec.requirements.some((item) => item.id === 'FR-2'));
    assert.ok(problems.some((problem) => problem.rule === 'text-too-long' && problem.severity === 'error'));
    assert.ok(problems.length <= 501);
  });

  it('never throws, keeps lines and offsets true, and gives the same twice', () => {
    const piece = fc.constantFrom(
      '# ',
      '- ',
      '  ',
      '\n',
      '\r\n',
      '```',
      '~~~',
      '<!--',
      '-->',
      '**',
      '`',
      '|',
      '> ',
      'FR-1',
      'FR-1.1',
      ': ',
      'AC-2',
      'US1',
      'Given ',
      'when ',
      'then ',
      '---\n',
      '[NEEDS CLARIFICATION: ',
      ']',
      '[',
      '\uFEFF',
      '\uD83D',
      '😀',
      'Acceptance Criteria',
      'TODO',
      '\t',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.oneof({ weight: 9, arbitrary: piece }, { weight: 1, arbitrary: fc.string() }))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        const { spec, problems } = parseSpec({ path: 'spec.md', text: source });
        const nLines = source.split(/\r\n|\n|\r/u).length;
        const located = [
          ...spec.requirements,
          ...spec.stories,
          ...spec.criteria,
          ...spec.clarifications,
          ...problems,
          ...lintSpec(spec),
        ];
        for (const { line, path } of located) assert.ok(line >= 1 && line <= nLines && path === 'spec.md');
        for (const { start, end } of spec.clarifications)
          assert.match(source.slice(start, end), /^\[\s*NEEDS CLARIFICATION/iu);
        assert.deepEqual(parseSpec({ path: 'spec.md', text: source }), { spec, problems });
      }),
      { numRuns: 1_000 },
    );
  }).timeout(30_000);

  it('reads a megabyte within a second, whatever it is made of', () => {
    const units = [
      '- **FR-001**: The system MUST answer within 200 ms.\n  - Given a, when b, then c.\n\n',
      ' ',
      '`',
      '` `` ',
      '<!-- ',
      '> ',
      '#',
      '[NEEDS CLARIFICATION',
      '| a ',
      '**',
      'given when ',
      '- And b\n',
      'Given a\n\n',
      '(',
      '- [ ] a\n',
    ];
    for (const unit of units) {
      const text = `# T\n\n**Acceptance Criteria**:\n\n- Given a\n${unit.repeat(SPEC_TEXT_CAP / unit.length)}`.slice(
        0,
        SPEC_TEXT_CAP,
      );
      const start = performance.now();
      const { spec } = parseSpec({ path: 's', text });
      lintSpec(spec);
      // The bound is several times what it takes, so that a busy machine does not fail it; quadratic work takes minutes.
      assert.ok(performance.now() - start < 3_000, JSON.stringify(unit));
    }
    const text = '- **FR-001**: The system MUST answer within 200 ms.\n  - Given a, when b, then c.\n\n'.repeat(12_000);
    const start = performance.now();
    parseSpec({ path: 's', text });
    assert.ok(performance.now() - start < 1_000);
  }).timeout(60_000);
});
