/*
 * The repositories that the live specs are about: small, real, with tests of their own. Nothing of them is kept here: a folder of clones is named when
 * the specs are run, each with its dependencies installed.
 */

/** `commit`: what the specs were written for. `hidden`: how the tests that no worker sees are run. */
export interface LiveRepository {
  readonly name: string;
  readonly url: string;
  readonly commit: string;
  readonly checks: Readonly<Record<string, string>>;
  readonly cases: readonly string[];
}

export const REPOSITORIES: readonly LiveRepository[] = [
  {
    name: 'fill-range',
    url: 'https://github.com/jonschlinkert/fill-range',
    commit: 'bef6570',
    checks: { test: 'npx mocha --reporter dot' },
    cases: ['01', '02', '03'],
  },
  {
    name: 'dset',
    url: 'https://github.com/lukeed/dset',
    commit: '05b1ec0',
    checks: { test: 'npx uvu test -r esm -i suites' },
    cases: ['04', '05', '06', '07'],
  },
  {
    name: 'tomli',
    url: 'https://github.com/hukkin/tomli',
    commit: '920e20b',
    checks: { test: 'env PYTHONPATH=src python3 -m unittest -q' },
    cases: ['08', '09', '10'],
  },
];
