/**
 * Whether a file is a test by the usual names: in a folder of tests, or named as its language's runners expect.
 * Everything in such a folder counts, helpers and recorded snapshots too: a test is weakened through them as well.
 */
export function defaultTestFile(path: string): boolean {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  if (folders.some((folder) => testFolders.has(folder.toLowerCase()))) return true;
  return testNames.some((pattern) => pattern.test(name));
}

const testFolders: ReadonlySet<string> = new Set([
  'test',
  'tests',
  '__tests__',
  '__snapshots__',
  'spec',
  'e2e',
  'cypress',
  'androidtest',
  'testdata',
]);

const testNames: readonly RegExp[] = [
  /\.(?:test|tests|spec|e2e|cy)\.[cm]?[jt]sx?$/i,
  /\.(?:test|spec)-d\.ts$/i,
  /\.snap$/i,
  /^test_.*\.py$/i,
  /_tests?\.(?:py|go|rs)$/i,
  /^tests\.(?:py|rs)$/i,
  /(?:Test|Tests|TestCase|IT|Spec)\.(?:java|kt)$/,
  /^Test[A-Z]\w*\.(?:java|kt)$/,
];
