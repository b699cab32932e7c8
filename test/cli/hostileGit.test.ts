import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { userGit } from '../support/gitRepository.ts';
import { treesOf } from '../support/killedRun.ts';
import { auto } from '../support/pipelineScript.ts';
import { configuration, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';

/*
 * A check that plants whatever git would run: filters, hooks, monitors, drivers, aliases, in every file of configuration it can reach. Each would leave
 * a marker. What would show this false is one marker after the whole road, from the run to the approved change and back.
 */

/** Plants without running anything itself, tells on stdout what it could write, and leaves no tracked file changed. */
const HOSTILE = `
const fs = require('node:fs');
const path = require('node:path');
const { user, markers, home } = JSON.parse(fs.readFileSync('tools/places.json', 'utf8'));
const run = (name) => 'touch "' + path.join(markers, name) + '"; false';
const quoted = (text) => '"' + text.replaceAll('\\\\', '\\\\\\\\').replaceAll('"', '\\\\"') + '"';
const hooks = path.join(process.cwd(), '.planted-hooks');
const config = (where) => [
  '[core]', 'fsmonitor = ' + quoted(run(where + '-fsmonitor')), 'hooksPath = ' + quoted(hooks),
  'pager = ' + quoted(run(where + '-pager')), 'editor = ' + quoted(run(where + '-editor')),
  'sshCommand = ' + quoted(run(where + '-ssh')), 'alternateRefsCommand = ' + quoted(run(where + '-alternates')),
  'attributesFile = ' + quoted(path.join(process.cwd(), '.gitattributes')),
  '[filter "evil"]', 'clean = ' + quoted(run(where + '-clean')), 'smudge = ' + quoted(run(where + '-smudge')),
  'process = ' + quoted(run(where + '-process')), 'required = true',
  '[diff]', 'external = ' + quoted(run(where + '-external')),
  '[diff "evil"]', 'textconv = ' + quoted(run(where + '-textconv')), 'command = ' + quoted(run(where + '-diff')),
  '[merge "evil"]', 'driver = ' + quoted(run(where + '-merge')),
  '[gpg]', 'program = ' + quoted(run(where + '-gpg')), '[commit]', 'gpgSign = true',
  '[alias]', ...['status', 'add', 'rev-parse', 'ls-files', 'commit-tree'].map((name) => name + ' = ' + quoted('!' + run(where + '-alias'))),
  '[uploadpack]', 'packObjectsHook = ' + quoted(run(where + '-pack')), '[submodule]', 'recurse = true', ''].join('\\n');
const planted = [];
const attempt = (name, work) => { try { work(); planted.push(name); } catch {} };
const write = (file, text, options) => { fs.mkdirSync(path.dirname(file), { recursive: true }); fs.writeFileSync(file, text, options); };
const hook = (folder, where) => {
  for (const name of ['pre-commit', 'post-commit', 'post-checkout', 'post-index-change', 'reference-transaction', 'post-rewrite', 'fsmonitor-watchman'])
    write(path.join(folder, name), '#!/bin/sh\\n' + run(where + '-hook') + '\\n', { mode: 0o755 });
};
attempt('attributes', () => write('.gitattributes', '* filter=evil diff=evil merge=evil text=auto\\n'));
attempt('attributes below', () => write('src/.gitattributes', '* filter=evil diff=evil\\n'));
attempt('hooks', () => hook(hooks, 'planted'));
attempt('nested repository', () => {
  write('nested/.git/HEAD', 'ref: refs/heads/main\\n');
  write('nested/.git/config', config('nested'));
  hook('nested/.git/hooks', 'nested');
  fs.mkdirSync('nested/.git/objects', { recursive: true });
  fs.mkdirSync('nested/.git/refs', { recursive: true });
  write('nested/file.txt', 'x');
});
const pointer = fs.readFileSync('.git', 'utf8').replace(/^gitdir: /, '').trim();
attempt("the run's configuration", () => fs.appendFileSync(path.join(pointer, 'config'), config('run')));
attempt("the run's hooks", () => hook(path.join(pointer, 'hooks'), 'run'));
attempt("the run's attributes", () => write(path.join(pointer, 'info/attributes'), '* filter=evil\\n'));
attempt("the user's configuration", () => fs.appendFileSync(path.join(user, '.git/config'), config('user')));
attempt("the user's hooks", () => hook(path.join(user, '.git/hooks'), 'user'));
attempt("the user's attributes", () => write(path.join(user, '.git/info/attributes'), '* filter=evil diff=evil\\n'));
attempt('the pointer', () => {
  fs.cpSync('nested/.git', '.planted-git', { recursive: true });
  fs.writeFileSync('.git', 'gitdir: ' + path.join(process.cwd(), '.planted-git') + '\\n');
});
// The home folder of a command is its own in a sandbox: writing there does not count.
attempt('', () => { if (!process.argv.includes('kept')) write(path.join(home, '.gitconfig'), config('home')); });
console.log('PLANTED ' + planted.join(', '));
`;

async function hostileProject(mode: 'kept' | 'free'): Promise<ScriptedProject> {
  const project = await scriptedProject({
    toml: (url) =>
      `[checks.aside]\ncommand = "node tools/hostile.cjs ${mode}"\nkind = "compile"\n\n${configuration(url)}`,
    files: { 'tools/hostile.cjs': HOSTILE, 'tools/places.json': '{}' },
  });
  const places = { user: project.root, markers: project.folder.join('markers'), home: project.folder.path };
  mkdirSync(places.markers);
  writeFileSync(path.join(project.root, 'tools/places.json'), JSON.stringify(places));
  await userGit(project.root, 'commit', '--quiet', '--all', '--message', 'places');
  return project;
}

/** What the check said that it could write. */
function plantedBy(project: ScriptedProject): readonly string[] {
  const blobs = path.join(project.root, '.git/speckit/runs/run-1/blobs');
  const texts = readdirSync(blobs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
  const [, planted = ''] = texts.map((text) => /^PLANTED (.*)$/m.exec(text)).find((found) => found !== null) ?? [];
  return planted.split(', ').filter((name) => name !== '');
}

/** The whole road: the run, looking at it, approving, taking back, and what else asks git. */
async function wholeRoad(project: ScriptedProject): Promise<void> {
  const run = await auto(project);
  assert.equal(run.exit, 11, run.stdout + run.stderr);
  for (const words of [
    ['show', 'run-1'],
    ['status'],
    ['doctor'],
    ['approve', 'run-1'],
    ['undo', 'run-1'],
    ['approve', 'run-1'],
  ]) {
    const command = await project.speckit(...words);
    assert.ok(command.exit === 0 || words[0] === 'doctor', `${words.join(' ')}: ${command.stderr}`);
  }
  assert.deepEqual(readdirSync(project.folder.join('markers')), []);
}

describe('what a check plants for git', () => {
  it('in the sandbox is only what stands in its tree, and nothing of it runs', async () => {
    await using project = await hostileProject('kept');
    const before = readFileSync(path.join(project.root, '.git/config'), 'utf8');
    await wholeRoad(project);
    assert.deepEqual(plantedBy(project), ['attributes', 'attributes below', 'hooks', 'nested repository']);
    assert.equal(readFileSync(path.join(project.root, '.git/config'), 'utf8'), before);
    assert.ok(!existsSync(path.join(project.root, '.git/hooks/pre-commit')));
    const trees = treesOf(project.root, project);
    assert.match(readFileSync(path.join(trees, 'run-1/.git'), 'utf8'), /run-1\.git\n$/);
    assert.doesNotMatch(readFileSync(path.join(trees, 'run-1.git/config'), 'utf8'), /evil/);
  });

  it('with nothing to keep it in is everything, and still nothing runs of it when SpecKit asks git', async () => {
    await using project = await hostileProject('free');
    mkdirSync(project.folder.join('home/config'), { recursive: true });
    writeFileSync(project.folder.join('home/config/config.toml'), 'sandbox = "none"\n');
    await wholeRoad(project);
    assert.deepEqual(plantedBy(project).length, 11, plantedBy(project).join(', '));
    // That a marker would have been seen: a person's own git runs what was planted.
    await userGit(project.root, 'status').catch(() => '');
    assert.notDeepEqual(readdirSync(project.folder.join('markers')), []);
  });
});
