import type { RepositoryPath } from '../ports.ts';
import type { Assertion, TestCase, TestOutline } from './testOutline.ts';

/** A test file on both sides of a change; a side that has no such file, or no test in it, is undefined. */
export interface TestFileChange {
  readonly path: RepositoryPath;
  readonly before: TestOutline | undefined;
  readonly after: TestOutline | undefined;
}

/** A test case of one side: which file it is in, and what it is. */
interface PlacedCase {
  readonly path: RepositoryPath;
  readonly testCase: TestCase;
}

/** What became of a test case of the base. `at` is where it is now. */
export interface CaseFate {
  readonly path: RepositoryPath;
  readonly before: TestCase;
  readonly at: PlacedCase | undefined;
}

/** Every case of the base with its match now, and the cases that match none: the new ones. */
export interface CaseMatches {
  readonly fates: readonly CaseFate[];
  readonly added: readonly PlacedCase[];
}

/**
 * Finds each test case of the base again: by its name in its file, then by its whole body (a renamed case), then by name or body in another
 * file (a moved one). Each case is found at most once, so that two cases made one show as a removal.
 */
export function matchCases(files: readonly TestFileChange[]): CaseMatches {
  const open = new Set<PlacedCase>();
  for (const { path, after } of files) for (const testCase of after?.cases ?? []) open.add({ path, testCase });
  const found = new Map<TestCase, PlacedCase>();
  const rounds: readonly ((old: PlacedCase, now: PlacedCase) => boolean)[] = [
    (old, now) =>
      old.path === now.path && old.testCase.name === now.testCase.name && isSameBody(old.testCase, now.testCase),
    (old, now) => old.path === now.path && old.testCase.key === now.testCase.key,
    (old, now) => old.path === now.path && isSameBody(old.testCase, now.testCase),
    (old, now) => old.testCase.name === now.testCase.name && isSameBody(old.testCase, now.testCase),
    (old, now) => old.testCase.name === now.testCase.name,
    (old, now) => isSameBody(old.testCase, now.testCase),
  ];
  const old = files.flatMap(({ path, before }) => (before?.cases ?? []).map((testCase) => ({ path, testCase })));
  for (const matches of rounds) {
    for (const placed of old) {
      if (found.has(placed.testCase)) continue;
      for (const now of open) {
        if (!matches(placed, now)) continue;
        found.set(placed.testCase, now);
        open.delete(now);
        break;
      }
    }
  }
  const fates = old.map(({ path, testCase }) => ({ path, before: testCase, at: found.get(testCase) }));
  return { fates, added: [...open] };
}

function isSameBody(left: TestCase, right: TestCase): boolean {
  return !left.isEmpty && left.body === right.body;
}

/** The assertions of `items` that `base` lacks, counting repeats. */
export function beyond(items: readonly Assertion[], base: readonly Assertion[]): readonly Assertion[] {
  const counts = new Map<string, number>();
  for (const { text } of base) counts.set(text, (counts.get(text) ?? 0) + 1);
  return items.filter(({ text }) => {
    const count = counts.get(text) ?? 0;
    if (count > 0) counts.set(text, count - 1);
    return count === 0;
  });
}
