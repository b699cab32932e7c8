import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandLine } from '../support/commandLine.ts';
import { makeRepository, userGit, type FileSeed } from '../support/gitRepository.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporaryFolder.ts';

interface Place extends Disposable {
  readonly root: string;
  speckit(...words: readonly string[]): ReturnType<typeof commandLine>;
}

async function place(files: Readonly<Record<string, FileSeed>> = { 'README.md': 'x\n' }): Promise<Place> {
  const folder: TemporaryFolder = temporaryFolder();
  const root = folder.join('repository');
  await makeRepository(root, files);
  return {
    root,
    speckit: (...words) => commandLine({ cwd: root, home: folder.path }, ...words),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

interface Made {
  readonly id: string;
  readonly folder: string;
  readonly file: string;
}

async function made(at: Place, ...words: readonly string[]): Promise<Made> {
  const result = await at.speckit('--json', 'new', ...words);
  assert.equal(result.exit, 0, result.stderr);
  return JSON.parse(result.stdout) as Made;
}

describe('a new spec', function () {
  this.timeout(30_000);

  it('gets an id of its own from each of eight processes at once, and leaves nothing behind', async () => {
    using at = await place();
    const started = performance.now();
    const specs = await Promise.all(Array.from({ length: 8 }, (_, index) => made(at, `Title ${index % 2}`)));
    console.log(`      8 processes at once: ${Math.round(performance.now() - started)} ms`);
    const ids = specs.map(({ id }) => id).toSorted();
    assert.deepEqual(
      ids,
      [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `SPEC-00${number}`),
    );
    assert.deepEqual(
      readdirSync(path.join(at.root, 'specs')).toSorted(),
      specs.map(({ folder }) => path.basename(folder)).toSorted(),
    );
  });

  it('goes by the settings as they are now, whatever was remembered of them', async () => {
    using at = await place();
    const settings = path.join(at.root, 'speckit.toml');
    assert.equal((await made(at, 'As it comes')).id, 'SPEC-001');
    assert.equal((await made(at, 'As remembered')).id, 'SPEC-002');
    writeFileSync(settings, '[spec]\nid_prefix = "REQ-"\nfolder = "wishes"\n');
    for (const id of ['REQ-001', 'REQ-002']) assert.equal((await made(at, 'Own prefix')).id, id);
    writeFileSync(settings, '[spec]\nid_prefix = "REQ-"\n[bugdet]\nrun_dollars = 2\n');
    for (let round = 0; round < 2; round += 1) {
      const refused = await at.speckit('new', 'With a mistake');
      assert.equal(refused.exit, 4);
      assert.match(refused.stderr, /speckit\.toml:3:/);
    }
    rmSync(settings);
    assert.equal((await made(at, 'As it comes again')).id, 'SPEC-003');
  });

  it('is made all the same when what was remembered is no longer whole', async () => {
    using at = await place();
    await made(at, 'First');
    const memory = path.join(at.root, '.git/speckit/spec-settings.json');
    for (const [index, text] of ['', '{', 'null', '{"key":1}', readFileSync(memory, 'utf8').slice(0, -5)].entries()) {
      writeFileSync(memory, text);
      assert.equal((await made(at, 'Next')).id, `SPEC-00${index + 2}`);
    }
  });

  it('says how long one takes', async () => {
    using at = await place();
    const started = performance.now();
    await made(at, 'One');
    console.log(`      one new spec: ${Math.round(performance.now() - started)} ms`);
  });

  it('waits for nobody who was killed while making one', async () => {
    using at = await place();
    await made(at, 'First');
    // The lock of a process that no longer is: its number is free, its generation stands.
    const folder = path.join(at.root, '.git/speckit/new-spec');
    const [lock = ''] = readdirSync(folder);
    const text = JSON.parse(readFileSync(path.join(folder, lock), 'utf8')) as Record<string, unknown>;
    writeFileSync(path.join(folder, lock), JSON.stringify({ ...text, pid: 2 ** 22 - 1, released: undefined }));
    assert.equal((await made(at, 'Second')).id, 'SPEC-002');
  });

  it('takes a number above all folders and branches', async () => {
    using at = await place({ 'specs/SPEC-004-old/spec.md': '# Old\n' });
    await userGit(at.root, 'branch', 'feature/SPEC-011-elsewhere');
    assert.equal((await made(at, 'Next')).id, 'SPEC-012');
  });

  const titles: readonly (readonly [title: string, folder: RegExp])[] = [
    ['Rate limit per API key', /^SPEC-001-rate-limit-per-api-key$/],
    ['GET /v1/users/{id} & "quotes"', /^SPEC-001-get-v1-users-id-quotes$/],
    ['../../etc/passwd', /^SPEC-001-etc-passwd$/],
    ["It's 🚀 time", /^SPEC-001-its-time$/],
    ['レート制限', /^SPEC-001-spec-[0-9a-f]{8}$/],
    ['Größe ändern', /^SPEC-001-gro-e-andern$|^SPEC-001-grosse-andern$/],
    [`${'long '.repeat(200)}end`, /^SPEC-001-[a-z-]{1,40}$/],
    ['-- --json', /^SPEC-001-json$/],
    ['<!-- a comment --> title', /^SPEC-001-a-comment-title$/],
  ];
  for (const [title, folder] of titles) {
    it(`passes analyze without an error: ${title.slice(0, 40)}`, async () => {
      using at = await place();
      const spec = await made(at, '--', title);
      assert.match(path.basename(spec.folder), folder);
      const analysis = await at.speckit('--json', 'analyze', spec.id);
      const { problems } = JSON.parse(analysis.stdout) as {
        readonly problems: readonly { readonly severity: string }[];
      };
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
        analysis.stdout,
      );
      assert.notEqual(analysis.exit, 4, analysis.stderr);
    });
  }

  it('takes in a whole spec from a file as it is, and its title', async () => {
    const text =
      '# Limit requests\n\n- **FR-001**: The system MUST limit.\n  - **AC-001**: Given 61 requests, when the last one comes, then it gets 429.\n';
    using at = await place({ 'notes/limit.md': text });
    const spec = await made(at, '--from', 'notes/limit.md');
    assert.equal(spec.folder, 'specs/SPEC-001-limit-requests');
    assert.equal(readFileSync(path.join(at.root, spec.file), 'utf8'), text);
    assert.equal((await at.speckit('analyze', spec.id)).exit, 0);
  });

  it('takes in raw words as a quote under a title of its own', async () => {
    using at = await place({ 'mail.txt': 'We need limits.\n# not a heading of ours\n' });
    const spec = await made(at, 'Limits', '--from', 'mail.txt');
    assert.match(readFileSync(path.join(at.root, spec.file), 'utf8'), /^# Limits\n[\s\S]*^> We need limits\.$/m);
  });

  it('is made nowhere when it cannot be made', async () => {
    using at = await place();
    assert.equal((await at.speckit('new', '--from', 'missing.md')).exit, 4);
    assert.equal(existsSync(path.join(at.root, 'specs')), false);
  });
});
