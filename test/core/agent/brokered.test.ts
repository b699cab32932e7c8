import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brokered } from '../../../src/core/agent/brokered.ts';
import type { AgentWorkspace, ToolResult } from '../../../src/core/agent/tool.ts';
import { createTools, TOOL_NAMES, type ToolName } from '../../../src/core/agent/tools.ts';
import type { Contract } from '../../../src/core/policy/scope/broker.ts';
import { ROLES, type Role } from '../../../src/core/run/stage.ts';

/** A workspace that does nothing and says what reached it. */
function watched(contract: Partial<Contract> = {}) {
  const reached: string[] = [];
  const refused: string[] = [];
  const did = async (name: string): Promise<ToolResult> => {
    reached.push(name);
    return { outcome: 'ok', text: name };
  };
  const workspace: AgentWorkspace = {
    list: () => did('list'),
    read: () => did('read'),
    search: () => did('search'),
    applyPatch: () => did('applyPatch'),
    runCheck: () => did('runCheck'),
    askForFile: () => did('askForFile'),
  };
  const whole: Contract = {
    role: 'implementer',
    files: ['a.js', 'b.js'],
    specsFolder: 'specs',
    asksLeft: 1,
    ...contract,
  };
  const door = brokered(
    workspace,
    () => whole,
    (key, { kind }, { rule }) => refused.push(`${key} ${kind} ${rule}`),
  );
  return { door, reached, refused };
}

const patchOf = (...sections: readonly string[]): string => `*** Begin Patch\n${sections.join('\n')}\n*** End Patch\n`;

describe('a patch at the broker', () => {
  const rows: readonly (readonly [name: string, text: string, rule: string | undefined])[] = [
    ['an envelope inside the plan', patchOf('*** Update File: a.js\n@@\n-x\n+y'), undefined],
    ['a move inside the plan', patchOf('*** Update File: a.js\n*** Move to: b.js\n@@\n-x\n+y'), undefined],
    ['a move out of the plan', patchOf('*** Update File: a.js\n*** Move to: c.js\n@@\n-x\n+y'), 'outside-plan'],
    ['a move that swaps case', patchOf('*** Update File: a.js\n*** Move to: A.js\n@@\n-x\n+y'), 'outside-plan'],
    ['a deletion outside', patchOf('*** Delete File: c.js'), 'outside-plan'],
    ['a file hidden behind one inside', patchOf('*** Delete File: a.js', '*** Add File: c.js\n+x'), 'outside-plan'],
    [
      "git's rename out of the plan",
      'diff --git a/a.js b/c.js\nsimilarity index 100%\nrename from a.js\nrename to c.js\n',
      'outside-plan',
    ],
    [
      "git's copy, which no patch may hold: the engine says so",
      'diff --git a/a.js b/c.js\nsimilarity index 100%\ncopy from a.js\ncopy to c.js\n',
      undefined,
    ],
    ['search and replace outside', 'c.js\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n', 'outside-plan'],
    ['what is no patch: the engine says so', 'please change c.js', undefined],
  ];
  for (const [name, text, rule] of rows) {
    it(`${name}: ${rule ?? 'goes on'}`, async () => {
      const { door, reached, refused } = watched();
      const { outcome } = await door.applyPatch('k', text);
      assert.deepEqual(
        { outcome, reached, refused },
        rule === undefined
          ? { outcome: 'ok', reached: ['applyPatch'], refused: [] }
          : { outcome: 'refused', reached: [], refused: [`k patch ${rule}`] },
      );
    });
  }
});

describe('a hunk without a file at the broker', () => {
  const hunk = '@@\n-x\n+y\n';
  const rows: readonly (readonly [files: readonly string[], rules: readonly string[]])[] = [
    [['a.js'], []],
    [['speckit.toml'], ['k patch persons-file']],
    [['a.js', 'b.js'], []],
  ];
  for (const [files, rules] of rows)
    it(`is about the one file there is: ${files.join(', ')}`, async () => {
      const { door, refused } = watched({ files });
      await door.applyPatch('k', hunk);
      assert.deepEqual(refused, rules);
    });
});

describe('every door of a workspace', () => {
  it('is shut for a role that may not use it, whoever calls', async () => {
    const { door, reached, refused } = watched({ role: 'critic' });
    const results = [
      await door.list('1', ''),
      await door.read('2', 'a.js'),
      await door.search('3', 'x', ''),
      await door.applyPatch('4', patchOf('*** Delete File: a.js')),
      await door.runCheck('5', 'test'),
      await door.askForFile('6', 'c.js', 'because'),
    ];
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['ok', 'ok', 'ok', 'refused', 'refused', 'refused'],
    );
    assert.deepEqual(
      [reached, refused],
      [
        ['list', 'read', 'search'],
        ['4 patch role', '5 check role', '6 ask role'],
      ],
    );
  });
});

describe('a question for a file at the broker', () => {
  for (const path of ['speckit.toml', './speckit.toml', ' ././Specs/SPEC-001/spec.md '])
    it(`is refused for what only a person changes, however it is written: ${path}`, async () => {
      const { door, reached, refused } = watched();
      assert.equal((await door.askForFile('k', path, 'because')).outcome, 'refused');
      assert.deepEqual([reached, refused], [[], ['k ask persons-file']]);
    });
});

describe('the tree of a run', () => {
  const root = path.resolve(import.meta.dirname, '../../..');
  const using = (text: RegExp): readonly string[] =>
    globSync('src/core/**/*.ts', { cwd: root })
      .filter((file) => text.test(readFileSync(path.join(root, file), 'utf8')))
      .sort();

  it('is changed in one place, which hands out nothing that has no broker in front', () => {
    // taskAlone.ts lies behind the broker, too: it hands on what came through, without the changes of tests.
    const narrowed = 'src/core/pipeline/taskAlone.ts';
    assert.deepEqual(using(/workspace\.apply\(/), [narrowed, 'src/core/pipeline/taskWorkspace.ts']);
    assert.match(
      readFileSync(path.join(root, narrowed), 'utf8'),
      /apply: \{\s+value: [^]*?workspace\.apply\(\s+key,\s+changes\.filter\(/,
    );
    const source = readFileSync(path.join(root, 'src/core/pipeline/taskWorkspace.ts'), 'utf8');
    const exported = [...source.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(exported, ['agentWorkspace']);
    assert.match(source, /function agentWorkspace[^]*?return brokered\(openWorkspace\(/);
    assert.equal(source.split('openWorkspace(').length, 3, 'made once, behind the broker');
  });
});

describe('the tools of a role', () => {
  const rows: Readonly<Record<Role, readonly ToolName[]>> = {
    architect: ['read_file', 'list_files', 'search'],
    implementer: ['read_file', 'list_files', 'search', 'apply_patch', 'run_check', 'ask_for_file'],
    validator: ['read_file', 'list_files', 'search', 'run_check'],
    judge: ['read_file', 'list_files', 'search'],
    critic: ['read_file', 'list_files', 'search'],
    security_reviewer: ['read_file', 'list_files', 'search'],
    performance_reviewer: ['read_file', 'list_files', 'search'],
    librarian: ['read_file', 'list_files', 'search'],
    tutor: ['read_file', 'list_files', 'search'],
  };
  const descriptions = Object.fromEntries(TOOL_NAMES.map((name) => [name, name])) as Record<ToolName, string>;
  for (const role of ROLES) {
    it(`are those it may use: ${role}`, () => {
      const names = createTools(watched().door, role, descriptions).map(({ definition }) => definition.name);
      assert.deepEqual(names, rows[role]);
    });
  }
});
