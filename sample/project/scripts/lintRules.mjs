/**
 * The rules of this project that no ready-made linter knows.
 *
 * @typedef {{ path: string, text: string }} File `path` is relative to the project, with forward slashes
 * @typedef {{ path: string, line: number, rule: string, message: string }} Problem `line` counts from 1
 */

const MAX_LINE_LENGTH = 110;
const EXPORTED_FUNCTION =
  /^export (?:default )?(?:async )?function\*? ?(\w*)|^export const (\w+) = (?:async )?(?=\()/gm;
const DOCUMENTED_PARAMETER = /@param\s+(?:\{.*\}\s+)?\[?([\w$.]+)/g;
const FILE_RULES = {
  'line-length': lineLength,
  'time-only-in-clock': timeOnlyInClock,
  'no-console': noConsole,
  jsdoc,
};
const PROJECT_RULES = { 'routes-documented': routesDocumented, 'has-test': hasTest };

/**
 * Checks the files of the project against every rule.
 *
 * @param {File[]} files
 * @returns {Problem[]} sorted by path and line, empty when all is well
 */
export function checkFiles(files) {
  const problems = [];
  for (const [rule, check] of Object.entries(FILE_RULES)) {
    for (const file of files.filter(({ path }) => /\.m?js$/.test(path))) {
      check(file, (line, message) => problems.push({ path: file.path, line, rule, message }));
    }
  }
  for (const [rule, check] of Object.entries(PROJECT_RULES)) {
    check(files, (path, line, message) => problems.push({ path, line, rule, message }));
  }
  return problems.sort((a, b) => compare(a.path, b.path) || a.line - b.line);
}

function compare(a, b) {
  return Number(a > b) - Number(a < b);
}

function lineLength({ text }, report) {
  for (const [index, line] of text.split('\n').entries()) {
    if (line.length <= MAX_LINE_LENGTH) continue;
    report(index + 1, `${line.length} characters, ${MAX_LINE_LENGTH} are allowed`);
  }
}

function timeOnlyInClock({ path, text }, report) {
  if (!path.startsWith('src/') || path === 'src/clock.js') return;
  const time = /\b(?:Date|performance)\.now\b|\bnew Date\(\s*\)|\bset(?:Timeout|Interval)\b|node:timers/g;
  for (const { line, match } of matchesIn(withoutComments(text), time)) {
    report(line, `"${match[0]}" is allowed in src/clock.js only, take a clock instead`);
  }
}

function noConsole({ path, text }, report) {
  if (!path.startsWith('src/')) return;
  for (const { line, match } of matchesIn(withoutComments(text), /\bconsole\.\w+/g)) {
    report(line, `"${match[0]}" is not allowed in src, hand the message to the caller`);
  }
}

function jsdoc({ path, text }, report) {
  if (!path.startsWith('src/')) return;
  for (const { line, match } of matchesIn(text, EXPORTED_FUNCTION)) {
    const name = match[1] || match[2] || 'default';
    const comment = commentEndingAt(text.slice(0, match.index));
    if (comment === undefined) {
      report(line, `exported function "${name}" has no JSDoc block`);
      continue;
    }
    const documented = [...comment.matchAll(DOCUMENTED_PARAMETER)].map((found) => found[1]);
    const topLevel = documented.filter((param) => !param.includes('.'));
    const params = parametersAt(text, match.index + match[0].length);
    for (const [index, param] of params.entries()) {
      const isThere = /^[{[]/.test(param) ? index < topLevel.length : topLevel.includes(param);
      if (!isThere) report(line, `the JSDoc of "${name}" has no @param for "${param}"`);
    }
    for (const param of topLevel.slice(params.length)) {
      report(line, `the JSDoc of "${name}" has a @param "${param}" too many`);
    }
    if (!/@returns\b/.test(comment)) report(line, `the JSDoc of "${name}" has no @returns`);
  }
}

function routesDocumented(files, report) {
  const page = files.find(({ path }) => path === 'docs/api.md');
  const routes = files
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap(({ path, text }) =>
      matchesIn(text, /method: '([A-Z]+)',\s*path: '([^']+)'/g).map(({ line, match }) => ({
        path,
        line,
        name: `${match[1]} ${match[2]}`,
      })),
    );
  if (routes.length === 0) report('src', 1, 'found no route to compare with docs/api.md');
  const headings = new Set((page?.text ?? '').split('\n').filter((line) => line.startsWith('## ')));
  for (const { path, line, name } of routes) {
    if (!headings.has(`## ${name}`)) report(path, line, `docs/api.md has no heading "## ${name}"`);
  }
}

function hasTest(files, report) {
  const paths = new Set(files.map(({ path }) => path));
  for (const path of paths) {
    const test = path.replace(/^src\/(.*)\.js$/, 'test/$1.test.js');
    if (test !== path && !paths.has(test)) report(path, 1, `there is no ${test}`);
  }
}

function matchesIn(text, pattern) {
  const lineOf = (match) => text.slice(0, match.index).split('\n').length;
  return [...text.matchAll(pattern)].map((match) => ({ match, line: lineOf(match) }));
}

// Blanks comments out but keeps the line breaks, so that line numbers stay right.
function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/gm, (comment) => comment.replace(/[^\n]/g, ' '));
}

function commentEndingAt(text) {
  const trimmed = text.trimEnd();
  const start = trimmed.lastIndexOf('/**');
  return trimmed.endsWith('*/') && start !== -1 ? trimmed.slice(start) : undefined;
}

// The names of the parameters whose list opens at or after `from`; a destructured one is given as it stands.
function parametersAt(text, from) {
  const parts = [''];
  let depth = 1;
  for (const character of text.slice(text.indexOf('(', from) + 1)) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth === 0) break;
    if (depth === 1 && character === ',') parts.push('');
    else parts[parts.length - 1] += character;
  }
  const trimmed = parts.map((part) => part.trim().replace(/^\.\.\./, '')).filter((part) => part !== '');
  return trimmed.map((part) => (/^[{[]/.test(part) ? part : part.split(/[\s=]/)[0]));
}
