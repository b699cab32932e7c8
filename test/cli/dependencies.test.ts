import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { treesOf } from '../support/killedRun.ts';
import { auto, payloads, resume } from '../support/pipelineScript.ts';
import {
  configuration,
  FILES,
  GOOD_CODE,
  GOOD_TEST,
  replaceFile,
  scriptedProject,
  tool,
  type ScriptedProject,
} from '../support/scriptedProject.ts';

/*
 * What a check finds of the user's dependencies. The package that the change patches is reached through them alone, as in an npm workspace and in an
 * editable install of Python: a check that saw the user's own files would fail for ever, because the change is not in them.
 */

const TEST = GOOD_TEST.replace('../src/greet.js', '@me/greeter');
const EDITABLE = `import pathlib, greeting\nassert 'stranger' in greeting.SOURCE, greeting.__file__\n`;
const FOLDERS = `! touch node_modules/planted 2>/dev/null && touch node_modules/.cache/kept && test ! -e node_modules/.cache/users`;

interface Links {
  /** How node_modules leads to the package of the workspace. */
  readonly target: (root: string) => string;
  readonly checks: string;
}

async function workspaceProject({ target, checks }: Links): Promise<ScriptedProject> {
  const project = await scriptedProject({
    toml: (url) => `[setup]\ncommand = "npm ci"\n\n${checks}\n${configuration(url)}`,
    files: {
      'package.json':
        '{ "name": "root", "type": "module", "workspaces": ["src"], "dependencies": { "@me/greeter": "*" } }\n',
      '.gitignore': 'node_modules/\n.venv/\n__pycache__/\n',
      'src/package.json': '{ "name": "@me/greeter", "type": "module", "exports": "./greet.js" }\n',
      'src/greeting.py': "import pathlib\nSOURCE = (pathlib.Path(__file__).parent / 'greet.js').read_text()\n",
      'tools/editable.py': EDITABLE,
    },
    answers: {
      implement: [
        tool('apply_patch', { patch: replaceFile('src/greet.js', FILES['src/greet.js'] as string, GOOD_CODE) }),
        tool('apply_patch', { patch: replaceFile('test/greet.test.js', undefined, TEST) }),
        { text: 'Done.' },
      ],
    },
  });
  const { root } = project;
  mkdirSync(path.join(root, 'node_modules/@me'), { recursive: true });
  mkdirSync(path.join(root, 'node_modules/.cache'));
  writeFileSync(path.join(root, 'node_modules/.cache/users'), '');
  symlinkSync(target(root), path.join(root, 'node_modules/@me/greeter'));
  return project;
}

/** A virtual environment as `python3 -m venv` makes it, with the path file of an editable install written by hand: pip needs a network. */
function installEditable(root: string): void {
  execFileSync('python3', ['-m', 'venv', '--without-pip', '.venv'], { cwd: root });
  const [python = ''] = readdirSync(path.join(root, '.venv/lib'));
  const file = path.join(root, '.venv/lib', python, 'site-packages/__editable__.greeting-1.0.pth');
  writeFileSync(file, `${path.join(root, 'src')}\n`);
}

const PYTHON = `[checks.editable]\ncommand = ".venv/bin/python tools/editable.py"\n\n[checks.folders]\ncommand = '''${FOLDERS}'''\n`;

const keptOf = (project: ScriptedProject): readonly string[] => [
  ...new Set(
    payloads(project, 'EvidenceRecord')
      .filter(({ on }) => on === 'proposal')
      .map(({ check, outcome, sandbox, network }) => `${check} ${outcome} ${sandbox} ${network}`),
  ),
];

describe("a check finds the user's dependencies", () => {
  it('and through them the patched package: links and path files that are absolute lead into the tree', async () => {
    await using project = await workspaceProject({ target: (root) => path.join(root, 'src'), checks: PYTHON });
    installEditable(project.root);
    const run = await auto(project);
    assert.equal(run.exit, 11, run.stdout + run.stderr);
    assert.deepEqual(keptOf(project).toSorted(), [
      'editable passed bubblewrap refused',
      'folders passed bubblewrap refused',
      'test passed bubblewrap refused',
    ]);
    // What the user has is as it was, and nothing of it was copied; the set-up would have needed the network and was not needed.
    assert.deepEqual(readdirSync(path.join(project.root, 'node_modules')).toSorted(), ['.cache', '@me']);
    assert.deepEqual(readdirSync(path.join(project.root, 'node_modules/.cache')), ['users']);
    assert.deepEqual(readdirSync(path.join(treesOf(project.root, project), 'run-1/node_modules')), []);
    const setup = payloads(project, 'StepEnd').find(({ key }) => key === 'setup');
    assert.match(
      JSON.stringify(setup?.output),
      /not run: commands find the dependencies of your repository, read-only: \.venv, node_modules/,
    );
  });

  it("copied where nothing keeps it in: a relative link leads into the tree, an absolute path to the user's", async () => {
    const checks = '[checks.editable]\ncommand = ".venv/bin/python tools/editable.py"\n';
    await using project = await workspaceProject({ target: () => '../../src', checks });
    installEditable(project.root);
    mkdirSync(project.folder.join('home', 'config'), { recursive: true });
    writeFileSync(project.folder.join('home', 'config', 'config.toml'), 'sandbox = "none"\n');
    const run = await auto(project);
    // What fails here passes above: that test can fail.
    assert.deepEqual(keptOf(project), ['test passed none granted', 'editable failed none granted'], run.stdout);
    assert.ok(readdirSync(path.join(treesOf(project.root, project), 'run-1/node_modules')).includes('@me'));
  });
});

describe('a dependency that is not installed', () => {
  it('is told before anything is paid, and by doctor; once it is there the run goes on', async () => {
    await using project = await scriptedProject({
      files: {
        'package.json': '{ "name": "greeter", "type": "module", "devDependencies": { "left": "1.0.0" } }\n',
        'package-lock.json': '{}\n',
        '.gitignore': 'node_modules/\n',
      },
    });
    const missing = 'package.json names dependencies and there is no node_modules: run `npm ci` first.';
    const doctor = JSON.parse((await project.speckit('--json', 'doctor')).stdout) as Record<string, unknown>;
    assert.deepEqual(doctor['missing'], [missing]);
    const run = await auto(project);
    assert.deepEqual([run.exit, run.result.outcome, project.calls], [10, 'needsInput', []]);
    assert.ok(run.result.questions[0]?.text.startsWith(missing));
    mkdirSync(path.join(project.root, 'node_modules/left'), { recursive: true });
    const again = await resume(project);
    assert.equal(again.exit, 11, again.stdout + again.stderr);
    assert.match(readFileSync(path.join(project.root, '.gitignore'), 'utf8'), /node_modules/);
  });
});
