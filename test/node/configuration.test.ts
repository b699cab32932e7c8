import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ConfigurationInput } from '../../src/node/configuration.ts';
import { loadConfiguration } from '../../src/node/configuration.ts';
import { configurationSchema } from '../../src/core/settings.ts';

const scenarios = join(import.meta.dirname, '..', 'scenarios', 'configuration');
const defaults = configurationSchema.parse({});

/** What came of loading, with files by their last name and of the settings only the tables that differ from the defaults. */
async function outcome(input: ConfigurationInput): Promise<unknown> {
  const loaded = await loadConfiguration(input);
  const named = <Place extends { readonly file: string }>(place: Place) => ({ ...place, file: basename(place.file) });
  if (loaded.kind === 'error') return { problems: loaded.error.map(named) };
  const { configuration, prices, files, notices } = loaded.value;
  const changed = Object.entries(configuration).filter(
    ([key, value]) =>
      JSON.stringify(value) !== JSON.stringify(Object.entries(defaults).find(([name]) => name === key)?.[1]),
  );
  return {
    configuration: Object.fromEntries(changed),
    prices: Object.fromEntries(prices),
    files: files.map((file) => basename(file)),
    notices: notices.map(named),
  };
}

describe('loading the configuration', () => {
  const names = readdirSync(scenarios).sort();
  const environment = { GPU_URL: 'http://127.0.0.1:30000/v1', NOT_A_URL: 'me:secret@nowhere' };

  it('has scenarios', () => assert.ok(names.length >= 30));

  for (const name of names) {
    it(name.slice(4).replaceAll('-', ' '), async () => {
      const folder = join(scenarios, name);
      const userConfigurationFile = join(folder, 'user.toml');
      const actual = await outcome({ repositoryRoot: folder, userConfigurationFile, environment });
      const expectedFile = join(folder, 'expected.json');
      if (process.env['UPDATE'] === '1') writeFileSync(expectedFile, `${JSON.stringify(actual, undefined, 2)}\n`);
      assert.deepEqual(actual, JSON.parse(readFileSync(expectedFile, 'utf8')));
    });
  }
});

describe('finding the configuration files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'speckit-configuration-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("takes the user's file from the folder the environment names", async () => {
    mkdirSync(join(folder, 'config'));
    writeFileSync(join(folder, 'config', 'config.toml'), '[budget]\nrun_dollars = 7\n');
    assert.deepEqual(await outcome({ repositoryRoot: folder, environment: { SPECKIT_HOME: folder } }), {
      configuration: { budget: { run_dollars: 7, day_dollars: 20, run_tokens: 2_000_000 } },
      prices: {},
      files: ['config.toml'],
      notices: [],
    });
  });

  it('tells the first problems of a file that is full of them', async () => {
    writeFileSync(
      join(folder, 'speckit.toml'),
      Array.from({ length: 20_000 }, (_, index) => `key${index} = [{ a = 1 }]\n`).join(''),
    );
    const loaded = await loadConfiguration({
      repositoryRoot: folder,
      userConfigurationFile: join(folder, 'none'),
      environment: {},
    });
    assert.deepEqual(
      loaded.kind === 'error' && loaded.error.map(({ line }) => line),
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  });

  const unreadable: readonly [name: string, make: (file: string) => void, message: string][] = [
    ['a folder', (file) => mkdirSync(file), 'The file cannot be read (EISDIR). Make it a readable file, or remove it.'],
    ['not UTF-8', (file) => writeFileSync(file, Buffer.from([0x61, 0xff])), 'The file is not UTF-8. Save it as UTF-8.'],
    [
      'too large',
      (file) => writeFileSync(file, '#'.repeat(1_000_001)),
      'The file is larger than 1000000 bytes. Make it shorter.',
    ],
  ];
  for (const [name, make, message] of unreadable) {
    it(`refuses a file that is ${name}`, async () => {
      make(join(folder, 'speckit.toml'));
      assert.deepEqual(
        await outcome({ repositoryRoot: folder, userConfigurationFile: join(folder, 'none'), environment: {} }),
        {
          problems: [{ file: 'speckit.toml', line: 1, column: 1, rule: 'unreadable', message }],
        },
      );
    });
  }
});
