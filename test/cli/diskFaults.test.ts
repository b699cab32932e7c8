import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { boxedScript } from '../support/boxedCommand.ts';
import { assertUserTreeUntouched, RUN, runFolderOf } from '../support/killedRun.ts';
import { checkMessage } from '../support/message.ts';
import { scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';

/** Bytes of the small disks that are filled up but for a little. */
const DISK = 4_000_000;

/** A place of the project that fills up when so many bytes were written there. */
const FULL: readonly (readonly [name: string, place: string, bytes: number, text: RegExp])[] = [
  [
    'its log',
    'repository/.git/speckit',
    120_000,
    /^speckit: The disk is full .*\(ENOSPC\)\. What was done before is kept/m,
  ],
  ['its tree', 'home/state', 20_000, /^speckit: git [a-z-]+: exit code 128: [^]*^What was done before is kept/m],
  ['the ledger', 'home/data', 60_000, /^speckit: The ledger.* database or disk is full/m],
];
const READ_ONLY: readonly (readonly [name: string, place: string])[] = [
  ['the-repository-is-read-only', 'repository'],
  ['the-object-store-is-read-only', 'repository/.git/objects'],
  ['the-folder-of-run-trees-is-read-only', 'home/state'],
];

/** A project with the folder of a place made. */
async function projectWith(place: string): Promise<{ readonly project: ScriptedProject; readonly folder: string }> {
  const project = await scriptedProject({ answersBy: 'turn' });
  const folder = project.folder.join(place);
  mkdirSync(folder, { recursive: true });
  return { project, folder };
}

/** A golden message of a command that ended with 3; progress before it is left out. */
function checkRefusal(name: string, words: readonly string[], stderr: string, project: ScriptedProject): void {
  const text = stderr.slice(stderr.indexOf('speckit: '));
  const result = { exit: 3, signal: null, stdout: '', stderr: text };
  checkMessage(name, {
    words,
    result,
    hide: [
      [project.root, '<repository>'],
      [project.folder.path, '<folder>'],
    ],
  });
}

describe('a disk that says no', function () {
  this.timeout(60_000);

  for (const [name, place, bytes, text] of FULL)
    it(`ends a run in words when it has no room for ${name}, and the run goes on when there is`, async () => {
      const { project, folder } = await projectWith(place);
      await using _project = project;
      const words = ['auto', 'SPEC-001', '--run-id', RUN];
      const lock = path.join(runFolderOf(project), 'lock.');
      const script = `
        head -c ${DISK - bytes} /dev/zero > "${folder}/filler"
        speckit ${words.join(' ')}; echo "exit $?"
        echo "lock $(cat "${lock}"*)"
        rm "${folder}/filler"
        echo again >&2
        # An emptied lock counts as nobody's after a few seconds.
        touch -d '10 seconds ago' "${lock}"*
        speckit resume ${RUN} > /dev/null; echo "exit $?"`;
      const { stdout, stderr } = await boxedScript(project, ['--size', String(DISK), '--tmpfs', folder], script);
      const [first = '', again = ''] = stderr.split('again\n');
      assert.match(first, text);
      assert.doesNotMatch(first, /\n {4}at /, 'a stack is no message');
      assert.match(stdout, /^exit 3\nlock (\{.*"released":true\})?\nexit 11\n$/, again);
      await assertUserTreeUntouched(project, name);
    });

  for (const [name, place] of READ_ONLY)
    it(`ends a run in words, and it goes on when it can be written again: ${name.replaceAll('-', ' ')}`, async () => {
      const { project, folder } = await projectWith(place);
      await using _project = project;
      const words = ['auto', 'SPEC-001', '--run-id', RUN];
      const { stdout, stderr } = await boxedScript(
        project,
        ['--ro-bind', folder, folder],
        `speckit ${words.join(' ')}; echo "exit $?"`,
      );
      assert.match(stdout, /exit 3\n$/, stderr);
      checkRefusal(name, words, stderr, project);
      await assertUserTreeUntouched(project, name);
      const resumed = await project.speckit('resume', RUN);
      // Where not even the run's folder could be made there is no run.
      if (resumed.exit === 4) assert.equal((await project.speckit(...words)).exit, 11);
      else assert.equal(resumed.exit, 11, resumed.stderr);
    });

  it('keeps an approval from applying anything, and it is applied when there is room', async () => {
    await using project = await scriptedProject({ answersBy: 'turn' });
    assert.equal((await project.speckit('auto', 'SPEC-001', '--run-id', RUN)).exit, 11);
    const source = path.join(project.root, 'src');
    const script = `
      git -C "${project.root}" checkout --quiet -- src
      head -c 4096 /dev/zero > "${source}/filler"
      speckit approve ${RUN} > /dev/null; echo "exit $?"
      rm "${source}/filler"
      git -C "${project.root}" status --porcelain -- src test
      speckit approve ${RUN} > /dev/null; echo "exit $?"
      cat "${source}/greet.js"`;
    // Two pages: the file and the filler.
    const { stdout, stderr } = await boxedScript(project, ['--size', '8192', '--tmpfs', source], script);
    assert.match(stdout, /^exit 3\nexit 0\nexport function greet[^]*Hello, stranger/, stderr);
    assert.match(stderr, /src\/greet\.js could not be written \(ENOSPC.*so nothing was applied/);
    assert.match(readFileSync(path.join(source, 'greet.js'), 'utf8'), /Hi /, 'the disk in the box was another one');
  });
});
