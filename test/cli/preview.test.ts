import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { folderContents } from '../support/folderContents.ts';
import { eventsOf, RUN } from '../support/killedRun.ts';
import { appOf } from '../support/projectApp.ts';
import { configuration, FILES, GOOD_CODE, scriptedProject, SPEC } from '../support/scriptedProject.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const SPEC_FILE = 'specs/SPEC-001-greeting/spec.md';

describe('the preview of a run', () => {
  it('says who would be asked and why, what would run, and what it may cost, without a call or a write', async () => {
    const question = '\n[NEEDS CLARIFICATION: in which language?]\n';
    await using project = await scriptedProject({
      files: { [SPEC_FILE]: `${SPEC}${question}` },
      toml: (url) => {
        const strong = `model = "gpt-6.1-sol"\nbase_url = "${url}/v1"`;
        const keyed = configuration(url).replace(strong, 'model = "gpt-6.1-sol"\nkey_env = "OPENAI_API_KEY"');
        return `${keyed}\n[setup]\ncommand = "true"\n`;
      },
    });
    const before = await folderContents(project.folder.path);
    const preview = await appOf(project).preview('SPEC-001');
    assert.deepEqual(await folderContents(project.folder.path), before);
    assert.equal(project.server.requests.length, 0);
    const { stages, estimate, ...rest } = preview;
    const { microdollars, milliseconds, basis } = estimate;
    assert.match(
      basis,
      /^no earlier run here: prompts of \d+ tokens as they are now, .*; at most \$2\.00 by the run's limit$/,
    );
    for (const { min, likely, max } of [milliseconds, microdollars ?? { min: 0, likely: 0, max: 0 }])
      assert.ok(0 < min && min < likely && likely < max, `${min} ${likely} ${max}`);
    assert.deepEqual(
      stages.map(({ stage, role, workers }) => [stage, role, workers]),
      [
        ['specify', 'architect', ['cheap']],
        ['plan', 'architect', ['cheap']],
        ['tasks', 'architect', ['cheap']],
        ['implement', 'implementer', ['cheap']],
        ['validate', 'validator', []],
        ['audit', 'judge', []],
        ['unlock', 'person', []],
      ],
    );
    assert.match(stages[0]?.why ?? '', /cheap is the first of routing\.architect/);
    assert.match(stages[5]?.why ?? '', /OPENAI_API_KEY is not set\. The run would stop here until it is\./);
    assert.deepEqual(
      { ...rest, problems: rest.problems.filter((text) => text.startsWith('CLR')) },
      {
        specId: 'SPEC-001',
        title: 'Greeting',
        size: 'standard',
        unfinished: undefined,
        commands: [
          { name: 'setup', command: 'true' },
          { name: 'test', command: 'node --test' },
        ],
        confinement: 'They run in bubblewrap, without the network.',
        problems: ['CLR-001 is open: in which language?'],
        budgetMicrodollars: 2_000_000,
      },
    );
  });

  it('estimates from earlier runs, names the one that would go on, and says where nothing is paid', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    for (const runId of ['run-1', 'run-2']) await project.speckit('auto', 'SPEC-001', '--new', '--run-id', runId);
    const { unfinished, estimate } = await appOf(project).preview('SPEC-001');
    const { runs } = await appOf(project).overview();
    const paid = runs.map(({ microdollars }) => microdollars).sort((left, right) => left - right);
    const [one = 0, two = 0] = paid;
    assert.ok(one > 0 && two > 0);
    assert.equal(unfinished, 'run-2');
    assert.deepEqual(estimate.microdollars, { min: one, likely: Math.round((one + two) / 2), max: two });
    assert.ok(estimate.milliseconds.min > 0);
    assert.match(
      estimate.basis,
      /^cheapest, median and dearest of 2 earlier runs here; at most \$1\.\d\d by the spec's limit$/,
    );
    // Whoever gives the work to dearer workers is not told what the cheaper ones cost.
    const file = path.join(project.root, 'speckit.toml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('model = "gpt-6-luna"', 'model = "claude-opus-5-5"'));
    const dearer = (await appOf(project).preview('SPEC-001')).estimate;
    assert.ok((dearer.microdollars?.min ?? 0) > 5 * two, JSON.stringify(dearer));
    assert.match(dearer.basis, /^cheapest, .* of 2 earlier runs here, their tokens at the workers and prices of now; /);
    writeFileSync(file, text.replace('model = "gpt-6-luna"', 'model = "house-blend"'));
    const unknown = (await appOf(project).preview('SPEC-001')).estimate;
    assert.deepEqual(
      [unknown.microdollars, unknown.basis.split(';')[0]],
      [undefined, 'no price is known for house-blend'],
    );
    writeFileSync(file, text);
    const asked = project.server.requests.length;
    const dry = await project.speckit('auto', 'SPEC-001', '--dry-run');
    assert.deepEqual([dry.exit, project.server.requests.length], [0, asked]);
    assert.match(dry.stdout, /^Cost {6}about \$0\.\d+ \(\$0\.\d+ to \$0\.\d+\)$|^Cost {6}\$0\.\d+$/m);
    assert.match(dry.stdout, /^Time {6}.* minutes$/m);
    assert.match(dry.stdout, /^ {2}implement {2}cheap, then strong$/m);
    await using free = await scriptedProject({
      toml: (url) => configuration(url).replaceAll('model =', 'local = true\nmodel ='),
    });
    const nothing = (await appOf(free).preview('SPEC-001')).estimate;
    assert.deepEqual(nothing.microdollars, { min: 0, likely: 0, max: 0 });
    assert.match(nothing.basis, /^workers on hardware of yours: nothing is paid; /);
  });
});

