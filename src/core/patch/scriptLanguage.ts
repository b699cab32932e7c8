import type { Language } from './languages.ts';

/** JavaScript and TypeScript with mocha, Jest, Vitest, node:test, AVA, tap, Chai, Playwright and Cypress. */
export const scriptLanguage: Language = {
  name: 'JavaScript',
  extensions: ['.js', '.jsx', '.mjs', '.cjs', '.ts', '.tsx', '.mts', '.cts', '.vue', '.svelte'],
  tokens:
    /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<literal>'(?:[^'\\\n]|\\[\s\S])*'?|"(?:[^"\\\n]|\\[\s\S])*"?|`(?:[^`\\]|\\[\s\S])*`?|\/(?<=(?:^|[(,=:[!&|?{};]|\breturn)\s*\/)(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*)/g,
  hasTestsInSource: false,
  cases: [
    {
      pattern:
        /(?<![\w$.])(?:Deno\.|t\.)?(?:it|test|specify|xit|xtest|xspecify|fit|ftest)(?:\.(?!describe|before|after|use\b|step\b|extend\b|configure\b|setTimeout\b)\w+)*\s*\(/g,
      block: 'parentheses',
      match: ["it('adds', () => {", "test.only('x', f)", 'it.each([1])(', "xit('x', f)", "Deno.test('x', f)"],
      notMatch: ['/x/.test(text)', 'test.describe(', 'model.fit(', 'submit(', 'test.beforeEach(', "describe('x', f)"],
    },
  ],
  skips: [
    {
      pattern:
        /(?<![\w$.])(?:Deno\.|t\.)?(?:describe|it|test|suite|context|specify|bench)(?:\.\w+)*?\.(?:skip|only|todo|fixme|skipIf|runIf|fails|failing|ignore)\b/g,
      match: ["it.skip('x', f)", 'describe.only(', 'test.describe.skip(', "it.todo('x')", 'test.fixme('],
      notMatch: ["it('x', f)", 'list.skip(2)', 'it.each([1])', 'bit.only('],
    },
    {
      pattern: /(?<![\w$.])(?:x(?:it|test|describe|context|specify)|f(?:it|test|describe|context))\s*\(/g,
      match: ["xit('x', f)", "fdescribe('x', f)"],
      notMatch: ['model.fit(data)', 'exit(1)', "it('x', f)"],
    },
    {
      pattern: /(?<![\w$.])(?:this|t|ctx|context|testContext)\.(?:skip|todo)\s*\(/g,
      match: ['this.skip()', 't.todo()'],
      notMatch: ['list.skip()', 'this.skipped'],
    },
    {
      pattern: /[{,]\s*(?:skip|todo|only|ignore)\s*:(?!\s*false\b)/g,
      match: ['{ skip: true }', '{ timeout: 1, todo: reason }'],
      notMatch: ['{ skip: false }', 'skip(true)'],
    },
  ],
  assertions: [
    {
      pattern: /(?<![\w$])(?:t\.)?(?<!\bfunction )expect(?:\.\w+)*\s*\(/g,
      match: ['expect(a).toBe(1)', 'await expect.soft(a).toBe(1)', 'request(app).expect(200)'],
      notMatch: ['function expect(a)', 'unexpected(a)', 'expected'],
    },
    {
      pattern: /(?<![\w$.])(?:t\.)?(?<!\bfunction )assert(?:\.\w+)*\s*\(/g,
      match: ['assert(a)', 'assert.deepEqual(a, b)', 't.assert.ok(a)'],
      notMatch: ['function assert(a)', 'console.assert(a)'],
    },
    {
      pattern: /(?<![\w$.])(?<!\bfunction )(?:(?:assert|expect)[A-Z]\w*|(?:check|verify)(?:[A-Z]\w*)?)\s*\(/g,
      match: ["check('a', 1)", 'assertSame(a, b)', 'verifyTotals(order)'],
      notMatch: ['function check(a)', 'this.checked', 'expected(1)'],
    },
    {
      pattern:
        /(?<![\w$.])t\.(?:is|not|deepEqual|equal|same|true|false|truthy|falsy|throws|throwsAsync|ok|notOk|like|regex|snapshot|match|strictSame|rejects|fail)\s*\(/g,
      match: ['t.is(a, 1)', 't.throws(f)'],
      notMatch: ['t.log(a)', 'input.is(a)'],
    },
    {
      pattern: /\.should(?:\s*\(|\.\w+)/g,
      match: ["cy.get('x').should('exist')", 'a.should.equal(1)'],
      notMatch: ['shouldRun(a)'],
    },
  ],
  trivial: [
    {
      pattern: /^(?:t\.)?assert(?:\.ok|\.isTrue|\.isOk)?\((?:true|1|!0|!false)[,)]/g,
      match: ['assert(true)', "assert.ok(true,'x')", 'assert(1)'],
      notMatch: ['assert(trueish)', 'assert(a)', 'assert.ok(10)'],
    },
    {
      pattern:
        /^(?:t\.)?(?:assert\.(?:equal|strictEqual|deepEqual|deepStrictEqual|same)|t\.(?:is|deepEqual|equal|same))\((.+),\1[,)]/g,
      match: ['assert.equal(1,1)', "assert.deepEqual(f(a),f(a),'same')", 't.is(a,a)'],
      notMatch: ['assert.equal(a,b)', 'assert.equal(1,1+a)', 'assert.notEqual(a,a)', 'assert.equal(f(1,1),2)'],
    },
    {
      pattern: /^assert(?:\.ok)?\((.+)={2,3}\1[,)]/g,
      match: ['assert(a===a)'],
      notMatch: ['assert(a===b)'],
    },
    {
      pattern:
        /^expect\((.+)\)(?:\.to(?:Be|Equal|StrictEqual|MatchObject)|\.to(?:\.be|\.deep)*\.(?:equals?|eql))\(\1\)/g,
      match: ['expect(true).toBe(true)', 'expect(a.b).toEqual(a.b)', 'expect(a).to.deep.equal(a)'],
      notMatch: ['expect(a).toBe(b)', 'expect(a).not.toBe(a)'],
    },
    {
      pattern: /^expect\((?:true|1|!0|!false|'[^']+'|"[^"]+")\)\.(?:toBeTruthy|toBeDefined|to\.be\.(?:true|ok|a))/g,
      match: ['expect(true).toBeTruthy()', 'expect(true).to.be.true'],
      notMatch: ['expect(a).toBeTruthy()', 'expect(false).toBeTruthy()'],
    },
  ],
  suppressions: [
    {
      pattern: /\b(?:eslint|oxlint|tslint|stylelint|biome|jshint|deno-lint|prettier)-(?:disable|ignore)/g,
      where: 'comment',
      match: ['// eslint-disable-next-line no-console', '/* oxlint-disable */', '// biome-ignore lint: x'],
      notMatch: ['// eslint-enable', '// disable eslint'],
    },
    {
      pattern: /@ts-(?:ignore|nocheck|expect-error)\b/g,
      where: 'comment',
      match: ['// @ts-ignore', '/* @ts-expect-error later */', '// @ts-nocheck'],
      notMatch: ['// @ts-check', '// ts-ignore'],
    },
    {
      pattern: /\b(?:istanbul|c8|v8)\s+ignore\b/g,
      where: 'comment',
      match: ['/* istanbul ignore next */', '/* c8 ignore start */'],
      notMatch: ['// ignore'],
    },
  ],
};
