import assert from 'node:assert/strict';
import type { AgentCall, CallKind } from '../../../../src/core/policy/scope/agentCall.ts';
import { judgeCall, type Contract } from '../../../../src/core/policy/scope/broker.ts';
import { ROLES, type Role } from '../../../../src/core/run/stage.ts';

/*
 * The broker is a function of the role, the plan and the call. Nothing in its arguments names a caller: what stands here holds for our own agent and
 * for another program's calls alike, once they are written as an AgentCall.
 */

const CALLS: Readonly<Record<CallKind, AgentCall>> = {
  read: { kind: 'read', path: 'src/a.js' },
  search: { kind: 'search', folder: '' },
  patch: { kind: 'patch', acts: [{ kind: 'change', path: 'src/a.js' }] },
  check: { kind: 'check', name: 'test' },
  ask: { kind: 'ask', path: 'src/b.js' },
};

const contract = (more: Partial<Contract> = {}): Contract => ({
  role: 'implementer',
  files: ['src/a.js', 'src/new.js', 'Src/Case.js', 'src/case.js', 'package-lock.json', 'speckit.toml'],
  specsFolder: 'specs',
  asksLeft: 2,
  ...more,
});

describe('what a role may do', () => {
  const allowed: Readonly<Record<Role, readonly CallKind[]>> = {
    architect: ['read', 'search'],
    implementer: ['read', 'search', 'patch', 'check', 'ask'],
    validator: ['read', 'search', 'check'],
    judge: ['read', 'search'],
    critic: ['read', 'search'],
    security_reviewer: ['read', 'search'],
    performance_reviewer: ['read', 'search'],
    librarian: ['read', 'search'],
    tutor: ['read', 'search'],
  };
  for (const role of ROLES) {
    it(`${role}: ${allowed[role].join(', ')}, and nothing else`, () => {
      const kinds = (Object.keys(CALLS) as CallKind[]).filter(
        (kind) => judgeCall(contract({ role }), CALLS[kind]).kind === 'allow',
      );
      assert.deepEqual(kinds, allowed[role]);
    });
  }

  it('says what it may do instead', () => {
    assert.deepEqual(judgeCall(contract({ role: 'judge' }), CALLS.patch), {
      kind: 'refuse',
      rule: 'role',
      reason: 'The judge may not change files. It may read files, search files.',
      outside: [],
    });
  });
});

describe('what a patch may touch', () => {
  type Acts = Extract<AgentCall, { kind: 'patch' }>['acts'];
  const rows: readonly (readonly [name: string, acts: Acts, rule: string | undefined, outside: readonly string[]])[] = [
    ['a change the plan names', [{ kind: 'change', path: 'src/a.js' }], undefined, []],
    ['a new file the plan names', [{ kind: 'create', path: 'src/new.js' }], undefined, []],
    ['a deletion the plan names', [{ kind: 'delete', path: 'src/a.js' }], undefined, []],
    ['a new file beside it', [{ kind: 'create', path: 'src/b.js' }], 'outside-plan', ['src/b.js']],
    ['a deletion outside', [{ kind: 'delete', path: 'src/b.js' }], 'outside-plan', ['src/b.js']],
    ['the same name in another case', [{ kind: 'change', path: 'SRC/a.js' }], 'outside-plan', ['SRC/a.js']],
    ['a rename of which both names are named', [{ kind: 'move', path: 'src/a.js', to: 'src/new.js' }], undefined, []],
    ['a rename to a name outside', [{ kind: 'move', path: 'src/a.js', to: 'src/b.js' }], 'outside-plan', ['src/b.js']],
    ['a rename from outside', [{ kind: 'move', path: 'src/b.js', to: 'src/new.js' }], 'outside-plan', ['src/b.js']],
    ['a rename that swaps case, both named', [{ kind: 'move', path: 'Src/Case.js', to: 'src/case.js' }], undefined, []],
    [
      'a rename that swaps case, one named',
      [{ kind: 'move', path: 'src/a.js', to: 'src/A.js' }],
      'outside-plan',
      ['src/A.js'],
    ],
    ['a lock file the plan names', [{ kind: 'change', path: 'package-lock.json' }], undefined, []],
    ['a lock file it does not name', [{ kind: 'change', path: 'yarn.lock' }], 'outside-plan', ['yarn.lock']],
    ["a person's file, although a plan names it", [{ kind: 'change', path: 'speckit.toml' }], 'persons-file', []],
    [
      "a person's file as the end of a rename",
      [{ kind: 'move', path: 'src/a.js', to: 'specs/x.md' }],
      'persons-file',
      [],
    ],
    [
      'one of two files outside',
      [
        { kind: 'change', path: 'src/a.js' },
        { kind: 'create', path: 'lib/c.js' },
      ],
      'outside-plan',
      ['lib/c.js'],
    ],
    ['a path out of the repository', [{ kind: 'create', path: '../x' }], 'outside-plan', ['../x']],
    ['no file at all: no patch, which the engine refuses', [], undefined, []],
  ];
  for (const [name, acts, rule, outside] of rows) {
    it(`${name}: ${rule ?? 'allowed'}`, () => {
      const decision = judgeCall(contract(), { kind: 'patch', acts });
      assert.deepEqual(decision.kind === 'allow' ? [undefined, []] : [decision.rule, decision.outside], [
        rule,
        outside,
      ]);
    });
  }

  const reasonOf = (path: string, more: Partial<Contract> = {}): string => {
    const decision = judgeCall(contract({ files: ['src/a.js'], ...more }), {
      kind: 'patch',
      acts: [{ kind: 'change', path }],
    });
    return decision.kind === 'refuse' ? decision.reason : '';
  };

  it('is told in words that say what to do', () => {
    assert.equal(
      reasonOf('src/b.js'),
      'The plan does not name src/b.js: nothing was applied. You may change: src/a.js. If the task cannot be done without it, call ask_for_file with its path and the reason.',
    );
    assert.match(reasonOf('yarn.lock'), /Leave yarn\.lock alone: a lock file is written by its package manager\./);
    assert.doesNotMatch(reasonOf('src/b.js', { asksLeft: 0 }), /ask_for_file/);
  });
});

describe('a question for a file', () => {
  const ruleOf = (path: string, asksLeft: number): string | undefined => {
    const decision = judgeCall(contract({ asksLeft }), { kind: 'ask', path });
    return decision.kind === 'refuse' ? decision.rule : undefined;
  };

  it('goes on while there are some left, and never for what only a person changes', () => {
    assert.deepEqual(
      [ruleOf('src/b.js', 1), ruleOf('src/b.js', 0), ruleOf('.git/config', 1), ruleOf('Specs/x/spec.md', 1)],
      [undefined, 'asks-used-up', 'persons-file', 'persons-file'],
    );
  });
});