describe('the preview of a run of a vague spec', () => {
  it('counts the check that is asked what is meant', async () => {
    const about = async (text: string): Promise<number> => {
      await using project = await scriptedProject({ files: { [SPEC_FILE]: `${SPEC}- **FR-003**: ${text}\n` } });
      return (await appOf(project).preview('SPEC-001')).estimate.microdollars?.likely ?? 0;
    };
    const clear = await about('Greeting MUST be over in 5 ms.');
    assert.ok(clear > 0);
    assert.ok((await about('Greeting MUST be over as fast.')) > clear);
  });
});

describe('the trees of a run', () => {
  it('are shown patch by patch, and put to the proposal with its edits', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    await project.speckit('auto', 'SPEC-001', '--run-id', RUN);
    const app = appOf(project);
    const patches = (await eventsOf(project)).flatMap((event) => (event.kind === 'PatchApply' ? [event.payload] : []));
    const [first, second] = patches;
    assert.deepEqual(await app.patch(RUN, first?.key ?? '', 'src/greet.js'), {
      before: FILES['src/greet.js'],
      after: GOOD_CODE,
    });
    const added = await app.patch(RUN, second?.key ?? '', 'test/greet.test.js');
    assert.deepEqual([added.before, added.after.length > 0], ['', true]);
    await assert.rejects(app.patch(RUN, 'nothing', 'src/greet.js'), /no applied patch nothing/);
    const edited = `${GOOD_CODE}// mine\n`;
    await app.edit(RUN, { file: 'src/greet.js', text: edited });
    const folder = await app.openProposalTree(RUN);
    assert.ok(path.isAbsolute(folder) && !folder.startsWith(project.root));
    assert.equal(readFileSync(path.join(folder, 'src/greet.js'), 'utf8'), edited);
    assert.equal(readFileSync(path.join(folder, 'test/greet.test.js'), 'utf8'), added.after);
    assert.equal((await project.speckit('approve', RUN)).exit, 0, 'trying it out is in nobody’s way');
    assert.equal(readFileSync(path.join(project.root, 'src/greet.js'), 'utf8'), edited);
  });

  it('are not opened before there is a proposal', async () => {
    await using project = await scriptedProject();
    await project.speckit('specify', 'SPEC-001', '--run-id', RUN);
    await assert.rejects(appOf(project).openProposalTree(RUN), /no proposal yet/);
  });
});

describe('the sample as any host copies it', () => {
  it('is a repository of its own, in an empty folder only', async () => {
    await using project = await scriptedProject();
    using folder = temporaryFolder();
    const app = appOf(project);
    await app.sample(folder.join('sample'));
    const overview = await appOf(project, { folder: folder.join('sample') }).overview();
    assert.deepEqual([overview.problem, overview.specs.map(({ id }) => id)], [undefined, ['SPEC-001']]);
    await assert.rejects(app.sample(folder.join('sample')), /is not empty/);
  });
});
