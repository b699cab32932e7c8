import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFiles } from '../scripts/lintRules.mjs';

const DOCS = { path: 'docs/api.md', text: '# API\n\n## GET /notes\n' };
const ROUTES = { path: 'src/routes.js', text: "const LIST = { method: 'GET', path: '/notes' };\n" };
const TESTS = ['test/routes.test.js', 'test/a.test.js'].map((path) => ({ path, text: '' }));

function check(text, expected, path = 'src/a.js') {
  const problems = checkFiles([DOCS, ROUTES, ...TESTS, { path, text }]);
  assert.deepEqual(problems.map((problem) => `${problem.path}:${problem.line} ${problem.rule}`), expected);
}

test('a project without problems has none', () => check('const a = 1;\n', []));

test('lines are at most 110 characters long', () => {
  check(`const a = '${'x'.repeat(97)}';`, []);
  check(`\nconst a = '${'x'.repeat(98)}';`, ['src/a.js:2 line-length']);
});

test('time is read in the clock only', () => {
  const expected = ['src/a.js:2 time-only-in-clock', 'src/a.js:3 time-only-in-clock'];
  check('a();\nb(Date.now());\nsetTimeout(c);', expected);
  check('// not Date.now()\n/* nor\n setTimeout */ new Date(5);', []);
  check('setTimeout(a);', [], 'test/a.test.js');
});

test('src does not write to the console', () => check('\nconsole.log(1);', ['src/a.js:2 no-console']));

test('an exported function documents each parameter and what it returns', () => {
  check('export function a() {}', ['src/a.js:1 jsdoc']);
  check('/** Does it. */\nexport async function a(b) {}', ['src/a.js:2 jsdoc', 'src/a.js:2 jsdoc']);
  const one = '/**\n * @param {string} b\n * @returns {string}\n */\n';
  check(`${one}export function a(b) {}`, []);
  check(`${one}export function a(b, c = {}) {}`, ['src/a.js:5 jsdoc']);
  check(`${one}export const a = () => 1;`, ['src/a.js:5 jsdoc']);
  const parts = ' * @param {object} parts\n * @param {string} parts.c\n';
  const two = `/**\n * @param {{ d: string }} b\n${parts} * @returns {string}\n */\n`;
  check(`${two}export function a(b, { c = f(1, 2) }) {}`, []);
});

test('every route has a heading in the docs', () => {
  const undocumented = "const ROUTE = { method: 'PUT', path: '/notes' };";
  check(undocumented, ['src/a.js:1 routes-documented']);
  const problems = checkFiles([DOCS]).map(({ path, rule }) => `${path} ${rule}`);
  assert.deepEqual(problems, ['src routes-documented']);
});

test('every file in src has a test', () => check('', ['src/b.js:1 has-test'], 'src/b.js'));
