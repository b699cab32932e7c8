import type { FileDifference, RepositoryPath } from '../ports.ts';
import { languageOf, type Language } from './languages.ts';
import { changedKeys, manifestKind } from './manifest.ts';
import { addedMarks } from './marks.ts';
import { beyond, matchCases, type CaseFate, type CaseMatches, type TestFileChange } from './testCaseChanges.ts';
import { testOutline, type Assertion, type TestOutline } from './testOutline.ts';

/** The ways in which a change can make checks say less than they said. */
export type TestIntegrityRule =
  | 'test-deleted'
  | 'test-case-removed'
  | 'test-emptied'
  | 'test-skipped'
  | 'assertion-removed'
  | 'assertion-changed'
  | 'assertion-trivial'
  | 'check-definition-changed'
  | 'lint-suppressed';

/** One thing found. `line` is 1-based in the file as it is now; what is gone has no line. */
export interface TestIntegrityFinding {
  readonly rule: TestIntegrityRule;
  readonly path: RepositoryPath;
  readonly line?: number;
  readonly message: string;
}

/** Which files are tests and which define checks: see `defaultTestFile` and `isCheckDefinition`. */
export interface TestIntegrityDefinitions {
  readonly isTestFile: (path: RepositoryPath) => boolean;
  readonly isCheckDefinition: (path: RepositoryPath) => boolean;
}

/** Most findings of one change. */
const findingCap = 200;

/** Most characters of a test file that is looked into; one that is longer is a finding itself, so that padding hides nothing. */
const testFileCap = 300_000;

/**
 * What a change does to the tests, checks and lint rules that should judge it, at most 200 findings sorted by path and line. The texts are
 * read by patterns (`languages.ts`), not parsed or run: a finding is a reason for a person or judge to look, its absence proves nothing.
 * A case that moved or was renamed unchanged, and a change of layout alone, are no findings. Binary files are left out.
 */
export function testIntegrityFindings(
  differences: readonly FileDifference[],
  definitions: TestIntegrityDefinitions,
): readonly TestIntegrityFinding[] {
  const texts = differences.filter((difference) => !difference.binary);
  const large = texts.filter((difference) => isLargeTest(difference, definitions));
  const tests = testFileChanges(
    texts.filter((difference) => !large.includes(difference)),
    definitions,
  );
  const matches = matchCases(tests);
  const findings = [
    ...lostCases(tests, matches.fates),
    ...lostFiles(texts, tests, definitions),
    ...assertionFindings(tests, matches),
    ...snapshotFindings(texts),
    ...large.map(({ path }) =>
      finding('assertion-changed', path, undefined, 'the file is too large to be looked into'),
    ),
    ...addedMarks(texts, skipsOf(definitions)).map((mark) => finding('test-skipped', mark.path, mark.line, mark.text)),
    ...addedMarks(texts, suppressionsOf).map((mark) => finding('lint-suppressed', mark.path, mark.line, mark.text)),
    ...texts.filter(({ path }) => definitions.isCheckDefinition(path)).flatMap(definitionFindings),
  ];
  return findings.sort(inOrder).slice(0, findingCap);
}

function isLargeTest({ path, before, after }: FileDifference, definitions: TestIntegrityDefinitions): boolean {
  const language = languageOf(path);
  if (!language || !(definitions.isTestFile(path) || language.hasTestsInSource)) return false;
  return Math.max(before?.length ?? 0, after?.length ?? 0) > testFileCap;
}

function testFileChanges(
  differences: readonly FileDifference[],
  definitions: TestIntegrityDefinitions,
): readonly TestFileChange[] {
  return differences.flatMap(({ path, before, after }) => {
    const language = languageOf(path);
    if (!language) return [];
    const isTest = definitions.isTestFile(path);
    const change = {
      path,
      before: outlineOf(before, language, isTest),
      after: outlineOf(after, language, isTest),
    };
    return change.before || change.after ? [change] : [];
  });
}

function outlineOf(text: string | undefined, language: Language, isTest: boolean): TestOutline | undefined {
  if (text === undefined || (!isTest && !language.hasTestsInSource)) return undefined;
  const outline = testOutline(text, language);
  if (isTest) return outline;
  // In a source file only its cases are tests: an assertion outside of them guards the program itself.
  return outline.cases.length > 0 ? { cases: outline.cases, loose: [] } : undefined;
}

/** Cases that are nowhere any more: told one by one while their file still has tests, and once for a file that has none left. */
function lostCases(tests: readonly TestFileChange[], fates: readonly CaseFate[]): readonly TestIntegrityFinding[] {
  return tests.flatMap(({ path, before, after }) => {
    const lost = fates.filter((fate) => fate.path === path && !fate.at);
    const names = quotedList(lost.map((fate) => fate.before.name));
    if (lost.length === 0 || !before) return [];
    if (!after)
      return [finding('test-deleted', path, undefined, `${lost.length} of its test cases are gone: ${names}`)];
    if (after.cases.length === 0)
      return [finding('test-emptied', path, undefined, `no test case is left of: ${names}`)];
    return lost.map((fate) => finding('test-case-removed', path, undefined, fate.before.name));
  });
}

/** Deleted test files without cases (helpers, fixtures, recordings), unless the same text was added elsewhere. */
function lostFiles(
  differences: readonly FileDifference[],
  tests: readonly TestFileChange[],
  definitions: TestIntegrityDefinitions,
): readonly TestIntegrityFinding[] {
  const withCases = new Set(tests.filter(({ before }) => before && before.cases.length > 0).map(({ path }) => path));
  const addedTexts = new Set(differences.filter(({ change }) => change === 'added').map(({ after }) => after));
  return differences
    .filter(
      ({ path, change, before }) => change === 'deleted' && definitions.isTestFile(path) && !addedTexts.has(before),
    )
    .filter(({ path }) => !withCases.has(path))
    .map(({ path }) => finding('test-deleted', path, undefined, 'the file is gone'));
}

function assertionFindings(tests: readonly TestFileChange[], matches: CaseMatches): readonly TestIntegrityFinding[] {
  const newCases = matches.added.flatMap(({ path, testCase }) =>
    testCase.assertions.map((assertion) => ({ path, assertion })),
  );
  const pairs = pairsOf(tests, matches);
  const findings: TestIntegrityFinding[] = [];
  for (const pair of pairs) {
    if (pair.isEmptied) {
      findings.push(finding('test-emptied', pair.path, pair.line, pair.name));
      continue;
    }
    const added = beyond(pair.after, pair.before);
    // What left this case for a new one, or for another place of the same file, still asserts.
    const elsewhere = [
      ...newCases.map((item) => item.assertion),
      ...pairs
        .filter((other) => other !== pair && other.path === pair.path)
        .flatMap((other) => beyond(other.after, other.before)),
    ];
    const removed = beyond(beyond(pair.before, pair.after), elsewhere);
    findings.push(...removed.map((assertion, index) => changedAssertion(pair, assertion, added[index])));
    findings.push(...trivialFindings(pair.path, added));
  }
  const trivial = newCases.flatMap(({ path, assertion }) => trivialFindings(path, [assertion]));
  return [...findings, ...trivial];
}

/** One place with assertions on both sides: a case, or what stands outside of cases in a file (name ''). */
interface AssertionPair {
  readonly path: RepositoryPath;
  readonly name: string;
  readonly line?: number;
  readonly isEmptied: boolean;
  readonly before: readonly Assertion[];
  readonly after: readonly Assertion[];
}

function pairsOf(tests: readonly TestFileChange[], matches: CaseMatches): readonly AssertionPair[] {
  const cases = matches.fates.flatMap(({ before, at }): readonly AssertionPair[] => {
    if (!at) return [];
    const { name, line, isEmpty, assertions } = at.testCase;
    return [
      {
        path: at.path,
        name,
        line,
        isEmptied: isEmpty && !before.isEmpty,
        before: before.assertions,
        after: assertions,
      },
    ];
  });
  const loose = tests.flatMap(({ path, before, after }): readonly AssertionPair[] => {
    // Helpers of a deleted file are told with the file; a new file has none to compare with.
    if (!after) return [];
    return [{ path, name: '', isEmptied: false, before: before?.loose ?? [], after: after.loose }];
  });
  return [...cases, ...loose];
}

function changedAssertion(pair: AssertionPair, old: Assertion, now: Assertion | undefined): TestIntegrityFinding {
  const where = pair.name === '' ? '' : `${pair.name}: `;
  if (!now) return finding('assertion-removed', pair.path, pair.line, where + old.text);
  return finding('assertion-changed', pair.path, now.line, `${where}${cut(old.text, 70)} became ${cut(now.text, 70)}`);
}

function trivialFindings(path: RepositoryPath, assertions: readonly Assertion[]): readonly TestIntegrityFinding[] {
  const patterns = languageOf(path)?.trivial ?? [];
  return assertions
    .filter(({ text }) => patterns.some(({ pattern }) => text.search(pattern) !== -1))
    .map(({ text, line }) => finding('assertion-trivial', path, line, text));
}

function snapshotFindings(differences: readonly FileDifference[]): readonly TestIntegrityFinding[] {
  return differences
    .filter(({ path, change, before, after }) => {
      if (change !== 'modified' || !path.endsWith('.snap')) return false;
      const lines = new Set((after ?? '').split('\n'));
      return (before ?? '').split('\n').some((line) => line.trim() !== '' && !lines.has(line));
    })
    .map(({ path }) => finding('assertion-changed', path, undefined, 'a recorded snapshot changed'));
}

function skipsOf(definitions: TestIntegrityDefinitions) {
  return (language: Language, path: RepositoryPath) =>
    definitions.isTestFile(path) || language.hasTestsInSource
      ? language.skips.map(({ pattern }) => ({ pattern, where: 'code' as const }))
      : [];
}

function suppressionsOf(language: Language) {
  return language.suppressions;
}

function definitionFindings(difference: FileDifference): readonly TestIntegrityFinding[] {
  const { path, before, after, change } = difference;
  const kind = manifestKind(path);
  if (!kind) return [finding('check-definition-changed', path, undefined, `the file was ${change}`)];
  const keys = changedKeys(kind, before, after);
  if (!keys) return [finding('check-definition-changed', path, undefined, 'the file cannot be read')];
  return keys.map((key) => finding('check-definition-changed', path, undefined, key));
}

function finding(
  rule: TestIntegrityRule,
  path: RepositoryPath,
  line: number | undefined,
  message: string,
): TestIntegrityFinding {
  return { rule, path, ...(line !== undefined && { line }), message: cut(message, 200) };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** At most five names. */
function quotedList(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ');
}

function inOrder(left: TestIntegrityFinding, right: TestIntegrityFinding): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return (left.line ?? 0) - (right.line ?? 0);
}
